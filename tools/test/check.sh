#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs every suite of tests, each of which prints TAP, and sums them up: one
# line a suite, what failed and what was skipped below it, and at the end
# "N passed, N failed, N skipped".
#
#   B=build/debug check.sh [SUITE...]
set -u
cd "$(dirname "$0")/../.." || exit 2
tap=$B/tap
mkdir -p "$tap"
RUN=${RUN:-}
[ $# -gt 0 ] || set -- unit corpus cases $(cd tools/test/suites && ls | sed 's/\.sh$//')

run_suite() {
	case $1 in
	unit)
		rm -f "$tap/unit.log"
		CK_TAP_LOG_FILE_NAME=$tap/unit.log $RUN "$B/unit" \
		    >"$tap/unit.out" 2>&1
		st=$?
		cat "$tap/unit.log" 2>/dev/null
		# A crash without fork ends the log early.
		[ $st -le 1 ] || echo "not ok - unit died with $st"
		;;
	corpus)
		"$B/corpus" "$CORPUS" testdata/EXCEPTIONS.tsv
		;;
	cases)
		sh tools/test/run.sh "$B/bin"
		;;
	*)
		sh "tools/test/suites/$1.sh"
		;;
	esac
}

passed=0
failed=0
skipped=0
for suite do
	began=$(date +%s)
	run_suite "$suite" >"$tap/$suite.tap" 2>"$tap/$suite.err"
	counts=$(awk '
	/^ok .*# SKIP/ { s++; next }
	/^ok/ { p++ }
	/^not ok/ { f++ }
	/^Bail out!/ { f++ }
	/^1\.\.[0-9]+/ { split($1, a, /\.\./); plan = a[2]; seen = 1 }
	/^1\.\.0 .*SKIP/ { s++; plan = -1 }
	END {
		if (seen && plan >= 0 && p + f + s < plan)
			f += plan - p - f - s
		if (!seen && p + f + s == 0)
			f++
		print p + 0, f + 0, s + 0
	}' "$tap/$suite.tap")
	# shellcheck disable=SC2086
	set_counts() { p=$1 f=$2 s=$3; }
	# shellcheck disable=SC2086
	set_counts $counts
	printf '%-12s %s passed, %s failed, %s skipped (%s s)\n' "$suite:" \
		"$p" "$f" "$s" $(($(date +%s) - began))
	if [ "$f" -gt 0 ]; then
		awk '/^not ok|^Bail out!/ { show = 1; n++ }
		     /^ok/ { show = 0 }
		     show && n <= 30 { print "  " $0 }' "$tap/$suite.tap"
		head -n 20 "$tap/$suite.err" | sed 's/^/  stderr: /'
	fi
	grep -h '# SKIP' "$tap/$suite.tap" | sed 's/.*# *SKIP */  skipped: /' |
		sort | uniq -c | sort -rn | head -n 8
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
