#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The library as its users see it: the programs in event-model(3) compile
# with the public header alone and do what they say; the format that
# event-model(7) adds is one file and one line.
set -u
cd "$(dirname "$0")/../../.." || exit 2
CC=${CC:-cc}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
libs="$(${PKG_CONFIG:-pkg-config} --libs libxml-2.0 yajl zlib libzstd libpcre2-8) -lcsv"
case $B in
*asan*) CC="$CC -fsanitize=address,undefined" ;;
esac
n=0
echo "TAP version 14"

result() {
	n=$((n + 1))
	[ "$1" = 0 ] && echo "ok $n - $2" && return
	echo "not ok $n - $2"
	sed 's/^/# /' "$tmp/log" | head -n 20
}

# The program $2 of page $1.
example() {
	awk -v file="$2" -f tools/test/example.awk "$1" >"$tmp/$2"
	[ -s "$tmp/$2" ]
}

example man/event-model.3 harness.c
result $? "event-model(3) has harness.c"
# shellcheck disable=SC2086
$CC -std=c11 -Wall -Wextra -Werror -Ilibevent-model/include \
    -o "$tmp/harness" "$tmp/harness.c" "$B/libevent-model.a" $libs >"$tmp/log" 2>&1
result $? "harness.c compiles with the public header alone"
lines=$(sed -n '/^main/,/^}/p' "$tmp/harness.c" | wc -l)
[ "$lines" -le 20 ]
result $? "its main is under 20 lines"
"$tmp/harness" >"$tmp/stream" 2>"$tmp/log" &&
    "$B/bin/tconv" --strict -e native "$tmp/stream" >"$tmp/again" 2>"$tmp/log" &&
    cmp "$tmp/stream" "$tmp/again" >>"$tmp/log"
result $? "its stream is valid, passes, and comes back as it was"

example man/event-model.3 failures.c
# shellcheck disable=SC2086
$CC -std=c11 -Wall -Wextra -Werror -Ilibevent-model/include \
    -o "$tmp/failures" "$tmp/failures.c" "$B/libevent-model.a" $libs >"$tmp/log" 2>&1 &&
    [ "$("$tmp/failures" <testdata/examples/run.jsonl)" = 1 ]
result $? "failures.c counts the failures"

mkdir -p "$tmp/tree" && cp -R Makefile libevent-model tools "$tmp/tree/" &&
    example man/event-model.7 passfail.c
result $? "event-model(7) has passfail.c"
cp "$tmp/passfail.c" "$tmp/tree/libevent-model/formats/"
sed 's/^\(.*\)X(native)/\1X(native) X(passfail)/' libevent-model/formats/formats.c \
    >"$tmp/tree/libevent-model/formats/formats.c"
[ "$(diff libevent-model/formats/formats.c \
    "$tmp/tree/libevent-model/formats/formats.c" | grep -c '^>')" = 1 ]
result $? "one line of formats.c changes"
mkdir -p "$tmp/tree/$B" && cp -Rp "$B/libevent-model" "$B/tools" "$B/.flags" "$tmp/tree/$B/" 2>/dev/null
(cd "$tmp/tree" && make -s B="$B" MODE="${MODE:-debug}" CC="${CC%% *}" "$B/bin/tconv") >"$tmp/log" 2>&1
result $? "the tree builds with it"
printf 'PASS a\nnoise\nFAIL b c\nPASS a\n' |
    "$tmp/tree/$B/bin/tconv" native >"$tmp/events" 2>"$tmp/log"
grep -q '"event":"case_complete","name":"b c","outcome":"fail"' "$tmp/events" &&
    grep -q '"name":"a","iteration":2,"outcome":"pass"' "$tmp/events"
result $? "and reads it, recognised by content"
echo "1..$n"
