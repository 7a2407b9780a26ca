#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Golden cases: tools/test/cases/NAME/{cmd,out,err,code}.  cmd is run by sh in
# an empty directory with the tools first in PATH, $T the project's testdata
# and $C the case's own directory.  out and err default to empty, code to 0.
# A case may have a file `needs` with the names of commands it cannot do
# without; it is skipped, by name, where one is missing.
#
#   run.sh BINDIR [CASE...]     UPDATE=1 writes what came out
#
# Prints TAP; status 1 when a case failed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=$(cd "$1" && pwd) || exit 2
shift
PATH=$bin:$PATH
T=$root/testdata
LC_ALL=C
TZ=UTC
export PATH T C LC_ALL TZ
unset NO_COLOR COLUMNS TEST_EVENTS_FD TEST_EVENTS_MAX_VERSION
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
# What a case records is its own.
TESTPIPE_STATE_DIR=$tmp/state
export TESTPIPE_STATE_DIR
trap 'exit 130' INT TERM

[ $# -gt 0 ] || set -- $(cd "$here/cases" && ls)
echo "TAP version 14"
echo "1..$#"
n=0
failed=0

missing() {
	[ -f "$1/needs" ] || return 1
	while read -r need; do
		command -v "$need" >/dev/null 2>&1 || {
			echo "$need"
			return 0
		}
	done <"$1/needs"
	return 1
}

for name do
	n=$((n + 1))
	C=$here/cases/$name
	if lack=$(missing "$C"); then
		echo "ok $n - $name # SKIP $lack is not installed"
		continue
	fi
	rm -rf "$tmp/work" "$tmp/state" && mkdir "$tmp/work"
	(cd "$tmp/work" && timeout "${CASE_TIMEOUT:-120}" sh "$C/cmd" \
	    >"$tmp/out" 2>"$tmp/err" </dev/null)
	echo $? >"$tmp/code"
	if [ -n "${UPDATE:-}" ]; then
		for f in out err; do
			if [ -s "$tmp/$f" ]; then
				cp "$tmp/$f" "$C/$f"
			else
				rm -f "$C/$f"
			fi
		done
		if [ "$(cat "$tmp/code")" = 0 ]; then
			rm -f "$C/code"
		else
			cp "$tmp/code" "$C/code"
		fi
		echo "ok $n - $name # written"
		continue
	fi
	diff=
	for f in out err code; do
		want=$C/$f
		if [ ! -f "$want" ]; then
			want=$tmp/want
			if [ $f = code ]; then echo 0; else :; fi >"$want"
		fi
		cmp -s "$want" "$tmp/$f" ||
			diff="$diff$(diff -u "$want" "$tmp/$f" |
				sed "s/^/# $f: /" | head -n 40)
"
	done
	if [ -z "$diff" ]; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		printf '%s' "$diff"
		failed=1
	fi
done
exit $failed
