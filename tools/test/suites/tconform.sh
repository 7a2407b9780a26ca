#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runner of the conformance suite, on a suite of two cases: what it does to
# programs that misbehave, what they find around them, lists of expected
# failures, reports.
set -u
cd "$(dirname "$0")/../../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
PATH=$PWD/$B/bin:$PATH
TCONFORM_SUITE=$PWD/conformance/test/mini
export PATH TCONFORM_SUITE
root=$PWD
cd "$tmp" || exit 2
mkdir temporary
TMPDIR=$tmp/temporary
# How long misbehaving children sleep, so that they are found again.
Z=31$$
export TMPDIR Z
n=0
echo "TAP version 14"

# ok TITLE: the status of the command before; log is shown when it failed.
ok() {
	st=$?
	n=$((n + 1))
	if [ $st = 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/# /' log 2>/dev/null | head -n 25
	fi
}

# run STATUS ARG...: tconform run ends with that status; its output is log.
run() {
	want=$1
	shift
	tconform run "$@" >log 2>&1
	got=$?
	[ $got = "$want" ] || echo "exit $got, wanted $want" >>log
	[ $got = "$want" ]
}

says() {
	grep -q -- "$1" log
}

# ---- programs that misbehave; 0.02 makes the limit of time 200 ms ----

fast='-r reader --timing-scale 0.02'
run 1 $fast -- sh -c 'echo began; sleep '$Z'' && says '2 TIMEOUT' && says began
ok "what hangs is ended, and the run goes on"
run 1 $fast -- sh -c 'trap "" TERM; sleep '$Z'; sleep '$Z'' && says '2 TIMEOUT'
ok "what does not want to end is ended"
run 1 $fast -- sh -c 'sleep '$Z' & sleep '$Z'' && says '2 TIMEOUT'
ok "what hangs is ended with its children"
run 1 $fast -- sh -c 'kill -SEGV $$' && says '2 CRASH' && says 'signal 11'
ok "a crash is one"
run 1 $fast -- sh -c 'exit 127' && says '2 CRASH'
ok "and so is a status of 126 or more"
run 1 -r reader -- sh -c 'sleep '$Z' & exit 0' && says '2 LEAK' &&
    says 'left 1 process behind'
ok "what leaves a child behind is named"
if command -v setsid >/dev/null 2>&1; then
	run 1 -r reader -- sh -c 'setsid sleep '$Z' & exit 0' &&
	    says 'left 1 process behind'
	ok "and so is one that left its group"
else
	n=$((n + 1))
	echo "ok $n - and so is one that left its group # SKIP setsid is not installed"
fi
run 1 -r reader -k lif/one-fail -- sh -c 'cat >/dev/null; yes' &&
    says 'LEAK' && says 'wrote more than'
ok "what writes without end is ended"
run 1 -r reader -- sh -c 'exec 0<&-; exit 1' && says '1 FAIL'
ok "what does not read is judged by its status"
run 3 -r reader -- ./no-such-program && says '2 ERROR' && says 'No such file'
ok "what cannot be started is no verdict"
! ps -eo args 2>/dev/null | grep "^sleep $Z$" >log
ok "nothing of all that is left"
[ -z "$(ls -A temporary)" ]
ok "no directory is left"

tconform run -r reader -- sleep $Z >log 2>&1 &
pid=$!
sleep 0.3
kill -INT $pid 2>/dev/null || kill -TERM $pid
wait $pid
[ $? -gt 128 ] && sleep 0.2 && ! ps -eo args 2>/dev/null | grep "^sleep $Z$" >log
ok "interrupted, it takes the program along"

tconform run -r reader -o jsonl -- sh -c 'sleep 0.2' | head -n 1 >log
sleep 0.5
[ -z "$(ls -A temporary)" ]
ok "when nobody reads the report nothing is left either"

# ---- what programs find around them ----

pass='-r reader -k enc/minimal'
run 0 $pass -- sh -c '[ "$(ls -l /proc/self/fd | grep -c -- "->")" = 4 ]' 9</dev/null
ok "three descriptors (and that of ls)"
run 0 $pass -- sh -c '[ -z "$(ls -A)" ] && [ "$PWD" = "$HOME" ]'
ok "an empty directory"
SECRET=x LC_ALL=tr_TR run 0 $pass -- sh -c \
    '[ "$LANG,$TZ,${SECRET-none},${LC_ALL-none}" = C.UTF-8,UTC,none,none ]'
ok "an environment that is always the same"
mkdir -p bin && printf '#!/bin/sh\ncat "$1" >/dev/null\n' >bin/t && chmod +x bin/t
echo data >data.txt
run 0 $pass -- bin/t data.txt
ok "programs and files are found from here"
printf 'env.COLOR = blue # not a comment\n' >sut.conf
run 0 $pass -m sut.conf -- sh -c '[ "$COLOR" = "blue # not a comment" ]'
ok "a variable of sut.conf"

# ---- sut.conf ----

printf 'exit.accept = 9\n' >sut.conf
run 0 $pass -m sut.conf -- sh -c 'cat >/dev/null; exit 9'
ok "another status for a class"
run 1 $pass -m sut.conf -- sh -c 'cat >/dev/null' && says 'stands for no class'
ok "the one before stands for nothing"
for line in 'exit.malformed = 139' 'exit.odd = 3' 'colour = blue' 'name' \
    "drop = 'x"; do
	printf '%s\n' "$line" >sut.conf
	run 2 $pass -m sut.conf -- true && says 'line 1 of sut.conf'
	ok "refused in sut.conf: $line"
done

# ---- expected failures ----

list() {
	{
		echo '# tconform-xfail 1'
		printf '%s\n' "$@"
	} >list
}
one='-r reader -X list'
list 'lif/one-fail fail todo 2999-01-01 https://example.org/1 no verdict yet'
run 0 $one -- true && says '1 XFAIL'
ok "an expected failure is none"
run 1 $one -- sh -c 'exit 1' && says '1 XPASS'
ok "what passes though it is listed fails the run"
run 1 $one -- sh -c 'kill -SEGV $$' && says '2 CRASH' && says 'listed: fail'
ok "another outcome than the listed one is news"
list 'lif/one-fail fail todo 2001-01-01 - long ago'
run 1 $one -- true && says 'until 2001-01-01, which is over'
ok "what has expired does not help"
list 'lif/* fail suite-bug - - the case is wrong'
run 0 $one -- true && says "for the suite's maintainers: lif/one-fail"
ok "a glob; what is thought to be the suite's fault is said"
run 0 $one -o badge:badge -o text:text -- true && grep -q 'no profile' badge
ok "an expected failure earns nothing"
list 'lif/one-fail fail todo'
run 0 -r filter -X list -x 'lif/one-fail' -- cat && ! says STALE
ok "what was left out is not stale"
for entry in '*/* fail todo' 'no/such fail todo' 'lif/one-fail broken todo' \
    'lif/one-fail fail someday' 'lif/one-fail crash todo - -' \
    'lif/one-fail fail todo tomorrow' '*-fail fail todo'; do
	list "$entry"
	case $entry in
	'*/* '*)
		# Two cases are not too many.
		run 1 $one -- true
		;;
	*)
		run 2 $one -- true && says 'list:2:'
		;;
	esac
	ok "list: $entry"
done
echo 'lif/one-fail fail todo' >list
run 2 $one -- true && says 'first line'
ok "a list without its first line"

list '# kept' 'lif/one-fail timeout wontfix - - odd'
tconform run -r reader -o json:report.json -- true >/dev/null
tconform xfail --update list report.json >log && grep -q '^# kept$' list &&
    grep -q '^lif/one-fail fail wontfix - - odd$' list
ok "an update corrects what happens"
list
tconform xfail --update list report.json >log &&
    grep -q '^lif/one-fail fail todo' list && tconform xfail list >>log
ok "an update adds what fails"
tconform run -r reader -o json:report.json -- sh -c 'grep -q fail && exit 1; exit 0' >log
tconform xfail --update list report.json >log && ! grep -q lif list
ok "an update takes away what passes"

# ---- reports ----

tconform run -r reader -o jsonl -- true 2>log | tsum >sum
[ $? = 1 ] && grep -q 'FAIL: 2 tests, 1 passed, 1 failed' sum
ok "the events of a run are read by tsum"
run 1 -r reader -o jsonl:r.jsonl -o junit:r.xml -o tap:r.tap -o json:r.json \
    -o html:r.html -o badge:r.badge -o text:r.txt -- true
ok "all reports at once"
TCONFORM_SUITE=$root/conformance tconform check r.jsonl >log 2>&1
ok "the events keep the rules"
tsum r.xml >sum 2>log
grep -q 'FAIL: 2 tests, 1 passed, 1 failed' sum
ok "the JUnit report is read"
tsum r.tap >sum 2>log
grep -q 'FAIL: 2 tests, 1 passed, 1 failed' sum
ok "the TAP report is read"
list 'lif/one-fail fail todo'
run 0 $one -o tap:x.tap -- true && grep -q '^not ok 2.*# TODO' x.tap
ok "an expected failure is a TODO of TAP"
run 1 $one -o tap:x.tap -- sh -c 'exit 1' && grep -q '^not ok.*lif::one-fail$' x.tap
ok "an unexpected pass is not ok"
grep -q '"schemaVersion":1,"label":"test-events 1.0","message":"no profile"' r.badge
ok "the badge"
run 0 -r reader -o badge -o json:b.json -- sh -c 'grep -q fail && exit 1; exit 0' &&
    says 'Reader Core'
ok "a badge that was earned"
tconform matrix r.json b.json >log && grep -q 'lif/one-fail *F P' log
ok "reports side by side"
tconform matrix --html r.json b.json >m.html 2>log
ok "the same as a page"
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$chromium" ]; then
	n=$((n + 1))
	echo "ok $n - the page in a browser # SKIP chromium is not installed"
else
	timeout 60 "$chromium" --headless --no-sandbox --disable-gpu \
	    --user-data-dir="$tmp/profile" --dump-dom "file://$tmp/m.html" >dom 2>log
	grep -q 'id="matrix"' dom && grep -q 'class="c F"><a href="#0-lif/one-fail"' dom &&
	    grep -q '<section id="0-lif/one-fail">' dom
	ok "the page in a browser"
fi
run 6 -r reader -o text:/dev/full -- true
ok "a report that cannot be written"
run 6 -r reader -o text:no/such/report -- true
ok "or not be made"
tconform matrix no-such.json >log 2>&1
[ $? = 6 ] && says 'no-such.json: No such file'
ok "or not be read"
tconform matrix r.json log >log2 2>&1
[ $? = 2 ]
ok "what is no report is none"
full() {
	tconform "$@" >/dev/full 2>log
	[ $? = 6 ] && says 'standard output: No space left on device'
}
full run -r reader -- true && full matrix r.json && full list &&
    full explain LIF-5 && full --help && full run --help && full --version
ok "a full disk is status 6, whatever was to be printed"

# ---- the other commands ----

tconform list --count >log && says '2 cases: 2 must'
ok "cases are counted"
tconform explain lif/one-fail >log && says 'left != right'
ok "a case is explained"
tconform explain LIF-5 >log && says 'lif/one-fail'
ok "a rule is explained"
tconform explain no/such >log 2>&1
[ $? = 1 ]
ok "nothing is explained"
tconform copy copied >log 2>&1 && cmp -s copied/cases/lif/one-fail/in.jsonl \
    "$root/conformance/test/mini/cases/lif/one-fail/in.jsonl"
ok "the suite is copied"
tconform run --suite copied -r reader -- sh -c 'grep -q fail && exit 1; exit 0' >log 2>&1
ok "and works where it is"
echo '{' >copied/cases/lif/one-fail/case.json
run 3 --suite copied -r reader -- true && says 'case.json'
ok "a broken case is said"
for args in 'run' 'run -r reader' 'run -r writer -- true' 'run -r reader -o pdf -- true' \
    'run -r reader -j 0 -- true' 'run -r reader -V 1 -- true' 'nothing' 'copy' 'matrix' 'xfail' 'list x'; do
	tconform $args >log 2>&1
	[ $? = 2 ]
	ok "bad usage: $args"
done
run 1 -r reader -k 'no/*' -- true && says 'no case was chosen'
ok "no case is no pass"
echo "1..$n"
