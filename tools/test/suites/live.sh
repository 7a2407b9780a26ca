#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Filters answer line by line: tools/test/live/NAME.script is played to the
# pipeline in its first "$ " line (default: tfilter pass | tconv native).
set -u
cd "$(dirname "$0")/../../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
PATH=$PWD/$B/bin:$PATH
export PATH
${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -o "$tmp/lockstep" tools/test/lockstep.c || exit 2
n=0
echo "TAP version 14"
for script in tools/test/live/*.script; do
	n=$((n + 1))
	command=$(sed -n 's/^\$ //p' "$script" | head -n 1)
	if out=$("$tmp/lockstep" "${command:-tfilter pass | tconv native}" <"$script"); then
		echo "ok $n - ${script##*/}"
	else
		echo "not ok $n - ${script##*/}"
		printf '%s\n' "$out" | sed 's/^/# /'
	fi
done
echo "1..$n"
