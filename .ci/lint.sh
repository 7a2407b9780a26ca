#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a compiler does not say: formatting, layering, banned functions,
# scripts, manual pages, no path of a machine.  Status 1 with what is wrong.
set -u
cd "$(dirname "$0")/.." || exit 2
format=${1:-clang-format}
# A file, since what is behind a pipe is a shell of its own.
bad=$(mktemp) || exit 2
trap 'rm -f "$bad"' EXIT

# complain TITLE: standard input, when there is any, is what is wrong.
complain() {
	out=$(cat)
	[ -n "$out" ] || return
	echo "lint: $1"
	printf '%s\n' "$out" | head -n 20 | sed 's/^/  /'
	echo "$1" >>"$bad"
}

sources=$(git ls-files 'libevent-model/*.[ch]' 'tools/*.[ch]' 'conformance/*.[ch]')

if command -v "$format" >/dev/null 2>&1; then
	for f in $sources; do
		"$format" "$f" | cmp -s - "$f" || echo "$f"
	done | complain "not as clang-format would have it"
else
	echo "lint: $format is not installed, formatting is not checked"
fi

# shellcheck disable=SC2086
{
	grep -nE '\b(strcpy|strcat|sprintf|strtok|atoi|strncpy|sscanf|gets|alloca)\(' $sources
} | grep -v 'bench/' | complain "banned functions"
grep -rnE '\b(exit|abort|printf|getenv|setlocale)\(|\bstderr\b' libevent-model/core libevent-model/formats |
	grep -vE 'em_out_printf|arena_printf|EM_PRINTF|^[^:]*:[0-9]+:[ /]*\*|"[^"]*stderr|stderr[^"]*"' |
	complain "the library prints, exits or reads the environment"
for lib in yajl:json libxml/:xml csv.h:rows pcre2.h:regex xxhash.h:table zlib.h:codec zstd.h:codec; do
	grep -rlE "#include <.*${lib%%:*}" libevent-model/core libevent-model/formats |
		grep -v "core/${lib##*:}" | complain "${lib%%:*} outside its file"
done
grep -l '#include <sqlite3.h>' tools/*.[ch] | grep -v tools/store-sql.c |
	complain "SQLite outside its file"
for f in libevent-model/formats/*.c; do
	base=$(basename "$f" .c)
	sed -n 's/^#include "\(.*\)\.h"/\1/p' "$f" | while read -r h; do
		# A format may have headers of its own: they begin with its name.
		[ -f "libevent-model/core/$h.h" ] || [ -f "libevent-model/include/$h.h" ] ||
			case $base in
			"$h"* | "${h%%-*}"*) ;;
			*) echo "$f includes $h.h" ;;
			esac
	done
done | complain "a format includes another"
grep -nE '#include "(core|format|scan|json|xml)\.h"' tools/*.[ch] |
	complain "a tool includes the inside of the library"
grep -rnE '/(root|home|work)/' --include='*.[ch]' --include='*.sh' --include=Makefile --include='*.md' . |
	grep -v '^./build' | complain "paths of a machine"
for f in $(git ls-files '*.[ch]' '*.sh' 'Makefile'); do
	[ -f "$f" ] || continue
	grep -q 'SPDX-License-Identifier' "$f" || echo "$f"
done | grep -v '^testdata/' | complain "no SPDX line"

if command -v shellcheck >/dev/null 2>&1; then
	find .ci tools -name '*.sh' -not -path '*/cases/*' \
		-exec shellcheck -S warning -e SC2086,SC2046,SC2034,SC1090 {} + | complain "shellcheck"
fi
if command -v mandoc >/dev/null 2>&1; then
	mandoc -Tlint -Wwarning man/* | complain "mandoc"
fi
[ ! -s "$bad" ]
