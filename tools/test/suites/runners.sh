#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What real runners make of the commands that trerun prints.  Each directory
# tools/test/runners/NAME is a project whose tests have names that are hard to
# say, and of which some fail; each test appends "pass NAME" or "fail NAME" to
# the file $RAN.  After a first run, the commands that trerun makes of its
# report have to run what failed and nothing else: printed for a shell, and
# with --action run.
#
# case.sh of the project has:
#
#   lacks    prints what is missing here; the runner is skipped
#   setup    prepares a copy of the project (may be missing)
#   first    runs all tests and makes the report "$report"
#   also     prints lines of tests that run too, since the runner cannot tell
#            them from those (may be missing)
#   base     the words that the runner is called with; a list goes to {}
#   runner   what --for is given; else NAME
#   says     a pattern of what trerun has to say; else it is silent
#   status   0 where the runner does not fail with its tests
#   prints   the words that run all tests and print results that trun knows,
#            with what is to be replaced in braces (may be missing)
#
# Runners of npm are taken from NPM_TOOLS, a directory with node_modules.
set -u
cd "$(dirname "$0")/../../.." || exit 2
root=$PWD
PATH=$root/$B/bin:$PATH
NPM_TOOLS=${NPM_TOOLS:-$root/../npm-tools}
LC_ALL=C.UTF-8
export PATH LC_ALL
unset TMPDIR CI
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
n=0
echo "TAP version 14"

result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		head -n 30 "$tmp/why" | sed 's/^/# /'
	fi
}

have() {
	command -v "$1" >/dev/null 2>&1 || echo "$1 is not installed"
}

npm_lacks() {
	have node
	[ -x "$NPM_TOOLS/node_modules/.bin/$1" ] ||
		echo "$1 is not in NPM_TOOLS"
}

# The tests that ran, each as often as it did, against those due.
same_tests() {
	sort "$RAN" >"$tmp/got" 2>/dev/null || : >"$tmp/got"
	diff "$tmp/due" "$tmp/got" >"$tmp/why" && return
	sed 's/^/stderr: /' "$tmp/err" | head -n 10 >>"$tmp/why"
	sed 's/^/command: /' "$tmp/commands" 2>/dev/null >>"$tmp/why"
	return 1
}

check_said() {
	cp "$tmp/said" "$tmp/why"
	if [ -z "$says" ]; then
		[ ! -s "$tmp/said" ]
	else
		grep -q -- "$says" "$tmp/said"
	fi
}

exercise() {
	name=$1
	runner=$name base='' says='' status=fails prints=''
	setup() { :; }
	also() { :; }
	# shellcheck source=/dev/null
	. "$root/tools/test/runners/$name/case.sh"
	lack=$(lacks | head -n 1)
	if [ -n "$lack" ]; then
		n=$((n + 1))
		echo "ok $n - $name # SKIP $lack"
		return
	fi
	rm -rf "$tmp/work" "$tmp/ran".*
	cp -R "$root/tools/test/runners/$name" "$tmp/work"
	cd "$tmp/work" || exit 2
	report=$tmp/report
	RAN=$tmp/ran.first
	export RAN
	rm -f "$report" "$tmp/commands"
	setup >"$tmp/err" 2>&1
	first >>"$tmp/err" 2>&1 </dev/null
	{ grep '^fail ' "$RAN"; also; } 2>/dev/null | sort >"$tmp/due"
	tail -n 20 "$tmp/err" >"$tmp/why"
	[ -s "$tmp/due" ] && [ -s "$report" ]
	result $? "$name: the first run"

	# Printed, and read by a shell.
	RAN=$tmp/ran.printed
	case $base in
	*{}*)
		trerun --for "$runner" "$report" >"$tmp/list" 2>"$tmp/said"
		# shellcheck disable=SC2086
		set -- $base
		for word do
			shift
			[ "$word" != '{}' ] || word=$tmp/list
			set -- "$@" "$word"
		done
		"$@" >"$tmp/err" 2>&1 </dev/null
		;;
	*)
		# shellcheck disable=SC2086
		trerun --for "$runner" "$report" -- $base >"$tmp/commands" 2>"$tmp/said"
		sh "$tmp/commands" >"$tmp/err" 2>&1 </dev/null
		;;
	esac
	same_tests
	result $? "$name: what is printed runs what failed"
	check_said
	result $? "$name: what cannot be said is said"

	# Run, from the events of the protocol.
	RAN=$tmp/ran.run
	tconv -q native "$report" >"$tmp/run.jsonl" 2>"$tmp/err"
	# shellcheck disable=SC2086
	trerun -q --for "$runner" --action run "$tmp/run.jsonl" -- $base >"$tmp/err" 2>&1 </dev/null
	st=$?
	same_tests
	result $? "$name: --action run runs it"
	echo "status $st" >"$tmp/why"
	if [ "$status" = 0 ]; then [ $st = 0 ]; else [ $st != 0 ]; fi
	result $? "$name: and its status is passed on"
	[ -z "$prints" ] || retry
	cd "$root" || exit 2
}

# trun runs all, and what failed again.
retry() {
	RAN=$tmp/ran.retried
	sort "$tmp/ran.first" "$tmp/due" >"$tmp/all"
	mv "$tmp/all" "$tmp/due"
	# shellcheck disable=SC2086
	trun --jobs 1 --for "$runner" --retries 1 $prints >"$tmp/run.jsonl" 2>"$tmp/err" </dev/null
	st=$?
	same_tests && [ $st != 0 ]
	result $? "$name: trun retries what failed"
	tsum --format json "$tmp/run.jsonl" >"$tmp/why" 2>&1
	[ $? = 1 ] && grep -q '"attempt":2' "$tmp/run.jsonl" &&
		grep -q '"event":"run_complete","outcome":"fail"' "$tmp/run.jsonl" &&
		tconform check "$tmp/run.jsonl" >>"$tmp/why"
	result $? "$name: as attempts of the same tests"
}

[ $# -gt 0 ] || set -- $(cd tools/test/runners && ls)
for name do
	exercise "$name"
done
echo "1..$n"
