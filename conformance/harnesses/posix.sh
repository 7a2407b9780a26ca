#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Tests as functions of a POSIX shell, speaking test-events 1.0, with sh and the
# utilities of POSIX alone. Copy this file and replace what is below
# "scenarios" by functions of your own and, at the end,
#
#	run_tests my_first_test my_second_test
#
# A test calls `fail MESSAGE` (and goes on) or `skip REASON`. Each runs in a
# subshell; what it prints is told as case_output.
set -u

# ---- for tests ----

fail() {
	{ printf 'fail '; printf '%s' "$1" | json_string; } >>"$work/report"
}

skip() {
	{ printf 'skip '; printf '%s' "${1-}" | json_string; } >>"$work/report"
	exit 0
}

# metric NAME VALUE UNIT
metric() {
	printf 'metric "metric":"%s","value":%s,"unit":"%s"\n' "$@" \
	    >>"$work/report"
}

# ---- the stream ----

usage() {
	echo "tests: $1" >&2
	exit 2
}

# Standard input as a JSON string; it is UTF-8.
json_string() {
	LC_ALL=C od -An -v -tu1 | LC_ALL=C awk '
	BEGIN { printf "\"" }
	{
		for (i = 1; i <= NF; i++) {
			if ($i == 34 || $i == 92)
				printf "\\%c", $i + 0
			else if ($i < 32)
				printf "\\u%04x", $i
			else
				printf "%c", $i + 0
		}
	}
	END { print "\"" }'
}

base64_string() {
	LC_ALL=C od -An -v -tu1 | LC_ALL=C awk '
	function put(n, from) {
		return substr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
		    "0123456789+/", int(n / from) % 64 + 1, 1)
	}
	function three(a, b, c,  n) {
		n = a * 65536 + b * 256 + c
		return put(n, 262144) put(n, 4096) put(n, 64) put(n, 1)
	}
	BEGIN { printf "\"" }
	{
		for (i = 1; i <= NF; i++) {
			v[k++] = $i
			if (k == 3) {
				printf "%s", three(v[0], v[1], v[2])
				k = 0
			}
		}
	}
	END {
		if (k == 1)
			printf "%s==", substr(three(v[0], 0, 0), 1, 2)
		if (k == 2)
			printf "%s=", substr(three(v[0], v[1], 0), 1, 3)
		print "\""
	}'
}

# emit EVENT [MEMBER...]: a member is written as JSON, "name":value.
emit() {
	event=$1
	shift
	line="{\"event\":\"$event\""
	for member do
		[ -z "$member" ] || line="$line,$member"
	done
	printf '%s}\n' "$line" >&"$out" || exit 1
}

# Every number a shell can redirect to has one digit.
open_stream() {
	out=${TEST_EVENTS_FD:-1}
	case $out in
	[0-9]) ;;
	*) usage "TEST_EVENTS_FD is no descriptor: \"$out\"" ;;
	esac
	{ : >&"$out"; } 2>/dev/null ||
		usage "TEST_EVENTS_FD is no open descriptor: \"$out\""
	most=${TEST_EVENTS_MAX_VERSION:-1.0}
	case $most in
	*[!0-9.]* | *.*.* | .* | *. | 0*) low=yes ;;
	*.*) low= ;;
	*) low=yes ;;
	esac
	[ -z "$low" ] || usage "cannot write test-events as low as \"$most\""
	unset TEST_EVENTS_FD TEST_EVENTS_MAX_VERSION
	# The tests do not have it: what they print goes elsewhere.
	case $out in
	1) exec 3>&1 1>&2; out=3 ;;
	esac
}

# ---- running ----

# What the test printed, and what it reported, as events; sets outcome.
tell() {
	outcome=pass reason='' status=''
	if [ -s "$work/output" ]; then
		if iconv -f UTF-8 -t UTF-8 <"$work/output" >/dev/null 2>&1; then
			text="\"text\":$(json_string <"$work/output")"
		else
			text="\"text_b64\":$(base64_string <"$work/output")"
		fi
		emit case_output "$who" '"stream":"combined"' "$text"
	fi
	while read -r what rest; do
		case $what in
		fail)
			outcome=fail
			emit case_message "$who" '"kind":"error"' \
			    "\"message\":$rest"
			;;
		skip)
			outcome=skip
			[ "$rest" = '""' ] || reason="\"reason\":$rest"
			;;
		metric) emit case_metric "$who" "$rest" ;;
		done) finished=yes ;;
		esac
	done <"$work/report"
	if [ "$finished" != yes ] && [ "$outcome" != skip ]; then
		outcome=fail status='"status":"crash"'
		emit case_message "$who" '"kind":"error"' \
		    "\"message\":\"ended with status $1\""
	fi
}

# attempt NAME: runs it once; the outcome is in outcome.
attempt() {
	emit case_start "$who" "${mode:+\"mode\":\"$mode\"}"
	: >"$work/report"
	finished=
	(
		trap - TERM INT
		eval "exec $out>&-"
		"$1"
		echo 'done' >>"$work/report"
	) >"$work/output" 2>&1 </dev/null &
	child=$!
	# A signal before the wait would be waited past.
	[ -z "$stop" ] || kill -KILL $child 2>/dev/null
	wait $child
	ended=$?
	[ -z "$stop" ] || stop_run
	tell $ended
	emit case_complete "$who" "\"outcome\":\"$outcome\"" "$status" "$reason"
}

run_test() {
	name=$1
	round=1
	while [ "$round" -le "$repeat" ]; do
		try=1
		while :; do
			who="\"name\":$(printf '%s' "$name" | json_string)"
			[ -z "$suite" ] || who="\"suite\":\"$suite\",$who"
			[ "$round" -eq 1 ] || who="$who,\"iteration\":$round"
			[ "$try" -eq 1 ] || who="$who,\"attempt\":$try"
			attempt "$name"
			[ "$outcome" = fail ] && [ "$try" -le "$retries" ] || break
			try=$((try + 1))
		done
		eval "$outcome=\$(($outcome + 1))"
		round=$((round + 1))
	done
}

finish() {
	outcome=pass
	[ "$fail" -eq 0 ] && [ -z "$stop" ] || outcome=fail
	emit run_complete "\"outcome\":\"$outcome\"" "${stop:+\"status\":\"abort\"}" \
	    "\"counts\":{\"pass\":$pass,\"fail\":$fail,\"skip\":$skip}"
	rm -rf "$work"
	[ $outcome = pass ]
	exit
}

stop_run() {
	kill -KILL $child 2>/dev/null
	wait $child 2>/dev/null
	emit run_cancel "\"reason\":\"$stop\""
	emit case_complete "$who" '"outcome":"fail"' '"status":"abort"'
	fail=$((fail + 1))
	while [ -n "$suite" ]; do
		end_suite
	done
	finish
}

# Suites nest: "a/b" is in "a".
start_suite() {
	parent=${suite:+\"parent\":\"$suite\"}
	suite=${suite:+$suite/}$1
	emit suite_start "\"suite\":\"$suite\"" "$parent"
}

end_suite() {
	emit suite_complete "\"suite\":\"$suite\""
	case $suite in
	*/*) suite=${suite%/*} ;;
	*) suite= ;;
	esac
}

# begin [ARGUMENT]...
begin() {
	format='' retries=${retries:-0} repeat=${repeat:-1}
	pass=0 fail=0 skip=0 suite='' mode='' stop=''
	while [ $# -gt 0 ]; do
		case $1 in
		--format=*) format=${1#*=} ;;
		--format) shift; format=${1-} ;;
		*) usage "unknown option: $1" ;;
		esac
		shift
	done
	[ "$format" = json ] || usage '--format json is all it can do'
	open_stream
	work=${TMPDIR:-/tmp}/tests.$$
	mkdir -m 700 "$work" || exit 1
	trap 'rm -rf "$work"' EXIT
	emit protocol '"version":"1.0"' '"producer":{"name":"posix.sh"}'
}

run_start() {
	child=''
	trap 'stop=SIGTERM; kill -KILL $child 2>/dev/null' TERM
	trap 'stop=SIGINT; kill -KILL $child 2>/dev/null' INT
	emit run_start
}

run_tests() {
	run_start
	for t do
		run_test "$t"
	done
	finish
}

list_tests() {
	emit discover_start
	for t do
		emit discover_case "\"name\":\"$t\""
	done
	emit discover_complete "\"total\":$#"
	rm -rf "$work"
	exit 0
}

# ---- scenarios: the test programs of the conformance suite ----

passes() { :; }
spin() {
	i=0
	while [ $i -lt 1000 ]; do
		i=$((i + 1))
	done
}
letters() { # LETTER
	awk -v c="$1" 'BEGIN { while (n++ < 65536) printf "%s", c }'
}
# The names of tests are those of functions.
name_tests() { # BODY NAME...
	body=$1
	shift
	for t do
		eval "$t() { $body; }"
	done
}

scenario=${1-}
[ $# -eq 0 ] || shift
case $scenario in
retry-*) retries=2 ;;
stress-3) repeat=3 ;;
esac
begin "$@"
case $scenario in
pass) name_tests passes one; run_tests one ;;
fail) name_tests 'fail "left != right"' one; run_tests one ;;
fail-multi)
	name_tests 'fail first; fail second; fail third' one
	run_tests one
	;;
quotes)
	quoted() {
		fail 'say "hi" to C:\new
%s ]]> é'
	}
	run_tests quoted
	;;
skip-static) name_tests 'skip "not today"' one; run_tests one ;;
skip-dynamic) name_tests 'skip "no network"' one; run_tests one ;;
skip-noreason) name_tests 'skip' one; run_tests one ;;
zero) run_tests ;;
one-of-each)
	name_tests passes good
	name_tests 'fail "wrong answer"' bad
	name_tests 'skip "not today"' idle
	run_tests good bad idle
	;;
nested-3)
	name_tests passes in_outer in_middle in_inner
	run_start
	start_suite outer
	run_test in_outer
	start_suite middle
	run_test in_middle
	start_suite inner
	run_test in_inner
	end_suite
	end_suite
	end_suite
	finish
	;;
same-name)
	run_start
	start_suite left
	name_tests 'fail "left is wrong"' same
	run_test same
	end_suite
	start_suite right
	name_tests passes same
	run_test same
	end_suite
	finish
	;;
param-100)
	run_start
	n=0
	while [ $n -lt 100 ]; do
		name_tests "[ $n -ne 42 ] || fail 'no answer'" param_$n
		run_test param_$n
		n=$((n + 1))
	done
	finish
	;;
retry-2) name_tests '[ $try -gt 1 ] || fail "too early"' flaky; run_tests flaky ;;
retry-exhaust) name_tests 'fail "still not"' never; run_tests never ;;
stress-3) name_tests passes steady; run_tests steady ;;
bench) mode=bench; name_tests 'spin; metric rounds $i 1' sum; run_tests sum ;;
bench-as-test) mode=bench; name_tests spin sum; run_tests sum ;;
list) list_tests one two three ;;
filter-some) name_tests passes beta; run_tests beta ;;
filter-none) run_tests ;;
slow) name_tests 'sleep 1; sleep 1' slow; run_tests slow ;;
parallel-4)
	name_tests 'sleep 1' north east west
	name_tests 'sleep 1; fail lost' south
	run_tests north east south west
	;;
parallel-16x64k)
	set -- a b c d e f g h i j k l m n o p
	n=0
	run_start
	for c do
		t=load$(printf %02d $n)
		name_tests "letters $c" "$t"
		run_test "$t"
		n=$((n + 1))
	done
	finish
	;;
stdout-noise)
	name_tests 'printf "hello from the test\nno line end"' noisy
	run_tests noisy
	;;
stdout-spoof)
	liar() {
		echo '{"event":"run_complete","outcome":"pass"}'
		fail caught
	}
	run_tests liar
	;;
stdout-binary)
	name_tests "printf '\\377\\376\\000A\\n'" bytes
	run_tests bytes
	;;
long-name)
	t=long_$(awk 'BEGIN { while (n++ < 1000) printf "n" }')
	name_tests passes "$t"
	run_tests "$t"
	;;
panic)
	name_tests 'set -e; false; fail "went on"' boom
	name_tests passes after
	run_tests boom after
	;;
abort) name_tests 'kill -ABRT $(sh -c "echo \$PPID")' dies; run_tests dies ;;
exit0) name_tests 'exit 0' leaves; run_tests leaves ;;
sigterm) name_tests 'exec sleep 30' waits; run_tests waits ;;
start)
	starter() {
		sh -c 'echo "fd=[$TEST_EVENTS_FD] max=[$TEST_EVENTS_MAX_VERSION]"
		    echo stray >&3'
	}
	run_tests starter
	;;
fork) name_tests 'sh -c "echo hello from the child" & wait' parent; run_tests parent ;;
*) exit 77 ;;
esac
