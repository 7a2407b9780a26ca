#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fuzz.sh BINDIR SECONDS TARGET...: each target that long, from the seeds in
# testdata.  Nothing may crash, and nothing may be printed but by the fuzzer.
set -u
cd "$(dirname "$0")/.." || exit 2
bin=$1
seconds=$2
shift 2
for target do
	corpus=build/fuzz/corpus/$target
	mkdir -p "$corpus" build/fuzz/artifacts
	seeds=
	for dir in testdata/*/; do
		seeds="$seeds $dir"
	done
	"$bin/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
	    -max_len=65536 -artifact_prefix=build/fuzz/artifacts/ \
	    "$corpus" $seeds >"build/fuzz/$target.log" 2>&1 || {
		tail -n 30 "build/fuzz/$target.log"
		echo "fuzz $target: failed"
		exit 1
	}
	# What is not the fuzzer's: its counts, notes, dictionary.
	noise=$(grep -avE '^(#|INFO: |Done |"|	NEW_FUNC|$)' "build/fuzz/$target.log")
	[ -z "$noise" ] || {
		printf '%s\n' "$noise" | head -n 10
		echo "fuzz $target: something was printed"
		exit 1
	}
	echo "fuzz $target: $(sed -n 's/^Done \(.*\)/\1/p' "build/fuzz/$target.log")"
done
