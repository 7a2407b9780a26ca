#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Old and new together: every stream of the frozen corpus as its version wrote
# it, as a later minor would and as another major, through every filter, to
# every reader.  What must come of it is a formula: the same major is accepted
# and means what it meant; another one is unsupported.
set -u
cd "$(dirname "$0")/../../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
PATH=$PWD/$B/bin:$PATH
export PATH
ref=$B/conformance
n=0
echo "TAP version 14"
if ! command -v jq >/dev/null 2>&1; then
	echo "1..0 # SKIP jq is not installed"
	exit 0
fi

write_stream() {
	case $1 in
	1.0) cat "$2" ;;
	1.n) tconform gen futurize --seed 7 "$2" ;;
	2.0) tconform gen majorize "$2" ;;
	draft) tconv -q libtest2 "$2" ;;
	esac
}

filter() {
	case $1 in
	none) cat ;;
	tfilter) tfilter -q 'all()' 2>/dev/null ;;
	reference) "$ref/filter" 2>/dev/null ;;
	twice) tfilter -q 'all()' 2>/dev/null | "$ref/filter" 2>/dev/null ;;
	esac
}

# The status, and what was understood as far as the reader says it; what was
# new in the stream is left out.
meaning='del(.version, .unknown, .message) | .cases |= sort_by(tojson)'
read_stream() {
	case $1 in
	draft)
		tsum -q -f libtest2 --no-tests=pass >/dev/null 2>&1
		echo $?
		;;
	tsum)
		tsum -q --no-tests=pass >/dev/null 2>&1
		echo $?
		;;
	*)
		"$ref/$1" >"$tmp/digest" 2>/dev/null
		echo $?
		jq -cS "$meaning" "$tmp/digest" 2>&1 || echo "no digest $$"
		;;
	esac
}

readers="reader tsum"
[ ! -x "$ref/library-reader" ] || readers="$readers library-reader"
for stream in conformance/corpus/1.0/*.jsonl; do
	name=$(basename "$stream" .jsonl)
	for reader in $readers; do
		read_stream $reader <"$stream" >"$tmp/$name.$reader"
	done
done

# expected WRITER FILTER READER NAME: is what was got what the formula says?
expected() {
	status=$(head -n 1 "$tmp/got")
	case $1,$2,$3 in
	2.0,none,*) [ "$status" = 4 ] ;;
	# A filter refuses it, and what it had handed on before is no stream.
	2.0,*) [ "$status" = 4 ] || [ "$status" = 7 ] || [ "$status" = 3 ] ;;
	# The draft has no header: another format, for who knows that one.
	draft,*,draft) [ "$status" = "$(head -n 1 "$tmp/$4.tsum")" ] ;;
	draft,none,reader) [ "$status" = 3 ] ;;
	*) cmp -s "$tmp/got" "$tmp/$4.$3" ;;
	esac
}

# combination WRITER FILTER READER
combination() {
	good=0 all=0 bad=
	for stream in conformance/corpus/1.0/*.jsonl; do
		name=$(basename "$stream" .jsonl)
		write_stream "$1" "$stream" | filter "$2" |
			read_stream "$3" >"$tmp/got"
		all=$((all + 1))
		if expected "$1" "$2" "$3" "$name"; then
			good=$((good + 1))
		else
			bad="$bad $name"
		fi
	done
	n=$((n + 1))
	title="writer $1, filter $2, $3: $good of $all"
	if [ $good = $all ] && [ $all -gt 0 ]; then
		echo "ok $n - $title"
	else
		echo "not ok $n - $title"
		echo "#$bad"
	fi
}

for writer in 1.0 1.n 2.0; do
	for filter in none tfilter reference twice; do
		for reader in $readers; do
			combination $writer $filter $reader
		done
	done
done
combination draft none reader
combination draft none draft
echo "1..$n"
