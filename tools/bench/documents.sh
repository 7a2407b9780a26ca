#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Memory for reading documents of many tests (200,000 by default):
#
#   documents.sh BINDIR [TESTS]
#
# Each is to stay under 100 MiB.  Status 1 when one does not.
set -u
bin=$(cd "$1" && pwd) || exit 2
tests=${2:-200000}
here=$(cd "$(dirname "$0")" && pwd)
samples=$(cd "$here/../../testdata" && pwd)
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
CC=${CC:-cc}
PATH=$bin:$PATH
export PATH
cd "$tmp" || exit 2
$CC -O2 -D_DEFAULT_SOURCE -o gen "$here/gen.c" || exit 2
$CC -O2 -D_DEFAULT_SOURCE -o pair "$here/pair.c" || exit 2
missed=0

measure() {
	./pair -n 1 -m 102400 "$1 of $tests tests, memory" 600000 \
	    "tconv -q -f $1 native doc >stream 2>/dev/null || [ \$? = 1 ]" || missed=1
	got=$(grep -c -E "\"event\":\"(case_complete|discover_case)\"" stream)
	[ "${got:-0}" -ge "$tests" ] || {
		echo "$1: ${got:-no} tests were read"
		missed=1
	}
}

./gen -c "$tests" -u 1000 >ev.jsonl
for format in junit ctrf nunit trx csv tap teamcity gojson subunit libtest; do
	tconv -q -o doc $format ev.jsonl
	measure $format
done
if command -v python3 >/dev/null 2>&1; then
	while read -r format sample; do
		python3 "$here/documents.py" "$samples/$sample" "$tests" >doc
		measure "$format"
	done <<-'SAMPLES'
	jest jest/vitest.json
	jest jest/retried.json
	mocha mocha/mocha.json
	playwright playwright/projects.json
	gtest-json gtest-json/all.json
	nextest-list nextest-list/list.json
	SAMPLES
else
	echo "JSON documents: python3 is not installed"
fi
exit $missed
