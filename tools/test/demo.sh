#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The pipeline on real output of real harnesses: prints the tests that failed
# and writes the JUnit report.
set -eu
cd "$(dirname "$0")/../.."
PATH=$PWD/$B/bin:$PATH
reports=$B/demo
mkdir -p "$reports"

for harness in libtest2 libtest; do
	case $harness in
	libtest2) input=testdata/libtest2/serial.jsonl ;;
	libtest) input=testdata/libtest/run.jsonl ;;
	esac
	report=$reports/$harness.xml
	echo
	echo "\$ tfilter fail $input | ttee junit=$report | tconv pretty"
	tfilter fail "$input" | ttee "junit=$report" | tconv pretty
	echo "report: $report"
done
