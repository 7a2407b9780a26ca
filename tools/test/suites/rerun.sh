#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What trerun concludes from a chain of runs: nextest's table row by row, its
# properties over random chains, statuses, selection, parts, state, and words
# that a real shell reads as they were meant.
set -u
cd "$(dirname "$0")/../../.." || exit 2
root=$PWD
PATH=$root/$B/bin:$PATH
LC_ALL=C
export PATH LC_ALL
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
n=0
echo "TAP version 14"
cd "$tmp" || exit 2

result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		[ ! -f why ] || head -n 10 why | sed 's/^/# /'
	fi
	rm -f why
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# is EXPECTED TITLE: standard input is that.
is() {
	cat >got
	printf '%s\n' "$1" | sed '/^$/d' | diff - got >why
	result $? "$2"
}

# status EXPECTED TITLE COMMAND...
status() {
	want=$1 title=$2
	shift 2
	"$@" >got 2>err </dev/null
	st=$?
	{ echo "exit $st, wanted $want"; cat err; } >why
	[ $st = "$want" ]
	result $? "$title"
}

# Streams: begin and end are around the lines of a run.
begin() {
	echo '{"event":"protocol","version":"1.0","producer":{"name":"t"}}'
	echo '{"event":"discover_start"}'
}
# echo would take backslashes for something else.
say() { printf '%s\n' "$1"; }
found() { say "{\"event\":\"discover_case\",\"suite\":\"s\",\"name\":\"$1\"${2:+,$2}}"; }
runs() { printf '{"event":"discover_complete"}\n{"event":"run_start"}\n'; }
ran() {
	say "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"$1\"}"
	say "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"$1\",\"outcome\":\"$2\"${3:+,$3}}"
}
end() { echo "{\"event\":\"run_complete\",\"outcome\":\"${1:-pass}\"}"; }

# A run with the tests of its arguments: a+ passed, b- failed, c? not seen.
run_of() {
	begin
	for t do
		found "${t%?}"
	done
	runs
	for t do
		case $t in
		*+) ran "${t%?}" pass ;;
		*-) ran "${t%?}" fail ;;
		esac
	done
	case "$*" in *-*) end fail ;; *) end ;; esac
}

# What a state says of a test.
set_of() {
	case $(grep "\"name\":\"$2\"" "$1") in
	*already-passed*) echo passing ;;
	'') echo unknown ;;
	*) echo outstanding ;;
	esac
}

# ---- the table ----

run_of t+ >passing
run_of t- >outstanding
run_of other+ >unknown

# row NUMBER LISTED OUTCOME BEFORE AFTER
row() {
	for before in $4; do
		case $5 in same) after=$before ;; *) after=$5 ;; esac
		rm -f state
		trerun --state state "$before" >/dev/null 2>&1
		{
			begin
			case $2 in
			absent) sed 's/"s"/"z"/' <<'LINE'
{"event":"discover_case","suite":"s","name":"u"}
LINE
			;;
			skipped)
				echo '{"event":"suite_start","suite":"s"}'
				echo '{"event":"suite_complete","suite":"s"}'
				;;
			unlisted) found u ;;
			listed) found t ;;
			passed) found t '"selected":false,"status":"already-passed"' ;;
			left) found t '"selected":false,"status":"filtered"' ;;
			esac
			runs
			case $3 in
			passed) ran t pass ;;
			failed) ran t fail ;;
			before) ran t skip '"status":"already-passed"' ;;
			skipped) ran t skip '"status":"ignored"' ;;
			esac
			end fail
		} >run
		trerun --state state run >/dev/null 2>why
		got=$(set_of state t)
		echo "was $before, is $got, wanted $after" >>why
		[ "$got" = "$after" ]
		result $? "row $1: $2, $3, was $before: $after"
	done
}

any='passing outstanding unknown'
row 1 absent none passing passing
row 2 absent none outstanding outstanding
row 3 absent none unknown unknown
row 4 skipped none passing passing
row 5 skipped none outstanding outstanding
row 6 skipped none unknown unknown
row 7 unlisted none passing unknown
row 8 unlisted none outstanding outstanding
row 9 unlisted none unknown unknown
row 10 listed passed "$any" passing
row 11 listed failed "$any" outstanding
row 12 listed none "$any" outstanding
row 13 listed before "$any" passing
row 14 listed skipped passing passing
row 15 listed skipped outstanding outstanding
row 16 listed skipped unknown unknown
row 17 passed none "$any" passing
row 18 left none passing passing
row 19 left none outstanding outstanding
row 20 left none unknown unknown

# ---- its properties, over random chains ----

python=
for p in python3 /usr/bin/python3; do
	command -v $p >/dev/null 2>&1 && python=$p && break
done
if [ -n "$python" ]; then
	$python "$root/tools/test/chains.py" "${RERUN_CHAINS:-60}" >chains 2>&1
	st=$?
	for property in 'passing is monotone' 'outstanding leaves by passing' \
	    'what failed or was not seen is outstanding' \
	    'removal keeps outstanding and drops passing' \
	    'the sets are disjoint' 'what matched and ended is tracked' \
	    'a chain of files is the chain of its states'; do
		grep "^$property: " chains >why
		[ $st -le 1 ] && [ ! -s why ]
		result $? "$property"
	done
	[ $st -le 1 ] && grep -q '^[0-9]* chains' chains
	result $? "$(tail -n 1 chains)"
else
	skip 'properties' 'python3 is not installed'
fi

# ---- the chain of the book ----

run_of t1- t2- >a
{ begin; found t1; found t2 '"selected":false,"status":"filtered"'; runs; ran t1 pass; end; } >b
{ begin; found t1 '"selected":false,"status":"already-passed"'; found t2; runs; ran t2 pass; end; } >c
trerun a | is 't1
t2' 'A: both'
trerun a b | is t2 'A, B: what B left out is left'
status 5 'A, B: outstanding' trerun --action assert-clean a b
grep -q '1 outstanding test still remains' err
result $? 'and how many is said'
status 0 'A, B, C: clean' trerun --action assert-clean a b c
cat a b >ab
trerun ab | is t2 'streams that were put together are runs of the chain'
{ cat a; begin; found t1; found t2; found new; echo '{"event":"discover_complete"}'; } >listed
trerun listed | is 't1
t2
new' 'a listing behind it adds new tests'
{ begin; found t2; found new; echo '{"event":"discover_complete"}'; } >list
trerun b list | is 't2
new' 'and what it no longer has is not to be run'

# ---- runs that end badly ----

sed '$d' b >broken
status 7 'a run without end is not clean' trerun --action assert-clean broken
status 7 'nor is what it leaves all there is' trerun broken
{ begin; found t; runs; ran t pass; end fail; } >blameless
status 5 'a run that failed without a test is not clean' trerun --action assert-clean blameless
: >empty
status 7 'nothing is not clean' trerun --action assert-clean empty
status 6 'a missing file ends it' trerun --action run a missing -- false
{ begin; found t; runs; ran t skip '"status":"cancelled"'; end fail; } >cancelled
trerun cancelled | is t 'what was cancelled has not been seen'
{ begin; found t '"status":"ignored"'; runs; end; } >ignored
trerun ignored | is '' 'what is ignored is not due'

# ---- --only ----

{
	begin
	for t in f p k m y s; do found $t; done
	runs
	ran f fail
	ran p pass
	ran k skip '"status":"ignored"'
	echo '{"event":"case_start","suite":"s","name":"y"}'
	echo '{"event":"case_complete","suite":"s","name":"y","outcome":"fail"}'
	echo '{"event":"case_start","suite":"s","name":"y","attempt":2}'
	echo '{"event":"case_complete","suite":"s","name":"y","attempt":2,"outcome":"pass"}'
	echo '{"event":"case_start","suite":"s","name":"s"}'
	echo '{"event":"case_slow","suite":"s","name":"s"}'
	echo '{"event":"case_complete","suite":"s","name":"s","outcome":"pass"}'
	end fail
} >kinds
{ begin; for t in f p k m y s n; do found $t; done; echo '{"event":"discover_complete"}'; } >kinds.list
trerun --only failed kinds | is f '--only failed'
trerun --only notrun kinds | is m '--only notrun'
trerun --only flaky kinds | is y '--only flaky'
trerun --only slow kinds | is s '--only slow'
trerun --only new kinds kinds.list | is 'k
n' '--only new'
trerun --only all kinds | is 'f
p
k
m
y
s' '--only all'
trerun kinds | is 'f
m' 'due without it'

# ---- --state ----

rm -f state
trerun --state state a >got1
trerun --state state b >got2
cmp -s got1 got2; [ $? = 1 ] && is t2 'the state is a chain' <got2
cp state state.1
trerun --state state list >/dev/null
cmp state state.1 >why
result $? 'a listing does not change it'
trerun --state state.1 list | is 't2
new' 'but says what is due'
tfilter --strict all state >again 2>why && cmp state again >>why
result $? 'a state is a stream of the protocol'
cp a precious
status 3 'a file that is no state is refused' trerun --state precious b
cmp a precious >why
result $? 'and left as it is'
echo junk >precious
status 3 'so is one that is no stream' trerun --state precious b
echo junk | cmp - precious >why
result $? 'and left as it is'

# ---- --split, --matrix ----

{
	begin
	runs
	awk 'BEGIN {
		seed = 7
		for (i = 0; i < 10000; i++) {
			seed = (seed * 16807) % 2147483647
			# From microseconds to seconds, most of them short.
			d = int(exp(seed / 2147483647 * 13) * 1000)
			print "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"t" i "\"}"
			print "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"t" i "\",\"outcome\":\"fail\",\"duration_ns\":" d "}"
		}
	}'
	end fail
} >many
for parts in 2 7 16; do
	: >loads
	: >all
	i=1
	while [ $i -le $parts ]; do
		trerun --for json --split $i/$parts many >part
		cat part >>all
		sed 's/.*"duration_ns"://; s/}//' part | awk '{ s += $1 } END { printf "%d\n", s }' >>loads
		i=$((i + 1))
	done
	awk '{ s += $1; if ($1 > m) m = $1 } END { print m / (s / NR); exit m > 1.05 * s / NR }' loads >why
	result $? "10,000 tests in $parts parts: none is 5 % above the ideal"
	trerun --for json many | sort >want
	sort all | cmp - want >why
	result $? 'and each test is in one'
done
{ begin; runs; for t in 1 2 3 4 5 6 7 8; do ran $t fail '"duration_ns":'$t'000000000'; done; end fail; } >eight
trerun --split 1/2 eight | is '1
4
5
8' 'the longest are dealt out first'
{ begin; runs; for t in a b c d; do ran $t fail '"duration_ns":0'; done; end fail; } >zero
trerun --split 1/2 zero | is 'a
c' 'tests that take no time are dealt out too'
rm -f state
trerun --state state many >/dev/null
trerun --state state --split 3/7 listed >p1
trerun --for names --split 3/7 many listed >p2
cmp p1 p2 >why
result $? 'durations are in the state'
trerun --for pytest --matrix 3 a b many >matrix 2>why
if command -v jq >/dev/null 2>&1; then
	jq -e '.include | length == 3 and ([.[].tests] | add) == 10000 and
	    ([.[] | select((.commands | length) > 0)] | length) == 3' matrix >why 2>&1
	result $? '--matrix is JSON with all of it'
	trerun --matrix 4 b | jq -e '.include | length == 4 and .[0].tests == 0 and .[3].list == ""' >why 2>&1
	result $? 'also of nothing'
else
	skip '--matrix' 'jq is not installed'
fi

# ---- commands ----

cat >show <<'SH'
#!/bin/sh
printf '%s\n' "$#" >>args
for a do printf '<%s>\n' "$a" >>args; done
exit "${STATUS:-0}"
SH
chmod +x show

# Names that a shell would take for something else, one a line.
cat >nasty <<'NAMES'
with spaces
it's "quoted"
$HOME ${x} $(y) `z`
back\slash
a*b?[c]
!bang ~tilde #hash
a;b|c&d<e>f
-dash
größe → 日本
(parens) {braces}
x::y/z=w%v
=
NAMES
{
	begin
	runs
	sed 's/\\/\\\\/g; s/"/\\"/g' nasty | while read -r t; do ran "$t" fail; done
	# Spaces at both ends, a tab, a line feed, a carriage return, nothing.
	ran ' x ' fail
	ran 'a\tb' fail
	ran 'a\nb' fail
	ran 'a\rb' fail
	ran '' fail
	end fail
} >nasty.jsonl
{
	echo 17
	sed 's/.*/<&>/' nasty
	printf '< x >\n<a\tb>\n<a\nb>\n<a\rb>\n<>\n'
} >want
trerun --for meson nasty.jsonl -- ./show >cmds
for shell in sh dash bash; do
	command -v $shell >/dev/null 2>&1 || continue
	rm -f args
	$shell ./cmds
	diff want args >why 2>&1
	result $? "words are quoted for $shell"
done
rm -f args
trerun --for meson --action run nasty.jsonl -- ./show
diff want args >why 2>&1
result $? 'and not at all when run'
trerun --for null nasty.jsonl | tr '\0\n' '\n\001' >got
{ cat nasty; printf ' x \na\tb\na\001b\na\rb\n\n'; } | diff - got >why
result $? '--for null has every name'

STATUS=3 status 3 "run has the command's status" env STATUS=3 trerun --for meson --action run a -- ./show
status 143 'and of one that was killed' trerun --action run a -- sh -c 'kill $$'
status 127 'and of one that is not there' trerun --action run a -- ./no-such-command
status 0 'nothing due: nothing is run' trerun --action run b c -- false
trerun --action run a -- cat | is 't1
t2' 'a list goes to standard input'
trerun --action run a -- cat {} | is 't1
t2' 'or to the file {}'
trerun --for meson a -- ./show --first {} --last | is './show --first t1 t2 --last' '{} is where the words go'

rm -f args
trerun --for meson --max-args-bytes 2000 many -- ./show >cmds
awk 'length($0) > 2000 { exit 1 }' cmds
result $? 'no command is longer than --max-args-bytes'
sh ./cmds
trerun many | sort >want
sed -n 's/^<\(.*\)>$/\1/p' args | sort | cmp - want >why
result $? 'and together they have every test'
for runner in $(trerun --runners | awk '{ print $1 }'); do
	case $runner in
	cargo-test | nextest | go | pytest | ctest | gtest | catch2 | jest | vitest | mocha | node | \
	    playwright | rspec | minitest | phpunit | surefire | gradle | dotnet | bazel | bats | prove | meson | dart) ;;
	*) continue ;;
	esac
	trerun -q --for $runner --max-args-bytes 3000 many -- ./show >cmds
	awk 'length($0) > 3200 { print length($0); exit 1 }' cmds >why && [ -s cmds ]
	result $? "nor of $runner"
done

# ---- cargo-difftests ----

cat >v6.json <<'JSON'
[{"difftest":null,"test_info":{"test_name":"test_add","test_binary":"bin/a","extra_desc":{"k":[1,"x"]}},"verdict":"dirty"},
{"difftest":null,"test_info":{"test_name":"test_div","test_binary":"bin/a","extra_desc":null},"verdict":"clean"},
{"difftest":null,"test_info":{"test_name":"test sub","test_binary":"","extra_desc":null},"verdict":"dirty"}]
JSON
cat >v5.json <<'JSON'
[{"difftest":null,"difftest_group":null,"test_desc":[{"bin_path":"bin/a","extra":{"test_name":"test_add","pkg_name":"p"}}],"verdict":"dirty"},
{"difftest":null,"difftest_group":null,"test_desc":[{"bin_path":"bin/a","extra":{"test_name":"test_div","pkg_name":"p"}}],"verdict":"clean"}]
JSON
sed 's/dirty/clean/' v6.json >clean6.json
sed 's/dirty/clean/' v5.json >clean5.json
trerun v6.json | is 'test_add
test sub' 'difftests 0.6: dirty tests are due'
trerun v5.json | is 'test_add' 'difftests 0.5: the same'
for v in 5 6; do
	status 5 "0.$v: assert-clean of dirty" trerun --action assert-clean v$v.json
	status 0 "0.$v: assert-clean of clean" trerun --action assert-clean clean$v.json
	status 0 "0.$v: nothing dirty, no runner" trerun --for difftests --action run clean$v.json -- false
done
trerun --for difftests v6.json | is '{"tests":[{"test_name":"test_add","test_binary":"bin/a","extra_desc":{"k":[1,"x"]}},{"test_name":"test sub","test_binary":"","extra_desc":null}]}' 'the invocation of 0.6'
trerun --for difftests --difftests-version 0.5.0 v5.json | is '{"tests":[{"bin_path":"bin/a","extra":{"test_name":"test_add","pkg_name":"p"}}],"groups":[]}' 'the invocation of 0.5'
cat >runner <<'SH'
#!/bin/sh
echo "$CARGO_DIFFTESTS_VER" >version
cp "$1" invocation
echo 'cargo-difftests-test-counts::{"Running":{"current_test_count":0,"total_test_count":2}}'
echo 'cargo-difftests-start-test::test_add'
echo 'hello from it'
echo 'cargo-difftests-test-successful::test_add'
echo 'cargo-difftests-start-test::test sub'
echo 'cargo-difftests-test-failed::test sub'
echo 'cargo-difftests-test-counts::"Error"'
exit 9
SH
chmod +x runner
status 9 "a custom runner's status is passed on" trerun --for difftests --difftests-version 0.6.0 --action run v6.json -- ./runner
cp got events
is 0.6.0 'its version is in the environment' <version
trerun --for difftests v6.json | cmp - invocation >why
result $? 'its argument is the invocation file'
tconv terse events >/dev/null 2>&1
grep -c '"event":"case_complete"' events | is 2 'its progress comes out as events'
grep -q 'hello from it' events
result $? 'with what else it said'
rm -f state
run_of other+ | sed 's/"s"/"bin\/a"/; s/other/test_add/' >passed
trerun --state state passed v6.json | is 'test_add
test sub' 'what passed before and is dirty is due'

# ---- what tfilter takes ----

for how in names null list json; do
	trerun --for $how kinds | tfilter --list - kinds 2>why | grep -c '"event":"case_start"' | is 1 "tfilter --list takes --for $how"
done
echo "1..$n"
