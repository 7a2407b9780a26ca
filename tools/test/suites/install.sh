#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What make install puts down works from there, and make uninstall takes all
# of it away again.
set -u
cd "$(dirname "$0")/../../.." || exit 2
CC=${CC:-cc}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
n=0
echo "TAP version 14"

result() {
	n=$((n + 1))
	[ "$1" = 0 ] && echo "ok $n - $2" && return
	echo "not ok $n - $2"
	sed 's/^/# /' "$tmp/log" | head -n 20
}

case $B in
*asan*)
	echo "1..0 # SKIP the sanitizers' objects are not for installing"
	exit
	;;
esac

PREFIX=$tmp/usr
export PREFIX
# Without the rules for building what is built: the tests run beside others.
put() {
	make -s B="$B" MODE="${MODE:-debug}" CC="$CC" PREFIX="$PREFIX" "$@" \
	    >"$tmp/log" 2>&1
}
put install-files
result $? "make install"

for tool in "$B"/bin/*; do
	tool=${tool##*/}
	[ -f "$PREFIX/share/man/man1/$tool.1" ] ||
		echo "no page of $tool"
	"$PREFIX/bin/$tool" --version | grep -q "^$tool " ||
		echo "$tool does not say its version"
done >"$tmp/log" 2>&1
[ ! -s "$tmp/log" ]
result $? "each tool has its page and says its version"

awk -v file=harness.c -f tools/test/example.awk \
    "$PREFIX/share/man/man3/event-model.3" >"$tmp/harness.c"
PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig
export PKG_CONFIG_PATH
pc=${PKG_CONFIG:-pkg-config}

# shellcheck disable=SC2046
$CC -std=c11 $($pc --cflags event-model) -o "$tmp/shared" "$tmp/harness.c" \
    $($pc --libs event-model) >"$tmp/log" 2>&1 &&
    LD_LIBRARY_PATH=$PREFIX/lib "$tmp/shared" >"$tmp/stream" 2>>"$tmp/log" &&
    "$PREFIX/bin/tsum" -q "$tmp/stream" >>"$tmp/log" 2>&1
result $? "a harness links with the shared library"

# The libraries under it as they are: libxml2's own static ones want more.
rm "$PREFIX/lib/libevent-model.so"
# shellcheck disable=SC2046
$CC -std=c11 $($pc --cflags event-model) -o "$tmp/static" "$tmp/harness.c" \
    $($pc --libs event-model libxml-2.0 yajl zlib libzstd libpcre2-8) -lcsv \
    >"$tmp/log" 2>&1 &&
    "$tmp/static" | cmp - "$tmp/stream" >>"$tmp/log" 2>&1
result $? "and with the static one, to the same stream"

nm -g --defined-only "$PREFIX/lib/libevent-model.a" 2>"$tmp/log" |
    awk 'NF == 3 && $3 !~ /^em_/ { print $3 }' >>"$tmp/log"
[ ! -s "$tmp/log" ]
result $? "which defines em_ names alone"

(
	unset TCONFORM_SUITE
	cd "$tmp" &&
	    "$PREFIX/bin/tconform" run -r filter -k 'hdr/*' -- \
	    "$PREFIX/bin/tfilter" 'all()' &&
	    "$PREFIX/bin/tconform" run -r converter -k 'chain/roundtrip-*' \
	    -x '*/*junit' -m "$OLDPWD/tools/test/conformance/tconv.conf" -- \
	    "$PREFIX/bin/tconv" -f '{from}' '{to}'
) >"$tmp/log" 2>&1
result $? "the conformance suite finds its cases and its reference reader"

(
	unset TCONFORM_SUITE
	cd "$tmp" &&
	    "$PREFIX/bin/tconform" run -r harness -k 'scenario/*' -- \
	    sh "$PREFIX/share/testpipe/conformance/harnesses/posix.sh" \
	    '{scenario}' --format json &&
	    "$PREFIX/bin/tconform" run -r harness -k 'scenario/[fp]*' -- \
	    "$PREFIX/libexec/testpipe/harness" '{scenario}' --format json
) >"$tmp/log" 2>&1
result $? "its scenarios, its harness, and those to copy"

put uninstall
find "$PREFIX" ! -type d >"$tmp/log"
[ ! -s "$tmp/log" ]
result $? "make uninstall leaves no file"
echo "1..$n"
