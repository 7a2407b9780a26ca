#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The harnesses that authors copy earn their profiles, and programs that are no
# harnesses do not.
set -u
cd "$(dirname "$0")/../../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
dir=conformance/harnesses
tconform=$B/bin/tconform
n=0
echo "TAP version 14"

# point STATUS NAME: one point, with what was printed below it if it failed.
point() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
		return
	fi
	echo "not ok $n - $2"
	head -n 30 "$tmp/out" | sed 's/^/# /'
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

judge() {
	"$tconform" run --suite conformance -r harness "$@" >"$tmp/out" 2>&1
}

# earns NAME PROFILE COMMAND...: every case of it passes.
earns() {
	name=$1 profile=$2
	shift 2
	conf=
	[ ! -f "$dir/$name.conf" ] || conf="-m $dir/$name.conf"
	judge -p "$profile" $conf -- "$@" '{scenario}' --format json &&
		grep -q "^earned: $profile" "$tmp/out"
	point $? "$name earns $profile"
}

# conforms NAME COMMAND...: all cases, those of no profile too.
conforms() {
	name=$1
	shift
	conf=
	[ ! -f "$dir/$name.conf" ] || conf="-m $dir/$name.conf"
	judge $conf -- "$@" '{scenario}' --format json &&
		grep -q "^earned: Harness Core" "$tmp/out"
	point $? "$name passes every case and earns Harness Core"
}

# with PROGRAM FUNCTION...: skips what has no interpreter.
with() {
	if command -v "$1" >/dev/null 2>&1; then
		shift
		"$@"
	else
		skip "$3" "$1 is not installed"
	fi
}

# fails REASON CASE COMMAND...: the case finds it, and says why.
fails() {
	reason=$1 case=$2
	shift 2
	judge -k "$case" -- "$@"
	st=$?
	[ $st -eq 1 ] && grep -q -e "$reason" "$tmp/out"
	point $? "$case finds: $reason"
}

check=$B/conformance/harness-check
conforms check "$check"
earns check 'Harness CLI' "$check"
with sh conforms posix sh $dir/posix.sh
with perl conforms perl perl $dir/perl.pl
# Older ones have no String.prototype.toWellFormed.
if node -e 'process.exit("".toWellFormed ? 0 : 1)' 2>/dev/null; then
	conforms node node $dir/node.mjs
else
	skip node 'node 20 is not installed'
fi
with python3 conforms python_unittest python3 $dir/python_unittest.py
with python3 earns python_unittest 'Harness CLI' python3 $dir/python_unittest.py

# The draft, as the library writes it.
printf 'env.HARNESS = %s\nenv.TCONV = %s\n' "$PWD/$check" "$PWD/$B/bin/tconv" \
	>"$tmp/draft.conf"
judge -p 'libtest2 draft' -m "$tmp/draft.conf" -- sh conformance/test/draft.sh \
	'{scenario}' --format json &&
	grep -q '^earned: libtest2 draft' "$tmp/out"
point $? 'what tconv writes of it earns libtest2 draft'

# Its schema takes what libtest2 itself wrote, and not what it did not.
for f in testdata/libtest2/samples/*.json; do
	grep '^{' "$f"
done >"$tmp/draft.jsonl"
schema=conformance/scenarios/libtest2-draft.schema.json
[ -s "$tmp/draft.jsonl" ] &&
	"$tconform" validate $schema "$tmp/draft.jsonl" >"$tmp/out" 2>&1
point $? "the schema of libtest2's draft takes what libtest2 wrote"
for line in '{"event":"case_start"}' '{"event":"protocol","version":"1.0"}' \
    '{"event":"run_start","elapsed_s":0.5}' \
    '{"event":"case_message","name":"a","kind":"panic"}'; do
	echo "$line" >"$tmp/draft.jsonl"
	"$tconform" validate $schema "$tmp/draft.jsonl" >"$tmp/out" 2>&1
	[ $? -eq 1 ]
	point $? "and not $line"
done

# No harnesses.
fails 'HDR-1' scenario/pass sh -c 'echo "{\"event\":\"run_start\"}"' '{scenario}'
fails 'ENC-1' scenario/pass echo hello '{scenario}'
fails 'LIF-17' scenario/zero true '{scenario}'
fails 'exit status 77, and no reason in sut.conf' scenario/nested-3 sh -c 'exit 77' '{scenario}'
fails 'killed by signal 9' scenario/pass sh -c 'kill -9 $$' '{scenario}'
fails 'not done after' scenario/pass \
	sh -c 'exec sleep 60' '{scenario}'
fails 'left 1 process behind' scenario/pass \
	sh -c 'sleep 60 </dev/null >/dev/null 2>&1 & exec "$0" "$@"' "$check" \
	'{scenario}' --format json

judge -- true
[ $? -eq 2 ] && grep -q "no '{scenario}'" "$tmp/out"
point $? 'a command that does not name the scenario is bad usage'

# Each scenario has a case; none of them got lost.
: >"$tmp/out"
for s in conformance/scenarios/*/; do
	s=$(basename "$s")
	grep -lq "\"scenarios\": \[[^]]*\"$s\"" conformance/harness-cases/*/*/case.json ||
		echo "no case has the scenario $s" >>"$tmp/out"
done
[ ! -s "$tmp/out" ]
point $? 'every scenario has a case'

# What cannot be expressed is told, with its reason, and does not count.
echo 'skip.fail-multi = a test ends at its first failure' >"$tmp/sut.conf"
judge -m "$tmp/sut.conf" -k scenario/fail-multi -- sh -c 'exit 77' '{scenario}'
st=$?
[ $st -eq 0 ] && grep -q 'SKIP.*first failure' "$tmp/out"
point $? 'a scenario that cannot be expressed is skipped, with the reason'
# The same where the case is about something else.
echo 'skip.param-100 = no parameters' >"$tmp/sut.conf"
judge -m "$tmp/sut.conf" -k beh/sigpipe-harness -- sh -c 'exit 77' '{scenario}' &&
	grep -q 'SKIP.*no parameters' "$tmp/out"
point $? 'nor does hanging up count, where there is nothing to run'

echo "1..$n"
