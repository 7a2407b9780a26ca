#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Speed and memory as ratios in one run on one machine:
#
#   bench.sh BINDIR [MEGABYTES]     1000 by default; CI's smoke test takes 50
#
# A line a measurement: our time, the peer's, the ratio, the goal.  A peer that
# is not installed is said.  Status 1 when a goal is missed; with BENCH_SMOKE
# set only crashes and memory count, because small inputs on a shared machine
# say little about time.
set -u
bin=$(cd "$1" && pwd) || exit 2
mb=${2:-1000}
here=$(cd "$(dirname "$0")" && pwd)
tmp=${BENCH_DIR:-$(mktemp -d)}
mkdir -p "$tmp"
[ -n "${BENCH_DIR:-}" ] || trap 'rm -rf "$tmp"' EXIT
CC=${CC:-cc}
missed=0
cd "$tmp" || exit 2

$CC -O2 -D_DEFAULT_SOURCE -o gen "$here/gen.c" || exit 2
$CC -O2 -D_DEFAULT_SOURCE -o pair "$here/pair.c" || exit 2
$CC -O2 -D_DEFAULT_SOURCE -o pace "$here/pace.c" || exit 2
$CC -O2 -D_DEFAULT_SOURCE -o yajl-parse "$here/yajl-parse.c" -lyajl || exit 2
[ -s ev.jsonl ] || ./gen -b "${mb}000000" >ev.jsonl
go_tests=$((mb * 200))
[ -s go.json ] || ./gen -g -c $go_tests >go.json
PATH=$bin:$PATH
LC_ALL=C
export PATH LC_ALL

measure() {
	./pair "$@" && return
	st=$?
	[ $st = 1 ] && [ -n "${BENCH_SMOKE:-}" ] && return
	missed=1
}

# Debian has junitparser as a module alone.
if ! command -v junitparser >/dev/null 2>&1 && /usr/bin/python3 -c 'import junitparser.cli' 2>/dev/null; then
	printf '#!/usr/bin/python3\nimport sys\nfrom junitparser.cli import main\nsys.exit(main())\n' >junitparser
	chmod +x junitparser
	PATH=$PATH:$PWD
fi

have() {
	command -v "$1" >/dev/null 2>&1 && return
	echo "$2: $1 is not installed"
	return 1
}

echo "$(wc -c <ev.jsonl) bytes, $(wc -l <ev.jsonl) lines"
printf '%-34s %10s %10s %9s\n' measurement ours peer ratio

have jq 'tfilter / jq' && measure -n 3 'tfilter fail / jq select' 25 \
    'tfilter fail ev.jsonl >/dev/null' \
    "jq -c 'select(.outcome==\"fail\")' ev.jsonl >/dev/null"
measure -m 8192 'tfilter fail / grep -F, to a pipe' 0.741 \
    'tfilter fail ev.jsonl | cat >/dev/null' \
    "grep -F '\"outcome\":\"fail\"' ev.jsonl | cat >/dev/null"
measure -m 8192 'tfilter fail / cat, pipe to pipe' 1.0 \
    'cat ev.jsonl | tfilter fail | cat >/dev/null' \
    'cat ev.jsonl | cat | cat >/dev/null'
measure 'tfilter fail / yajl parse' 4 \
    'tfilter fail <ev.jsonl >/dev/null' './yajl-parse <ev.jsonl >/dev/null'
measure 'tconv junit / tfilter fail' 0.5 \
    'tconv -q junit ev.jsonl >/dev/null' 'tfilter fail ev.jsonl >/dev/null'
have gotestsum 'go json' && measure -n 3 'tconv junit of go / gotestsum' 10 \
    'tconv -q junit go.json >/dev/null' \
    'gotestsum --junitfile gs.xml --raw-command -- cat go.json >/dev/null 2>&1 || true'
tconv -q junit ev.jsonl -o ev.xml
if have junitparser 'junit read'; then
	# What it is compared with does as much: every case is looked at.
	cat >junit-read <<'EOF'
import sys
from junitparser import JUnitXml
for path in sys.argv[1:]:
    for suite in JUnitXml.fromfile(path):
        for case in suite:
            case.name, case.classname, case.time, case.result
EOF
	# It needs 30 times the size of the file in memory.
	./gen -b $((mb / 10 + 1))000000 | tconv -q junit -o small.xml
	measure -n 3 'tconv native of junit / junitparser' 15 \
	    'tconv -q native small.xml >/dev/null' \
	    '/usr/bin/python3 junit-read small.xml'
fi
measure 'ttee FILE / tee FILE, to a pipe' 1.0 \
    'ttee t1.jsonl <ev.jsonl | cat >/dev/null' \
    'tee t2.jsonl <ev.jsonl | cat >/dev/null'
./gen -c 1 >one.jsonl
measure -n 51 -m 8192 'start of tfilter' 2 'exec tfilter fail one.jsonl >/dev/null'

# Memory of tconv junit is that of one suite, however long the stream is.
./gen -b 20000000 >short.jsonl
measure -n 1 -m 16384 'tconv junit, memory' 0 \
    'tconv -q junit ev.jsonl >/dev/null' 'tconv -q junit short.jsonl >/dev/null'

# Tools that hold all cases: a million of them, three runs (a tenth of that
# and less in a smoke test).
cases=$((mb * 1000))
[ $cases -le 1000000 ] || cases=1000000
limit=$((cases / 100 + 500))
for seed in 1 2 3; do
	./gen -c $cases -s 1 | sed "s/\"duration_ns\":\([0-9]*\)/\"duration_ns\":\1$seed/" >run$seed.jsonl
done
echo "three runs of $cases cases, $(wc -c <run1.jsonl) bytes each"
measure -n 1 -m 614400 'tsum' $limit 'tsum run1.jsonl run2.jsonl run3.jsonl >/dev/null'
measure -n 1 -m 614400 'tsum --history' $limit \
    'tsum --history run1.jsonl run2.jsonl run3.jsonl >/dev/null'
measure -n 1 -m 614400 'tdiff' $limit 'tdiff run1.jsonl run2.jsonl >/dev/null'
measure -n 1 -m 614400 'tdiff, two runs to one' $limit \
    'tdiff --old run1.jsonl --old run2.jsonl --new run3.jsonl >/dev/null'
measure -n 1 -m 614400 'tmerge --attempts' $limit \
    'tmerge --attempts run1.jsonl run2.jsonl run3.jsonl >/dev/null'
measure -n 1 -m 614400 'tmerge --shards' $limit \
    'tmerge --duplicates keep run1.jsonl run2.jsonl run3.jsonl >/dev/null'
measure -n 1 -m 614400 'trerun' $limit 'trerun run1.jsonl run2.jsonl run3.jsonl >/dev/null'
rm -f run?.jsonl

# 20 shards of so many cases each, in suites of so many, all of other names.
shards() {
	rm -rf shards && mkdir shards
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		./gen -c "$1" -s $i -u "$2" | sed "s/crate-/shard-$i-/" |
			tconv -q junit -o shards/$i.xml
	done
}

merge='tmerge -q shards/*.xml | tconv -q junit >ours.xml'
if have junitparser 'tmerge of JUnit'; then
	n=10000 # cases a shard
	suites=125 # a shard, of 20 cases
	[ -z "${BENCH_SMOKE:-}" ] || { n=500; suites=20; }
	shards $n 1000
	measure -n 3 "tmerge 20 x $n of JUnit / junitparser" 20 "$merge" \
	    'junitparser merge shards/*.xml merged.xml'
	# It takes minutes for 10000 suites, which is four times as many: time
	# that grows with the square is 500 times ours there if it is 125
	# times ours here.
	shards $((suites * 20)) 20
	measure -n 1 "tmerge $((suites * 20)) suites / junitparser" 125 \
	    "$merge" 'junitparser merge shards/*.xml merged.xml'
	# Four times the suites take no more than five times as long.
	cp -r shards few
	shards $((suites * 80)) 20
	measure -n 3 "tmerge $((suites * 80)) suites / $((suites * 20))" 0.2 \
	    "$merge" 'tmerge -q few/*.xml | tconv -q junit >few.xml'
	rm -rf shards few
fi

# A chain of three runs, of a million cases at the default size.
for i in 1 2 3; do
	./gen -c $((mb * 1000)) >chain$i.jsonl
done
measure -n 1 -m 614400 'trerun of 3 runs / tfilter fail' 0.2 \
    'trerun chain1.jsonl chain2.jsonl chain3.jsonl >/dev/null' \
    'cat chain[123].jsonl | tfilter fail >/dev/null'
rm -f chain[123].jsonl

# Recording beside a stream of 100,000 events a second, then a store of up to
# a thousand runs of 10,000 cases.
TESTPIPE_STATE_DIR=$tmp/state
export TESTPIPE_STATE_DIR
tstore prune --save --max-runs 100000 --max-size 100G >/dev/null
./gen -c 25000 >paced.part
parts='1 2 3 4 5 6 7 8 9 10'
[ "$mb" -ge 500 ] || parts=1
for i in $parts; do cat paced.part; done >paced.jsonl
measure -n 3 'tstore record / cat, 100,000 a second' 0.95 \
    './pace 100000 <paced.jsonl | tstore record -q >/dev/null' \
    './pace 100000 <paced.jsonl | cat >/dev/null'
rm -rf "$TESTPIPE_STATE_DIR" paced.*
tstore prune --save --max-runs 100000 --max-size 100G >/dev/null
runs=$mb
[ "$runs" -le 1000 ] || runs=1000
./gen -c 10000 >ten.jsonl
test=$(sed -n 's/.*"event":"case_start".*"name":"\([^"]*\)".*/\1/p' ten.jsonl | sed -n 5000p)
i=0
while [ $i -lt "$runs" ]; do
	tstore record -q <ten.jsonl >/dev/null
	i=$((i + 1))
done
echo "a store of $runs runs of 10,000 cases, $(du -sm "$TESTPIPE_STATE_DIR" | cut -f1) MB"
measure -n 21 'tstore list' 50 'exec tstore list >/dev/null'
measure -n 21 'tstore history' 200 "exec tstore history '$test' >/dev/null"
measure -n 3 'tstore flaky' 2000 'exec tstore flaky >/dev/null'
rm -rf "$TESTPIPE_STATE_DIR"

if have valgrind 'instructions a line'; then
	# All of them, those of the start as well; CI holds the filter to it.
	./gen -b 20000000 >ev20.jsonl
	valgrind --tool=callgrind --callgrind-out-file=cg.out \
	    "$bin/tfilter" fail ev20.jsonl 2>cg.err >/dev/null
	total=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' cg.err)
	per=$((total / $(wc -l <ev20.jsonl)))
	echo "tfilter fail: $per instructions a line, goal 1000"
	[ "$per" -le 1000 ] || { echo MISSED; missed=1; }
fi
exit $missed
