#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tdiff's statistics against those of a published implementation:
# testdata/diff/mann-whitney.tsv, to 1e-9.
set -u
cd "$(dirname "$0")/../../.." || exit 2
PATH=$PWD/$B/bin:$PATH
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
n=0
echo "TAP version 14"

# A run with one metric of these samples.
run_of() {
	cat <<STREAM
{"event":"protocol","version":"1.0","producer":{"name":"bench"}}
{"event":"run_start"}
{"event":"case_start","name":"b"}
{"event":"case_metric","name":"b","metric":"m","value":1,"unit":"u","samples":[$1]}
{"event":"case_complete","name":"b","outcome":"pass"}
{"event":"run_complete","outcome":"pass"}
STREAM
}

while IFS='	' read -r x y p; do
	case $x in "#"*) continue ;; esac
	n=$((n + 1))
	run_of "$x" >"$tmp/old"
	run_of "$y" >"$tmp/new"
	# Every difference counts here, so that it is printed.
	got=$(tdiff --format json --alpha 0.999999 --slower 0 --faster 0 "$tmp/old" "$tmp/new" |
		sed -n 's/.*"change":{[^}]*"p":\([-0-9.e+]*\).*/\1/p')
	if [ -z "$got" ]; then
		# The medians are equal: nothing to print, nothing to check.
		echo "ok $n - row $n # SKIP equal medians print no p"
	elif awk -v a="$got" -v b="$p" 'BEGIN { d = a - b; exit !(d < 1e-9 && d > -1e-9) }'; then
		echo "ok $n - row $n: p = $p"
	else
		echo "not ok $n - row $n: p = $got, wanted $p"
	fi
done <testdata/diff/mann-whitney.tsv
echo "1..$n"
