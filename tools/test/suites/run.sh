#!/bin/sh
# SPDX-License-Identifier: MIT
#
# trun and harnesses that behave and that do not: what is kept, what is said,
# what the status is, and that nothing is left behind.
# shellcheck disable=SC1083,SC2016,SC2089,SC2090,SC2317
set -u
cd "$(dirname "$0")/../../.." || exit 2
PATH=$PWD/$B/bin:$PATH
LC_ALL=C
export PATH LC_ALL
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
unset TEST_EVENTS_FD TEST_EVENTS_MAX_VERSION
cd "$tmp" || exit 2
n=0
echo "TAP version 14"

result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		head -n 20 out err 2>/dev/null | cut -c 1-200 | sed 's/^/# /'
	fi
}

# run ARGS...: to out, err and $st.
run() {
	timeout 60 trun "$@" >out 2>err </dev/null
	st=$?
}

# What a run said, without what changes: times, places, commands.
plain() {
	sed -e 's/,"time":"[^"]*"//' -e 's/,"cwd":"[^"]*"//' \
	    -e 's/,"duration_ns":[0-9]*//' -e 's/,"command":\[.*\]//' \
	    -e 's/,"version":"[0-9.]*"}}$/}}/' out
}

is() {
	printf '%s\n' "$1" >want
	plain | diff want - >err.diff
	rc=$?
	[ $rc = 0 ] || cat err.diff >>err
	return $rc
}

# Nobody may be there to bury it.
state() {
	if command -v ps >/dev/null 2>&1; then
		ps -o stat= -p "$1"
	else
		sed 's/.*) //' "/proc/$1/stat" 2>/dev/null
	fi
}
gone() { case $(state "$1") in '' | Z*) ;; *) false ;; esac; }
says() { grep -q -- "$1" err; }
has() { grep -q -- "$1" out; }
# What tsum makes of it, and it keeps to the rules of the protocol.
verdict() {
	tsum -q out >verdict 2>&1
	[ $? = "$1" ] && tconform check out >>err 2>&1
}
native='{"event":"protocol","version":"1.0","producer":{"name":"x"}}
{"event":"run_start"}
{"event":"case_start","name":"a"}'
export native

# ---- as it should be ----

cat >good.sh <<'X'
echo building >&2
echo compiling
echo "TAP version 14"
echo "1..2"
echo "ok 1 - a"
echo "in between"
echo "ok 2 - b"
X
run sh good.sh
[ $st = 0 ] && is '{"event":"protocol","version":"1.0","producer":{"name":"trun"}}
{"event":"log","stream":"stderr","text":"building"}
{"event":"log","stream":"stdout","text":"compiling"}
{"event":"run_start"}
{"event":"case_start","name":"a"}
{"event":"case_complete","name":"a","outcome":"pass"}
{"event":"log","stream":"stdout","text":"in between"}
{"event":"case_start","name":"b"}
{"event":"case_complete","name":"b","outcome":"pass"}
{"event":"run_complete","outcome":"pass"}' && [ ! -s err ]
result $? "text, results and standard error are kept, and told apart"

printf '%s\n' "$native" '{"event":"case_complete","name":"a","outcome":"pass","x.y":1}' \
    '{"event":"run_complete","outcome":"pass","x.z":2}' >good.jsonl
run cat good.jsonl
[ $st = 0 ] && is "$(cat good.jsonl)"
result $? "what speaks the protocol passes as it is"

run -f tap sh -c 'echo ok 1 - a; echo 1..1'
[ $st = 0 ] && has '"name":"a","outcome":"pass"'
result $? "-f says what is printed"

run -o file sh -c 'cat good.jsonl; exit 2'
[ $st = 2 ] && [ -s file ] && grep -q '"outcome":"fail","status":"error","exit_code":2' file
result $? "a pass with a status that says otherwise is a failure; -o is kept"

printf 'x\n' >stdin
timeout 60 trun -q cat <stdin >out 2>err
[ $? = 0 ] && has '"text":"x"'
result $? "standard input is the command's"

run sh -c 'echo "version $TEST_EVENTS_MAX_VERSION"'
has '"text":"version 1.0"'
result $? "a command is told which version is read"

# ---- statuses ----

run -- sh -c 'printf "1..1\nnot ok 1 - a\n"'
[ $st = 1 ] && says 'said 0, and the run failed'
result $? "a case failed, and the command said 0"

run sh -c 'printf "1..1\nnot ok 1 - a\n"; exit 77'
[ $st = 77 ] && has '"outcome":"fail".*"exit_code":77' && verdict 1
result $? "the status of the command is ours"

run no-such-command-here
[ $st = 127 ] && says 'cannot start "no-such-command-here": no such command' &&
	has '"outcome":"fail","status":"exec-fail"' && verdict 1
result $? "no such command"

: >plain-file
run ./plain-file
[ $st = 126 ] && says 'ermission denied' && verdict 1
result $? "a command that is none"

run sh -c 'echo nothing; exit 3'
[ $st = 3 ] && has '"text":"nothing"' && says 'is known as test results' &&
	has '"outcome":"fail","status":"error","exit_code":3' && verdict 1
result $? "nothing recognised, and the command failed"

run sh -c 'echo nothing'
[ $st = 0 ] && says 'is known as test results' && has '"outcome":"pass"'
result $? "nothing recognised, and the command did not fail"

printf '#!/bin/sh\necho 1 passed\n' >pytest
chmod +x pytest
run ./pytest -q
[ $st = 0 ] && says 'the status is all there is; try it with --junitxml=/dev/stdout$'
result $? "of a runner that is known it is told how its results would be"
rm pytest

run true
[ $st = 0 ] && says '"true" printed nothing to standard output: its status is all' && is '{"event":"protocol","version":"1.0","producer":{"name":"trun"}}
{"event":"run_start"}
{"event":"run_complete","outcome":"pass","counts":{"pass":0,"fail":0,"skip":0}}'
result $? "a command that says nothing is a run without cases"

run sh -c 'printf "%s\n" "$native"'
[ $st = 7 ] && has '"name":"a","outcome":"fail","status":"incomplete"' &&
	has '"run_complete","outcome":"fail","status":"incomplete"' && verdict 1
result $? "ended with 0 before its results had an end"

run sh -c 'printf "%s\n" "$native" "{broken"; printf "%s\n" "{\"event\":\"run_complete\",\"outcome\":\"pass\"}"'
[ $st = 3 ]
result $? "malformed results are no success"

run; [ $st = 2 ] && says 'no command given'
result $? "no command at all is a usage error"

sed 's/"outcome":"pass".*/"outcome":"fail"}/' good.jsonl |
	cat good.jsonl - >two.jsonl
run cat two.jsonl
[ $st = 1 ] && is "$(cat two.jsonl)" && verdict 1
result $? "one stream behind another"

printf '%s\n' '{"event":"protocol","version":"1.0","producer":{"name":"x"}}' \
    '{"event":"run_start","run":"r"}' '{"event":"run_start","run":"s"}' \
    '{"event":"case_start","run":"s","name":"a"}' '{"event":"run_complete","run":"r","outcome":"pass"}' >ids.jsonl
run sh -c 'cat ids.jsonl; kill -9 $$'
[ $st = 137 ] && has '"run":"s","name":"a","outcome":"fail","status":"incomplete"' &&
	has '"run_complete","run":"r","outcome":"pass"}' &&
	has '"run_complete","run":"s","outcome":"fail","status":"abort","signal":9' && verdict 1
result $? "of several runs those that are open fail"

printf '%s\n' '{"event":"protocol","version":"1.0","producer":{"name":"x"}}' \
    '{"event":"discover_start"}' '{"event":"discover_case","name":"a"}' '{"event":"discover_complete"}' >list.jsonl
run cat list.jsonl
[ $st = 0 ] && is "$(cat list.jsonl)"
result $? "a listing stays one"

timeout 60 trun sh -c 'cat good.jsonl; sleep 30' >/dev/full 2>err
[ $? = 6 ] && says 'No space left'
result $? "a full disk ends the command"

# ---- ends that are none ----

run sh -c 'printf "%s\n" "$native"; echo last words; kill -9 $$'
[ $st = 137 ] && says 'killed by signal 9' && has '"text":"last words"' &&
	has '"name":"a","outcome":"fail","status":"incomplete"' &&
	has '"outcome":"fail","status":"abort","signal":9' && verdict 1
result $? "killed by a signal"

run sh -c 'printf "%s\n" "$native"; kill -SEGV $$'
[ $st = 139 ] && has '"outcome":"fail","status":"crash","signal":11'
result $? "a crash"

run --timeout 0.3 --grace 20 sh -c 'printf "%s\n" "$native"; sleep 30'
[ $st = 124 ] && says 'takes longer than the timeout' &&
	has '"status":"incomplete","reason":"the command was killed by signal 15' &&
	has '"outcome":"fail","status":"timeout"' && verdict 1
result $? "a timeout ends the whole group"

run --timeout 0.3 --grace 0.3 sh -c 'trap "" TERM; printf "%s\n" "$native"; sleep 30 & echo $! >pid; wait; wait; sleep 30'
[ $st = 124 ] && says 'killed by signal 9' && gone "$(cat pid)"
result $? "SIGTERM is ignored: SIGKILL"

run --timeout 0.3 sh -c 'trap "cat rest.tap; exit 0" TERM; echo 1..1; sleep 30 & wait'
[ $st = 124 ]
result $? "tidying up after the timeout does not make it a success"

run sh -c 'sleep 30 & echo $! >pid; cat good.jsonl'
[ $st = 0 ] && says 'holds its output open' && is "$(cat good.jsonl)"
result $? "a child that stays with the output open is not waited for"
kill "$(cat pid)" 2>/dev/null

run sh -c 'cat good.jsonl; (trap "" HUP TERM; exec yes flood) & exit 0'
[ $st = 0 ] && says 'holds its output open' && has '"run_complete","outcome":"pass"' &&
	tail -n 1 out | grep -q run_complete
result $? "a daemon that floods the output is left"

run sh -c 'cat good.jsonl; exec >&- 2>&-; sleep 0.2; exit 5'
[ $st = 5 ] && has '"outcome":"fail","status":"error","exit_code":5'
result $? "a harness that closes its output is waited for"

run sh -c 'printf "a\000b\377\n"; head -c 200000 /dev/zero; echo; cat good.jsonl'
[ $st = 0 ] && has '"text_b64":"YQBi/w=="' && has '"name":"a","outcome":"pass"' && verdict 0
result $? "binary is kept, and what follows it"

run sh -c 'cat good.sh; yes abcdefgh | head -n 60000; yes e | head -n 20000 >&2; cat good.jsonl'
[ $st = 0 ] && [ "$(grep -c '"text":"abcdefgh"' out)" = 60000 ] && [ "$(grep -c '"stream":"stderr"' out)" = 20000 ] &&
	has '"run_complete","outcome":"pass"'
result $? "a flood on both outputs is kept whole"

timeout 60 sh -c 'trun -q yes | head -n 2 >out' 2>err
[ $? = 0 ] && [ "$(wc -l <out)" = 2 ]
result $? "who reads us may leave"

# ---- signals ----

# A harness that tells when it is ready, and on which signal it ends.
cat >waits.sh <<'X'
trap 'echo "# got INT"; exit 40' INT
trap 'echo "# got TERM"; exit 41' TERM
echo "TAP version 14"
: >ready
while :; do sleep 0.05; done
X
for sig in INT TERM; do
	rm -f ready
	# Background jobs of a script start with SIGINT ignored.
	perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' \
	    trun --timeout 60s sh waits.sh >out 2>err </dev/null &
	pid=$!
	until [ -e ready ] || gone $pid; do sleep 0.05; done
	kill -$sig $pid
	wait $pid
	st=$?
	[ $st = $((40 + (${#sig} == 4))) ] && has "got $sig" && says 'after it was interrupted' && has '"event":"run_cancel"' && verdict 1
	result $? "SIG$sig is passed on, and the run is cancelled"
done

cat >stays.sh <<'X'
trap '' INT TERM
echo "TAP version 14"
: >ready
while :; do sleep 0.05; done
X
rm -f ready
trun --timeout 60s sh stays.sh >out 2>err </dev/null &
pid=$!
until [ -e ready ] || gone $pid; do sleep 0.05; done
kill -TERM $pid
# It is told once, and is still there.
until gone $pid; do
	sleep 0.2
	kill -TERM $pid 2>/dev/null
done
wait $pid
[ $? = 137 ] && has '"outcome":"fail","status":"abort","signal":9'
result $? "what does not heed a signal is killed by the next"

run sh -c 'cat good.jsonl; sleep 30 >&- & echo $! >pid'
[ $st = 0 ] && says 'holds its output open' && is "$(cat good.jsonl)"
result $? "a child that stays with standard error open is not waited for"
kill "$(cat pid)" 2>/dev/null

# ---- several ----

run --jobs 2 sh good.sh ::: sh -c 'echo 1..1; echo not ok 1 - a' ::: sh good.sh
[ $st = 1 ] && [ "$(grep -c '"event":"protocol"' out)" = 1 ] &&
	[ "$(grep -c '"event":"run_start"' out)" = 1 ] &&
	[ "$(grep -c '"event":"run_complete"' out)" = 1 ] &&
	has '"case_complete","suite":"sh good.sh","name":"a","outcome":"pass"' &&
	has '"case_complete","suite":"sh good.sh #2","name":"a","outcome":"pass"' &&
	has '"counts":{"pass":4,"fail":1,"skip":0}' && has '"worker":"1"' && verdict 1
result $? "several commands are one run, their suites named apart"

printf '%s\n' '# commands' 'sh good.sh' '' 'cat good.jsonl | cat' >list
run --commands list
[ $st = 0 ] && has '"suite":"cat good.jsonl | cat","name":"a","outcome":"pass"' &&
	has '"suite":"sh good.sh","name":"b","outcome":"pass"' && verdict 0
result $? "a file of commands"

run cat good.jsonl ::: no-such-command-here ::: sh -c 'exit 9'
[ $st = 127 ] && has '"suite_complete","suite":"no-such-command-here","outcome":"fail","status":"exec-fail"' &&
	has '"suite_complete","suite":"sh -c .exit 9.","outcome":"fail","status":"error","reason":"the command ended with 9"' && verdict 1
result $? "which of several failed is told"

run --commands no-such-file; [ $st = 6 ] && says 'no-such-file: No such file'
result $? "a file of commands that cannot be read"

run cat good.jsonl ::: ; [ $st = 2 ] && says 'empty command'
result $? "an empty command is a usage error"

# ---- rounds ----

# A runner that takes names, as meson does; "flaky" passes the second time,
# "victim" fails behind "culprit", "pair" behind "left" and "right".
cat >fake.sh <<'X'
[ $# -gt 0 ] || set -- one left culprit two right victim pair flaky three
echo "1..$#"
seen=
for t do
	ok=ok
	case $t in
	broken) ok='not ok' ;;
	flaky) [ -e ran-flaky ] || ok='not ok'; : >ran-flaky ;;
	victim) case $seen in *culprit*) ok='not ok' ;; esac ;;
	pair) case $seen in *left*right*) ok='not ok' ;; esac ;;
	esac
	echo "$ok - $t"
	echo "$t" >>ran
	seen="$seen $t"
	[ "$ok" = ok ] || st=1
done
exit ${st:-0}
X

rm -f ran ran-flaky
run --for meson --retries 3 sh fake.sh
[ $st = 0 ] && [ "$(sed -n '10,$p' ran | tr '\n' ' ')" = 'victim pair flaky ' ] &&
	has '"case_complete","name":"flaky","attempt":2,"outcome":"pass"' &&
	has '"run_complete","outcome":"pass","counts":{"pass":9,"fail":0,"skip":0}' &&
	[ "$(grep -c '"run_start"' out)" = 1 ] && says 'retry 1 of 3: 3 tests' && verdict 0
result $? "what failed is retried, and no more"
tsum -q out | grep -q '3 of them flaky'
result $? "what passes in the end is flaky"

rm -f ran
run --for meson --retries 2 sh fake.sh {broken} {one}
[ $st = 1 ] && [ "$(tr '\n' ' ' <ran)" = 'broken one broken broken ' ] &&
	has '"name":"broken","attempt":3,"outcome":"fail"' &&
	has '"run_complete","outcome":"fail","exit_code":1,"counts":{"pass":1,"fail":1,"skip":0}' && verdict 1
result $? "what never passes fails; words in braces are what is replaced"

rm -f ran
run --for meson --retries 1 sh fake.sh {broken} ::: sh fake.sh {one}
[ $st = 1 ] && [ "$(grep -c broken ran)" = 2 ] && [ "$(grep -c one ran)" = 1 ] &&
	has '"suite":"sh fake.sh broken","name":"broken","attempt":2' && verdict 1
result $? "of several commands only those with failures run again"

run --retries 1 sh fake.sh {broken}
[ $st = 2 ] && says 'is not known: say it with --for' && [ ! -s out ]
result $? "a runner that is not known is asked for"

run --for meson --retries 1 sh -c 'echo 1..1; echo not ok - ${1:-a}; exit 1' {} sh
[ $st = 1 ] && says '1 of them did not run again under the same name'
result $? "what does not run again is told"

rm -f ran
run --retries 3 --for meson sh -c 'echo 1..1; echo not ok - a; kill -9 $$' {}
[ $st = 137 ] && verdict 1
result $? "a command that was killed is never a success"

run --for meson --bisect victim sh fake.sh
[ $st = 1 ] && says '"victim" passes alone, and fails after "culprit"' &&
	has '"name":"victim","kind":"note","message":"passes alone, and fails after .*culprit' &&
	[ "$(grep -c '"event":"protocol"' out)" = 1 ] && verdict 1
result $? "--bisect finds the culprit"

run --for meson --bisect pair sh fake.sh
[ $st = 1 ] && says '"pair" passes alone, and fails after "left" and "right"'
result $? "--bisect finds two that only together do it"

run --for meson --jobs 2 --bisect victim sh fake.sh {} ::: sh fake.sh {one} {culprit}
[ $st = 1 ] && says 'fails after "culprit"'
result $? "--bisect among the tests of the same command"

run --for meson --bisect broken sh fake.sh {one} {broken}
[ $st = 1 ] && says 'fails alone'
result $? "--bisect of a test that fails alone"

rm -f ran-flaky
run --for meson --bisect flaky sh fake.sh {one} {flaky}
[ $st = 1 ] && says 'may be flaky'
result $? "--bisect of a flaky test"

run --for meson --bisect one sh fake.sh
says '"one" did not fail'
result $? "--bisect of a test that did not fail"
run --for meson --bisect nobody sh fake.sh
[ $st = 1 ] && says '"nobody" is no test that ran'
result $? "--bisect of no test"

# ---- the store ----

TESTPIPE_STATE_DIR=$tmp/state
export TESTPIPE_STATE_DIR
rm -f ran
run --record --for meson sh fake.sh {broken} {one} {victim}
[ $st = 1 ] && [ "$(tstore list | grep -c failed)" = 1 ]
result $? "a run is recorded"
run -R latest --for meson
[ $st = 1 ] && [ "$(tail -n 1 ran)" = broken ] && [ "$(wc -l <ran)" = 4 ] &&
	has '"parent_run":"\([0-9a-f-]*\)","root_run":"\1"'
result $? "what is outstanding is run, with the command of its parent"
run -R latest --for meson sh -c 'echo 1..1; echo ok - other'
[ $st = 5 ] && says '1 outstanding test still remains'
result $? "a pass that leaves something outstanding is 5"
run -R latest --test nobody --for meson
[ $st = 2 ] && says 'nothing of that name is outstanding after run [0-9a-f-]*, or new' && [ ! -s out ]
result $? "a name that is not outstanding"
run -R 0123456 ; [ $st = 2 ] && [ ! -s out ]
result $? "a run that is not there is a usage error"
run --record sh -c 'printf "%s\n" "$native"; kill -9 $$'
[ $st = 137 ] && tstore list | grep 'latest' | grep -q fail
result $? "the recording of a harness that died is of a failure"
run -R latest --for meson sh fake.sh
[ $st = 0 ] && [ "$(tail -n 1 ran)" = a ]
result $? "what it left open is outstanding"

before=$(tstore latest)
run --record no-such-command-here
[ $st = 127 ] && says 'nothing is recorded' && [ "$(tstore latest)" = "$before" ]
result $? "a command that is none is no run of the store"
run -R latest --for meson no-such-command-here
[ "$(tstore latest)" = "$before" ]
result $? "nor a rerun"

run --record sh -c 'exit 9'
run -R latest --for meson
[ $st = 5 ] && says 'no test that is left did' && has '"outcome":"fail","status":"incomplete"'
result $? "a run that failed without a test to blame is no success when rerun"

echo 'cd . && sh fake.sh "$@"' >list
rm -f ran ran-flaky
run --commands list --for meson --retries 1
[ $st = 0 ] && [ "$(sed -n '10,$p' ran | tr '\n' ' ')" = 'victim pair flaky ' ]
result $? "a script of a file takes tests as its words"
echo 'cd . && sh fake.sh' >list
run --commands list --for meson --retries 1
[ $st = 2 ] && says 'is not known'
result $? "one that takes none is refused"

: >not-a-dir
run --record --store not-a-dir/x cat good.jsonl
[ $st = 0 ] && [ -s err ] && is "$(cat good.jsonl)"
result $? "a store that cannot be made does not stop the run"

# ---- tests that are new ----

# Real runners where they are; each case adds a test, one that is skipped, and
# takes away one that failed.
lists() {
	name=$1
	if ! command -v "$2" >/dev/null 2>&1; then
		n=$((n + 1))
		echo "ok $n - new tests: $name # SKIP $2 is not installed"
		return 1
	fi
	rm -rf "new.$name"
	mkdir "new.$name" && cd "new.$name" || exit 2
	rm -f ../state-of-new
	TESTPIPE_STATE_DIR=$tmp/state.$name
}
# The tests of the last run, by name.
ran_now() { tconv -q csv -O columns=name,outcome out | tr -d '\r' | sed '/^name,/d; /^,/d' | sort | tr '\n' ' '; }
finds() {
	printf '%s\n%s\n' "$1" "$(ran_now)" >>err
	[ "$(ran_now)" = "$1" ]
}
over() { cd "$tmp" || exit 2; }

if lists pytest pytest; then
	PYTHONDONTWRITEBYTECODE=1
	export PYTHONDONTWRITEBYTECODE
	cat >test_a.py <<'Y'
import pytest
def test_good(): pass
def test_bad(): assert 0
def test_goes(): assert 0
@pytest.mark.skip
def test_skipped(): pass
class TestC:
    @pytest.mark.parametrize("p", ["a::b", "[x] y"])
    def test_m(self, p): pass
Y
	run --record pytest -q -p no:cacheprovider --junitxml=/dev/stdout
	sed -i 's/test_goes/helper/' test_a.py
	printf 'class TestD:\n    def test_new(self): pass\n' >test_b.py
	run -R latest
	finds 'test_bad,fail test_new,pass ' && says '1 test is new' && says '1 outstanding test is not there any more'
	result $? "pytest: what is new is run, and what is gone is not"
	run -R latest
	finds 'test_bad,fail ' && says '2 outstanding tests still remain'
	result $? "pytest: once, and what was skipped is not new"
	printf 'def test_more(): pass\n' >>test_b.py
	run -R latest --test test_more
	finds 'test_more,pass ' && [ $st = 5 ]
	result $? "pytest: a new one by its name"
	echo 'syntax error' >test_c.py
	run -R latest
	says 'what is new is not known: "pytest .*" ended with 2'
	result $? "pytest: a listing that fails is said"
	over
fi

if lists same pytest; then
	printf 'def test_a(): assert 0\ndef test_b(): pass\n' >test_a.py
	echo 'syntax error' >test_c.py
	run --record pytest -q -p no:cacheprovider --junitxml=/dev/stdout
	run -R latest
	finds 'test_c,fail '
	result $? "pytest: a module that cannot be read is run again as a whole"
	printf 'def test_c(): pass\n' >test_c.py
	run --record pytest -q -p no:cacheprovider --junitxml=/dev/stdout
	run -R latest
	finds 'test_a,fail '
	result $? "pytest: a test is called as its module"
	over
fi

if lists dead pytest; then
	printf 'def test_a(): pass\ndef test_b(): assert 0\n' >test_a.py
	: >block
	printf 'import os\nif os.path.exists("block"): os.abort()\n' >conftest.py
	run --record pytest -q -p no:cacheprovider --junitxml=/dev/stdout
	rm block
	run -R latest
	finds 'test_a,pass test_b,fail ' && says '2 tests are new'
	result $? "after a run that died before any test, all are new"
	over
fi

if lists go go; then
	GOFLAGS=-mod=mod GO111MODULE=on GOTOOLCHAIN=local
	export GOFLAGS GO111MODULE GOTOOLCHAIN
	echo 'module example.com/new' >go.mod
	cat >a_test.go <<'Y'
package a

import "testing"

func TestGood(t *testing.T) {}
func TestBad(t *testing.T)  { t.Run("sub", func(t *testing.T) { t.Error("no") }) }
func TestSkip(t *testing.T) { t.Skip() }
Y
	run --record go test -json -run 'Test/s' ./...
	printf 'package a\n\nimport "testing"\n\nfunc TestNew(t *testing.T) {}\nfunc ExampleX() {\n\t// Output:\n}\n' >b_test.go
	run -R latest
	finds 'TestBad,fail TestBad/sub,fail TestNew,pass ' && says '1 test is new'
	result $? "go: what is new is run, if the command would"
	over
fi

if lists cargo cargo; then
	printf '[package]\nname = "fresh"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n[lib]\ndoctest = false\n' >Cargo.toml
	mkdir src tests
	echo '#[test] fn good() {} #[test] fn bad() { panic!() } #[test] #[ignore] fn ignored() {}' >src/lib.rs
	RUSTC_BOOTSTRAP=1
	export RUSTC_BOOTSTRAP
	run --record cargo test --offline -- -Z unstable-options --format json
	echo '#[test] fn good() {} #[test] #[ignore] fn ignored() {}' >tests/it.rs
	run -R latest
	finds 'bad,fail good,pass ' && has '"suite":"tests/it.rs","name":"good"' && says '1 test is new'
	result $? "cargo: what is new is run, but what is ignored is not"
	unset RUSTC_BOOTSTRAP
	over
fi

if lists prove prove; then
	mkdir t
	echo 'print "1..1\nnot ok 1 - x\n"' >t/bad.t
	echo 'print "1..1\nok 1 - x\n"' | tee t/good.t >"t/it's new.u"
	run --record prove t
	mv "t/it's new.u" "t/it's new.t"
	run -R latest
	finds "t/bad.t,fail t/it's new.t,pass "
	result $? "prove: a new file is run"
	run --record prove -v t/good.t
	run -R latest
	says 'nothing is outstanding' && [ $st = 0 ]
	result $? "prove: what the command does not select is not new"
	over
fi

if lists ctest ctest; then
	echo 'add_test([=[bad (one)]=] "false")' >CTestTestfile.cmake
	echo 'add_test(good "true")' >>CTestTestfile.cmake
	printf '%s\n' 'ctest -Q --output-junit r.xml "$@" >&2; st=$?; cat r.xml; exit $st' >report.sh
	run --record --for ctest sh report.sh
	echo 'add_test([=[new: (x)]=] "true")' >>CTestTestfile.cmake
	run --for ctest -R latest
	finds 'bad (one),fail '
	result $? "ctest: a script is not asked what there is"
	cat >ctest <<'Y'
#!/bin/sh
# As that of the system, but it prints its report.
PATH=${PATH#*:}
case " $* " in *' -N '*) exec ctest "$@" ;; esac
ctest -Q --output-junit r.xml "$@" >&2; st=$?; cat r.xml; exit $st
Y
	chmod +x ctest
	old=$PATH PATH=$PWD:$PATH
	run -R latest -- ctest
	finds 'bad (one),fail new: (x),pass '
	result $? "ctest: what is new is run"
	PATH=$old
	over
fi

# A runner that takes its time to list.
TESTPIPE_STATE_DIR=$tmp/state.slow
cat >pytest <<'X'
#!/bin/sh
case $* in *--collect-only*) : >ready; exec sleep 30 ;; esac
echo '<testsuite name="pytest"><testcase classname="test_a" name="x"><failure/></testcase></testsuite>'
exit 1
X
chmod +x pytest
run --record ./pytest
before=$(tstore latest)
rm -f ready
perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' \
    trun -R latest >out 2>err </dev/null &
pid=$!
until [ -e ready ] || gone $pid; do sleep 0.05; done
kill -INT $pid
wait $pid
[ $? = 130 ] && [ ! -s out ] && says 'interrupted before any test' && [ "$(tstore latest)" = "$before" ]
result $? "interrupted while the runner lists: nothing is run, nor recorded"
run -R latest --timeout 0.3
[ $st = 1 ] && says 'what is new is not known: .* after the timeout' && has '"name":"x"'
result $? "--timeout is that of the listing, too"
rm pytest

# Listings of several commands are one.
printf '%s\n' '{"event":"protocol","version":"1.0","producer":{"name":"x"}}' \
    '{"event":"discover_start"}' '{"event":"discover_case","name":"b"}' '{"event":"discover_complete"}' >list2.jsonl
run cat list.jsonl ::: cat list2.jsonl
[ $st = 0 ] && [ "$(grep -c discover_case out)" = 2 ] && ! has run_start && ! has run_complete &&
	tail -n 1 out | grep -q discover_complete && tsum -q out | grep -qv 'not run' && tconform check out >>err 2>&1
result $? "listings of several commands are a listing"
TESTPIPE_STATE_DIR=$tmp/state

echo "1..$n"
