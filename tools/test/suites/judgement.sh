#!/bin/sh
# SPDX-License-Identifier: MIT
#
# One judgement of a stream: every tool that reads says the same of the same
# flaw, with the same status (testpipe(7)).  Where a tool has another status by
# its job, the table says which and why.
set -u
cd "$(dirname "$0")/../../.." || exit 2
PATH=$PWD/$B/bin:$PATH
export PATH
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
TESTPIPE_STATE_DIR=$tmp/state
export TESTPIPE_STATE_DIR
mkdir "$tmp/flaws"
echo "TAP version 14"
n=0

# ---- the streams ----

head='{"event":"protocol","version":"1.0","producer":{"name":"t"}}'
run='{"event":"run_start"}'
end='{"event":"run_complete","outcome":"pass"}'
disc='{"event":"discover_start"}'
listed='{"event":"discover_complete"}'
on() { echo "{\"event\":\"case_start\",\"name\":\"$1\"${2:-}}"; }
off() { echo "{\"event\":\"case_complete\",\"name\":\"$1\",\"outcome\":\"${2:-pass}\"${3:-}}"; }
a=$(on a && off a)
b=$(on b && off b)
s=$(on a ',"suite":"s"' && off a pass ',"suite":"s"')
stream() { # NAME LINE...
	flaw=$1
	shift
	printf '%s\n' "$@" >"$tmp/flaws/$flaw"
}

stream sound "$head" "$run" "$a" "$b" "$end"
stream failed "$head" "$run" "$a" "$(on b; off b fail)" '{"event":"run_complete","outcome":"fail"}'
stream listing "$head" "$disc" '{"event":"discover_case","name":"a"}' "$listed"
stream unknown-things "$head" "$run" "$a" '{"event":"x.y","name":{}}' "$(on b ',"x.y":1'; off b)" "$end"
stream noise Compiling "$head" "$run" "$a" "warning: unused" "$b" "$end"
stream wrong-optional "$head" "$run" "$(on a ',"worker":3'; off a)" "$end"
stream one-form-wrong "$head" "$run" "$a" '{"event":"log","text":"x","text_b64":7}' "$end"
stream bom-first "$(printf '\357\273\277%s' "$head")" "$run" "$a" "$end"
stream higher-minor '{"event":"protocol","version":"1.7","producer":{"name":"t"}}' "$run" "$a" "$end"
stream counts-disagree "$head" "$run" "$a" '{"event":"run_complete","outcome":"pass","counts":{"pass":2,"fail":0,"skip":0}}'
stream cut "$head" "$run" "$a" "$(on b)"
printf "%s\n%s" "$(cat "$tmp/flaws/cut")" "{\"event\":\"case_com" >"$tmp/flaws/cut-in-line"
: >"$tmp/flaws/empty"
stream blank '' ' '
stream only-noise hello world
stream malformed-line "$head" "$run" "$a" '{"event":"case_start","name":}' "$end"
stream bom-inside "$head" "$run" "$a" "$(printf '\357\273\277%s' '{"event":"log","text":"x"}')" "$end"
stream invalid-utf8 "$head" "$run" "$a" "$(printf '{"event":"log","text":"a\377b"}')" "$end"
stream control-character "$head" "$run" "$a" "$(printf '{"event":"log","text":"a\001b"}')" "$end"
stream member-twice "$head" "$run" "$a" '{"event":"log","text":"x","text":"x"}' "$end"
stream missing-name "$head" "$run" "$a" '{"event":"case_start"}' "$end"
stream unknown-outcome "$head" "$run" "$a" "$(on b; off b perhaps)" "$end"
stream bad-version '{"event":"protocol","version":"1","producer":{"name":"t"}}' "$run" "$a" "$end"
stream higher-major '{"event":"protocol","version":"2.0","producer":{"name":"t"}}' "$run" "$a" "$end"
stream required-feature '{"event":"protocol","version":"1.0","producer":{"name":"t"},"requires":["x.y"]}' "$run" "$a" "$end"
stream no-header "$run" "$a" "$end"
stream second-header "$head" "$run" "$a" "$head" "$run" "$a" "$end"
stream complete-twice "$head" "$run" "$a" "$(off a)" "$end"
stream complete-without-start "$head" "$run" "$a" "$(off b)" "$end"
stream start-twice "$head" "$run" "$(on a)" "$a" "$end"
stream output-without-start "$head" "$run" "$a" '{"event":"case_slow","name":"b"}' "$end"
stream attempt-missing "$head" "$run" "$a" "$(on a ',"attempt":3'; off a pass ',"attempt":3')" "$end"
stream suite-twice "$head" "$run" '{"event":"suite_start","suite":"s"}' '{"event":"suite_start","suite":"s"}' "$s" '{"event":"suite_complete","suite":"s"}' "$end"
stream suite-without-start "$head" "$run" "$a" '{"event":"suite_complete","suite":"s"}' "$end"
stream suite-parent "$head" "$run" '{"event":"suite_start","suite":"s","parent":"t"}' "$s" '{"event":"suite_complete","suite":"s"}' "$end"
stream case-parent "$head" "$run" "$(on a ',"parent":"b"'; off a)" "$end"
stream circular-parent "$head" "$disc" '{"event":"discover_case","name":"a","parent":"b"}' '{"event":"discover_case","name":"b","parent":"a"}' "$listed" "$run" "$a" "$b" "$end"
stream run-twice "$head" "$run" "$run" "$a" "$end"
stream run-without-start "$head" "$end"
stream complete-runs-two "$head" "$run" "$a" "$end" "$end"
stream late "$head" "$run" "$a" "$end" "$(on b)"
stream listed-first "$head" "$listed" "$disc" '{"event":"discover_case","name":"a"}'

# ---- what is expected ----

# The stream, the status, and that of tools whose job makes another of it.
#
# tsum judges: 1 is a run that failed or in which nothing ran.  trun judges a
# command: what prints nothing that is known is no run of tests, and has its
# own status; so 0 for noise and nothing.
cat >"$tmp/table" <<'TABLE'
sound 0
failed 0 tsum=1 trun=1
listing 0 tsum=1
unknown-things 0
noise 0
wrong-optional 0
one-form-wrong 0
bom-first 0
higher-minor 0
counts-disagree 0 tsum=1 trun=1
cut 7
cut-in-line 7
empty 7 trun=0
blank 7 trun=0
only-noise 3 trun=0
malformed-line 3
bom-inside 3
invalid-utf8 3
control-character 3
member-twice 3
missing-name 3
unknown-outcome 3
bad-version 3
higher-major 4
required-feature 4
no-header 3
second-header 3
complete-twice 3
complete-without-start 3
start-twice 3
output-without-start 3
attempt-missing 3
suite-twice 3
suite-without-start 3
suite-parent 3
case-parent 3
circular-parent 3
run-twice 3
run-without-start 3
complete-runs-two 3
late 3
listed-first 3
TABLE

# ---- the tools ----

read_by() { # TOOL
	case $1 in
	tfilter) tfilter 'all()' flaw ;;
	tfilter-kinds) tfilter -v --events x.none flaw ;;
	native) tconv native flaw ;;
	junit) tconv junit flaw ;;
	ttee) ttee <flaw ;;
	tmerge) tmerge flaw ;;
	tsum) tsum flaw ;;
	tsum-partial) tsum --partial flaw ;;
	trerun) trerun --action print flaw ;;
	tdiff) tdiff flaw flaw ;;
	tstore) tstore record <flaw ;;
	*) trun -- cat flaw ;;
	esac
}

# What was said of the input, by line, without the name that it has there.
said() {
	sed -En 's/^[a-z]*: (output of cat flaw|flaw|standard input)(:[0-9]*:) /\2 /p' "$1" | sort -u
}

cd "$tmp" || exit 2
while read -r name status others; do
	cp "flaws/$name" flaw
	: >why
	for tool in tfilter tfilter-kinds native junit ttee tmerge tsum tsum-partial trerun tdiff tstore trun; do
		want=$status
		for other in $others; do
			[ "${tool%-*}" = "${other%=*}" ] && want=${other#*=}
		done
		read_by $tool >out 2>err
		got=$?
		[ $got = "$want" ] || echo "$tool: status $got instead of $want" >>why
		said err >said
		[ $tool = tfilter ] && cp said first
		# Nobody knows of a line where the format is not known.
		[ "$tool=$want" = trun=0 ] && [ "$status" != 0 ] && continue
		cmp -s first said || diff first said | sed "s/^/$tool: /" >>why
	done
	n=$((n + 1))
	if [ -s why ]; then
		echo "not ok $n - $name"
		sed 's/^/# /' why
	else
		echo "ok $n - $name"
	fi
done <table
echo "1..$n"
