#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What is written is valid by the schema of those who made the format.
set -u
cd "$(dirname "$0")/../../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
PATH=$PWD/$B/bin:$PATH
export PATH
n=0
echo "TAP version 14"
if ! command -v xmllint >/dev/null 2>&1; then
	echo "1..0 # SKIP xmllint is not installed"
	exit 0
fi

# valid FORMAT SCHEMA INPUT: the input written as the format.
valid() {
	n=$((n + 1))
	tconv -q "$1" "$3" >"$tmp/out" 2>"$tmp/err"
	if xmllint --huge --noout --schema "$2" "$tmp/out" >"$tmp/why" 2>&1; then
		echo "ok $n - $1 of $3"
	else
		echo "not ok $n - $1 of $3"
		head -n 5 "$tmp/why" | sed 's/^/# /'
	fi
}

for input in testdata/roundtrip/*full.jsonl testdata/roundtrip/bytes.jsonl \
    testdata/examples/run.jsonl testdata/nunit/*.xml testdata/xunit/*.xml \
    testdata/trx/*.trx testdata/ctest/*.xml testdata/boost/*.xml \
    testdata/catch2/*.xml testdata/junit/*.xml; do
	valid nunit testdata/nunit/schema/nunit3-TestResult.xsd "$input"
done
echo "1..$n"
