#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The manual and --help agree: every tool has a page, pages pass mandoc's
# lint, help fits 80 columns, and every option it lists is in the page.
set -u
cd "$(dirname "$0")/../../.." || exit 2
n=0
echo "TAP version 14"

result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		[ -z "${3:-}" ] || printf '%s\n' "$3" | sed 's/^/# /'
	fi
}

for page in man/*; do
	if command -v mandoc >/dev/null 2>&1; then
		out=$(mandoc -Tlint -Wwarning "$page" 2>&1)
		result $? "lint $page" "$out"
	else
		n=$((n + 1))
		echo "ok $n - lint $page # SKIP mandoc is not installed"
	fi
done

for tool in "$B"/bin/*; do
	name=${tool##*/}
	page=man/$name.1
	[ -f "$page" ]
	result $? "$name has a page"
	out=$("$tool" --help | awk 'length($0) > 80')
	[ -z "$out" ]
	result $? "$name --help fits 80 columns" "$out"
	out=$("$tool" --help | sed -n 's/^  -\(.\), --\([a-z-]*\).*/\2/p; s/^  *--\([a-z-]*\).*/\1/p' |
		while read -r long; do
			grep -q "Fl -$long" "$page" man/testpipe.7 2>/dev/null ||
				echo "--$long"
		done)
	[ -z "$out" ]
	result $? "$name's options are in its page" "$out"
	"$tool" --version | grep -q "^$name (testpipe) "
	result $? "$name --version"
	"$tool" --no-such-option >/dev/null 2>&1 </dev/null
	[ $? = 2 ]
	result $? "$name --no-such-option is a usage error"
done
echo "1..$n"
