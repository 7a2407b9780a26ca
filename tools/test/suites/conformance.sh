#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The conformance suite: testpipe's own tools earn its profiles with no
# expected failure, and the suite bites: each MUST finds a mutant of the
# reference programs, which themselves pass everything.
set -u
cd "$(dirname "$0")/../../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
PATH=$PWD/$B/bin:$PATH
export PATH
TCONFORM_SUITE=$PWD/conformance
export TCONFORM_SUITE
conf=$PWD/tools/test/conformance
n=0
echo "TAP version 14"

result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$3" | head -n 60
	fi
}

# earns ROLE CONF PROFILES COMMAND...: every profile, and nothing unexpected.
earns() {
	role=$1 name=$2 profiles=$3
	shift 3
	tconform run -r "$role" -m "$conf/$name.conf" -o "text:$tmp/$name.$role" \
	    -o "json:$tmp/$name.$role.json" -- "$@" >"$tmp/out" 2>&1
	result $? "$name as $role" "$tmp/$name.$role"
	echo "$profiles" | tr , '\n' >"$tmp/profiles"
	while read -r p; do
		grep -q "^earned: $p" "$tmp/$name.$role"
		result $? "$name earns $p as $role" "$tmp/$name.$role"
	done <"$tmp/profiles"
}

earns reader tsum "Reader Core,Robust,Evolution" tsum --no-tests=pass
if [ -x "$B/conformance/library-reader" ]; then
	earns reader library-reader "Reader Core,Robust,Evolution" \
	    "$PWD/$B/conformance/library-reader"
fi
earns filter tfilter "Filter Core,Streaming,Robust,Evolution" \
    tfilter 'all()'
earns converter tconv "Converter Core,Streaming,Robust,Evolution" \
    tconv -f '{from}' '{to}'

tconform list --manifest >"$tmp/manifest"
diff -u conformance/MANIFEST.tsv "$tmp/manifest" >"$tmp/wrong"
result $? "MANIFEST.tsv is what the cases say" "$tmp/wrong"

tconform list | awk -F '\t' 'length($5) > 70 || $5 ~ /should|^test that/' \
	>"$tmp/wrong"
[ ! -s "$tmp/wrong" ]
result $? "titles are short and state what holds" "$tmp/wrong"

# Rules of the specification, and of the suite.
sed -nE 's/^\| ([A-Z]{3}-[0-9]+) \| ([A-Z]+) \| .*/\1	\2/p' schemas/PROTOCOL.md |
	tr '[:upper:]' '[:lower:]' | sort >"$tmp/said"
cut -f 1,2 conformance/rules.tsv | grep -v '^CLI\|^id' |
	tr '[:upper:]' '[:lower:]' | sort >"$tmp/listed"
diff -u "$tmp/said" "$tmp/listed" >"$tmp/wrong"
result $? "rules.tsv has the rules of PROTOCOL.md and their levels" "$tmp/wrong"

# Nothing is deprecated in 1.0; SCH and EXT-4 are held by the schema pairs.
cut -f 1 conformance/rules.tsv | sed 1d |
	grep -vE '^(EVO-12|EVO-13|EXT-2|EXT-4|SCH-[0-9]+)$' | sort >"$tmp/rules"
cut -f 4 conformance/MANIFEST.tsv | sed 1d | tr , '\n' | sort -u >"$tmp/cited"
comm -23 "$tmp/rules" "$tmp/cited" >"$tmp/wrong"
[ ! -s "$tmp/wrong" ]
result $? "every rule has a case" "$tmp/wrong"
comm -13 "$tmp/rules" "$tmp/cited" | grep -vE '^(EVO-1[23]|EXT-[24]|SCH-)' \
	>"$tmp/wrong"
[ ! -s "$tmp/wrong" ]
result $? "every case is about rules that there are" "$tmp/wrong"

# Programs that everybody has pass or fail where they must.
# real STATUS CASES COMMAND...
real() {
	want=$1 cases=$2
	shift 2
	command -v "$1" >/dev/null 2>&1 || {
		n=$((n + 1))
		echo "ok $n - $* # SKIP $1 is not installed"
		return
	}
	tconform run -r filter -k "$cases" -- "$@" >"$tmp/real" 2>&1
	[ $? = "$want" ]
	result $? "$* with $cases: status $want" "$tmp/real"
}
real 0 'evo/*' cat
real 1 'hdr/*' cat
real 0 beh/lockstep cat
real 1 beh/lockstep jq -c .
real 1 beh/lockstep sed s/x/x/
real 1 beh/lockstep grep .
real 0 beh/lockstep grep --line-buffered .
real 1 evo/unknown-member-bignum jq -c .

tconform selftest >"$tmp/selftest" 2>&1
st=$?
grep -vE '^(reader|filter|converter|harness) .*/' "$tmp/selftest" >"$tmp/wrong"
result $st "selftest" "$tmp/wrong"
cp "$tmp/selftest" "$B/tap/selftest.txt"

tconform matrix "$tmp"/*.json >"$tmp/matrix" 2>&1
result $? "the reports side by side" "$tmp/matrix"
echo "1..$n"
