#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The fuzz targets over every file of testdata, a directory at a time, and
# the one that reads over every 20th file of the corpus.  They print nothing.
set -u
cd "$(dirname "$0")/../../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
corpus=${CORPUS:-../shared/corpus}
n=0
echo "TAP version 14"

# replay TARGET TITLE: the files and directories in the arguments behind.
replay() {
	target=$1
	title=$2
	shift 2
	n=$((n + 1))
	if timeout 300 ${RUN:-} "$B/replay/$target" "$@" >"$tmp/out" 2>"$tmp/err" &&
		[ ! -s "$tmp/err" ] && [ "$(cat "$tmp/out")" -gt 0 ]; then
		echo "ok $n - $target: $title"
	else
		echo "not ok $n - $target: $title"
		tr -cd '\n\t -~' <"$tmp/err" | head -n 20 | cut -c 1-200 |
			sed 's/^/# /'
	fi
}

for main in libevent-model/fuzz/*.c; do
	target=$(basename "$main" .c)
	case $target in
	common | replay) continue ;;
	esac
	for dir in testdata/*/; do
		replay "$target" "$dir" "$dir"
	done
done

for main in conformance/fuzz/*.c; do
	target=$(basename "$main" .c)
	for dir in testdata/hostile testdata/examples testdata/fuzz \
	    conformance/corpus conformance/schema-pairs schemas \
	    conformance/cases/*/; do
		replay "$target" "$dir" "$dir"
	done
done

if [ -f "$corpus/MANIFEST.tsv" ]; then
	# Each is read three times, so large ones are left to the corpus suite.
	find "$corpus" -type f -size -512k | LC_ALL=C sort |
		awk 'NR % 20 == 0' >"$tmp/list"
	set --
	while IFS= read -r file; do
		set -- "$@" "$file"
	done <"$tmp/list"
	replay read "every 20th file of the corpus" "$@"
else
	n=$((n + 1))
	echo "ok $n - the corpus # SKIP no corpus beside the checkout"
fi
echo "1..$n"
