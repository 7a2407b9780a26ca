#!/bin/sh
# SPDX-License-Identifier: MIT
#
# From the protocol to each format that is both written and read, and back:
# what differs must be in the table below, be named in `tconv --list -v` and
# be counted on standard error.  roundtrip.py says what can differ.
set -u
cd "$(dirname "$0")/../../.." || exit 2
PATH=$PWD/$B/bin:$PATH
export PATH
LC_ALL=C
export LC_ALL
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
corpus=${CORPUS:-../shared/corpus}
n=0
echo "TAP version 14"

result() {
	n=$((n + 1))
	if [ ! -s "$tmp/why" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		head -n 12 "$tmp/why" | cut -c 1-200 | sed 's/^/# /'
	fi
}

# FORMAT WHAT WORDS: what may differ, and the words in the losses of the
# format that say so.  The words = mean that nothing is lost, it stands
# elsewhere:
#   added      a suite or run that failed without a case is a case there
#   joined     suites, classes, variants and iterations are parts of the name
#   suites     (gojson) what is of no suite is of a package
#   listed     what was not run has no result to write
#   reason     it is the message where there is none
#   messages   (junit) one without a text is none
#   output     (gojson) it is where messages are
#   iterations (gojson, libtest2) what runs again is the next one
#   durations  those computed from elapsed_ns, which the format does not have;
#              (gojson) none is 0
#   us, ns     what is below the precision of the format
cat >"$tmp/table" <<'TABLE'
csv listed listings
csv durations times
ctrf runs run
ctrf added =
ctrf iterations run
ctrf streams line.ends
ctrf reason =
teamcity us milliseconds
teamcity durations times
teamcity listed listings
junit attempts attempts
junit added =
junit joined =
junit suites suites
junit runs runs
junit iterations runs
junit details message
junit streams streams
junit durations attempts
junit reason =
junit messages =
junit status status
junit listed =
nunit attempts attempts
nunit streams streams
nunit runs runs
nunit iterations runs
nunit joined =
nunit messages messages
nunit details messages
nunit listed =
trx ns =
trx streams streams
trx runs runs
trx iterations runs
trx listed =
trx messages messages
trx details messages
trx joined =
trx reason reasons
tap joined =
tap status statuses
tap added =
tap attempts attempts
tap reason reasons
tap details messages
tap output output
tap streams output
tap listed listings
tap messages messages
tap durations =
gojson joined names
gojson suites =
gojson streams streams
gojson iterations =
gojson attempts attempts
gojson added =
gojson output =
gojson messages messages
gojson details messages
gojson durations =
gojson us =
gojson status status
gojson reason reasons
gojson listed listings
libtest suites suite
libtest added =
libtest output open
libtest joined =
libtest streams streams
libtest runs runs
libtest attempts attempts
libtest details messages
libtest messages messages
libtest status status
libtest durations =
libtest listed listings
libtest2 joined =
libtest2 added =
libtest2 iterations =
libtest2 output output
libtest2 streams output
libtest2 durations durations
libtest2 attempts attempts
libtest2 messages messages
libtest2 details messages
libtest2 status status
libtest2 reason reasons
libtest2 listed =
TABLE

python=
for p in python3 /usr/bin/python3; do
	command -v $p >/dev/null 2>&1 && python=$p && break
done
if [ -z "$python" ]; then
	echo "1..0 # SKIP python3 is not installed"
	exit 0
fi

inputs() {
	ls testdata/examples/run.jsonl testdata/hostile/*.jsonl \
		testdata/roundtrip/full.jsonl
	[ -f "$corpus/MANIFEST.tsv" ] &&
		awk -F'\t' -v dir="$corpus" 'NR % 60 == 0 && $6 > 0 && $11 < 200000 {
			print dir "/" $1 }' "$corpus/MANIFEST.tsv"
}
mkdir "$tmp/native"
inputs | while IFS= read -r file; do
	name=$(printf '%s' "${file#"$corpus"/}" | tr -c 'A-Za-z0-9.\n-' _)
	tconv -q native "$file" >"$tmp/native/$name" 2>/dev/null
done

tconv --list -v >"$tmp/list"
formats=$(awk '$2 ~ /stream|whole/ && $3 ~ /stream|whole/ && $1 != "native" { print $1 }' "$tmp/list")
for format in $formats; do
	# It says which cases are to be run, and nothing of results.
	[ "$format" = difftests ] && continue
	losses=$(awk -v f="$format" '/^[a-z]/ { on = $1 == f } on && /loses:/' "$tmp/list")
	allowed=$(awk -v f="$format" '$1 == f { print $2 }' "$tmp/table")
	: >"$tmp/lost"
	for file in "$tmp"/native/*; do
		name=${file##*/}
		tconv "$format" "$file" >"$tmp/there" 2>"$tmp/err"
		tconv -q -f "$format" native "$tmp/there" >"$tmp/back" 2>/dev/null
		# shellcheck disable=SC2086
		$python -X utf8 tools/test/roundtrip.py "$file" "$tmp/back" $allowed >"$tmp/out"
		sed -n 's/^lost //p' "$tmp/out" >"$tmp/kinds"
		sort -u "$tmp/kinds" "$tmp/lost" -o "$tmp/lost"
		{
			grep -v '^lost ' "$tmp/out"
			grep -q 'cannot hold' "$tmp/err" || while read -r what; do
				grep -q "^$format $what =" "$tmp/table" ||
					echo "$what: differ, and nothing is counted"
			done <"$tmp/kinds"
		} >"$tmp/why"
		result "$format: $name"
	done
	while read -r what; do
		words=$(sed -n "s/^$format $what //p" "$tmp/table")
		[ "$words" = = ] || printf '%s\n' "$losses" | grep -q "$words" ||
			echo "$what: not among the losses: $losses"
	done <"$tmp/lost" >"$tmp/why"
	result "$format: what is lost is stated"
	# A row that nothing needs is too loose.
	printf '%s\n' $allowed | grep -vxFf "$tmp/lost" | grep . >"$tmp/why"
	result "$format: what may be lost is"
done
echo "1..$n"
