#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every example of the manual pages and of README.md runs as it is written:
# lines "$ COMMAND" of literal displays (README: of fenced sh blocks), one
# page after the other in a copy of testdata/examples.  An example may exit
# with 0, or with 1 or 5, which are answers; when lines of output follow it,
# they are compared.  A display under the words "not run" is not run.
set -u
cd "$(dirname "$0")/../../.." || exit 2
root=$PWD
PATH=$root/$B/bin:$PATH
export PATH
LC_ALL=C.UTF-8 TZ=UTC TCONFORM_SUITE=$root/conformance
export LC_ALL TZ TCONFORM_SUITE
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
TESTPIPE_STATE_DIR=$tmp/state
export TESTPIPE_STATE_DIR
n=0
echo "TAP version 14"

# Prints the literal blocks of a file.
blocks() {
	case $1 in
	*.md)
		awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' "$1"
		;;
	*)
		awk '/not run/ { skip = 1 }
		     /^\.Bd -literal/ { on = !skip; skip = 0; next }
		     /^\.Ed/ { on = 0 }
		     on { gsub(/\\e/, "\\"); gsub(/\\\\/, "\\"); sub(/^\\&/, ""); print }' "$1"
		;;
	esac
}

run_page() {
	page=$1
	rm -rf "$tmp/work"
	cp -R testdata/examples "$tmp/work"
	blocks "$page" >"$tmp/blocks"
	# One file per example: its command, and the output that it shows.
	rm -f "$tmp"/ex.*
	awk -v dir="$tmp" '
	/^\$ / { i++; f = sprintf("%s/ex.%03d", dir, i)
		cmd = substr($0, 3); print cmd > (f ".cmd"); more = /\\$/; next }
	/^> / && i { print substr($0, 3) >> (f ".cmd"); next }
	more { print >> (f ".cmd"); more = /\\$/; next }
	i && NF { print > (f ".want") }' "$tmp/blocks"
	for cmd in "$tmp"/ex.*.cmd; do
		[ -f "$cmd" ] || continue
		n=$((n + 1))
		title="$page: $(head -n 1 "$cmd" | tr '#' ' ')"
		lack=
		for word in $(head -n 1 "$cmd" | sed 's/ | /\n/g; s/; /\n/g' | awk '{print $1}'); do
			case $word in
			t[a-z]*|./*) ;;
			*) command -v "$word" >/dev/null 2>&1 || lack=$word ;;
			esac
		done
		if [ -n "$lack" ]; then
			echo "ok $n - $title # SKIP $lack is not installed"
			continue
		fi
		(cd "$tmp/work" && timeout 60 sh "$cmd") \
		    >"$tmp/got" 2>"$tmp/err" </dev/null
		st=$?
		want=${cmd%.cmd}.want
		case $st in
		0|1|5) ;;
		*)
			echo "not ok $n - $title"
			echo "# exit $st"
			sed 's/^/# /' "$tmp/err" | head -n 10
			continue
			;;
		esac
		if [ -f "$want" ] && ! diff -B --strip-trailing-cr "$want" "$tmp/got" >"$tmp/diff"; then
			echo "not ok $n - $title"
			sed 's/^/# /' "$tmp/diff" | head -n 20
		else
			echo "ok $n - $title"
		fi
	done
}

for page in README.md man/*.[157]; do
	run_page "$page"
done
echo "1..$n"
