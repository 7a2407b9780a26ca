#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make ci: lint; the tests with gcc and with clang; under sanitizers; a slice
# under valgrind; the fuzz targets replayed and run shortly; a bench smoke.
# Each step's own output goes to build/ci; what failed is shown.  Closes with
# the tests of all steps added up.
set -u
cd "$(dirname "$0")/.." || exit 2
log=build/ci
mkdir -p $log
rm -f $log/*

step() {
	name=$1
	shift
	began=$(date +%s)
	if "$@" >"$log/$name.log" 2>&1 </dev/null; then
		said=ok
	else
		said=FAILED
	fi
	{
		echo "$name: $said ($(($(date +%s) - began)) s)"
		[ $said = ok ] || tail -n 60 "$log/$name.log" | sed 's/^/  /'
		grep -hE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' \
			"$log/$name.log" | tail -n 1 | sed 's/^/  /'
	} >"$log/$name.said"
	cat "$log/$name.said"
}

# Two lanes, because nothing here keeps two processors busy.
one() {
	step lint make lint
	step gcc make check CC=gcc WERROR=-Werror
	# Which fault each case of the conformance suite finds.
	sed 's/^/  /' build/debug/tap/selftest.txt 2>/dev/null
	step fuzz make fuzz FUZZ_TIME="${FUZZ_TIME:-6}"
}

two() {
	# Again where another compiler could change what it does.
	step clang make check MODE=debug B=build/clang CC=clang WERROR=-Werror \
		SUITES="unit runner cases live hostile"
	CORPUS_SLICE=1 step asan make asan \
		SUITES="unit runner corpus cases live hostile library store"
	step valgrind make valgrind
	# Every stream of the corpus is dealt to shards and merged again.
	MERGE_STEP=1 step shards make check B=build/clang CC=clang \
		WERROR=-Werror SUITES=merge
}

# The first to build finds everything installed.
make deps >"$log/deps.txt" 2>&1 || cat "$log/deps.txt"
one &
lane=$!
two
wait $lane
BENCH_SMOKE=1 step bench make -j2 bench BENCH_MB=30

failed=$(cat "$log"/*.said | grep -c ': FAILED (')
totals=$(cat "$log"/*.log |
	awk '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { p += $1; f += $3; s += $5 }
	END { print p + 0, f + 0, s + 0 }')
set -- $totals
# A step that failed without a failed test counts as one.
f=$2
[ "$f" -gt 0 ] || f=$failed
echo "$1 passed, $f failed, $3 skipped"
[ "$failed" -eq 0 ]
