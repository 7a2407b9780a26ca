#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Properties of tmerge and tsum: merging the shards of a run gives the run,
# however it was dealt and in whichever order; a missing end is never a pass;
# thousands of inputs; live inputs; summaries of summaries.
set -u
cd "$(dirname "$0")/../../.." || exit 2
PATH=$PWD/$B/bin:$PATH
export PATH
root=$PWD
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
n=0
echo "TAP version 14"

result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		[ ! -s "$tmp/why" ] || head -n 10 "$tmp/why" | sed 's/^/# /'
	fi
	: >"$tmp/why"
}

# The results of a stream, in an order of their own: cases, attempts and what
# failed ones said.  Times of the run and what it states may differ.
fold() {
	tsum -q --partial "$@" 2>/dev/null |
		grep -vE '^\{"event":"(protocol|run_|suite_|discover_start|discover_complete)' |
		LC_ALL=C sort
}

# One stream alone goes as it came, but for the place of the ends of suites.
alone() {
	[ "$(grep -c '"event":"protocol"' "$1")" = 1 ] || return 0
	tmerge -q "$1" >"$tmp/merged" 2>/dev/null
	LC_ALL=C sort "$1" >"$tmp/a"
	LC_ALL=C sort "$tmp/merged" | diff "$tmp/a" - || return 1
	grep -v '^{"event":"suite_complete"' "$1" >"$tmp/a"
	grep -v '^{"event":"suite_complete"' "$tmp/merged" | diff "$tmp/a" -
}

if command -v python3 >/dev/null 2>&1; then
	files="$root/testdata/examples/run.jsonl"
	corpus=${CORPUS:-../shared/corpus}
	if [ -f "$corpus/MANIFEST.tsv" ]; then
		# Every file is read in the corpus suite; here every tenth.
		files="$files $(awk -F'\t' -v dir="$corpus" -v step="${MERGE_STEP:-10}" '
			NR > 1 && $6 ~ /^[0-9]+$/ && $6 > 1 && $6 < 5000 && NR % step == 0 && $1 !~ / / {
				print dir "/" $1 }' "$corpus/MANIFEST.tsv")"
	fi
	for f in $files; do
		tconv -q native "$f" >"$tmp/whole" 2>/dev/null
		fold "$tmp/whole" >"$tmp/want"
		alone "$tmp/whole" >>"$tmp/why"
		result $? "alone ${f##*/corpus/}"
		ok=0
		for shards in 2 5; do
			rm -rf "$tmp/s" && mkdir "$tmp/s"
			python3 tools/test/split.py $shards "$tmp/s" <"$tmp/whole" || ok=1
			tmerge -q "$tmp"/s/*.jsonl >"$tmp/merged" 2>/dev/null
			fold "$tmp/merged" | diff "$tmp/want" - >>"$tmp/why" || ok=1
			# The other way round.
			# shellcheck disable=SC2046
			tmerge -q $(printf '%s\n' "$tmp"/s/*.jsonl | sort -r) >"$tmp/merged" 2>/dev/null
			fold "$tmp/merged" | diff "$tmp/want" - >>"$tmp/why" || ok=1
			# Summaries of the shards are the summary of the shards.
			for s in "$tmp"/s/*.jsonl; do
				tsum -q --partial "$s" >"$s.part" 2>/dev/null
			done
			tsum -q --format json "$tmp"/s/*.jsonl >"$tmp/a" 2>/dev/null
			tsum -q --format json "$tmp"/s/*.part >"$tmp/b" 2>/dev/null
			diff "$tmp/a" "$tmp/b" >>"$tmp/why" || ok=1
		done
		result $ok "shards of ${f##*/corpus/}"
	done
else
	n=$((n + 1))
	echo "ok $n - shards # SKIP python3 is not installed"
fi

# The verdict of every prefix of a passing stream is not pass.
tfilter pass testdata/examples/run.jsonl | tfilter -v flaky >"$tmp/pass.jsonl"
tsum -q "$tmp/pass.jsonl" >/dev/null 2>"$tmp/why"
result $? "the whole stream passes"
ok=0
lines=$(wc -l <"$tmp/pass.jsonl")
i=1
while [ $i -lt "$lines" ]; do
	head -n $i "$tmp/pass.jsonl" | tsum -q >/dev/null 2>&1 && ok=1
	i=$((i + 1))
done
result $ok "no prefix of it does"
bytes=$(wc -c <"$tmp/pass.jsonl")
ok=0
i=1
while [ $i -lt $((bytes - 1)) ]; do
	head -c $i "$tmp/pass.jsonl" | tsum -q >/dev/null 2>&1 && ok=1
	i=$((i + 37))
done
result $ok "nor does any cut between bytes"

# A shard without its end, or that cannot be read, is never a pass.
mkdir "$tmp/c"
testdata/examples/tests | head -n 5 >"$tmp/c/cut.jsonl"
cp "$tmp/pass.jsonl" "$tmp/c/good.jsonl"
tmerge "$tmp/c/good.jsonl" "$tmp/c/cut.jsonl" >"$tmp/m" 2>"$tmp/err"
[ $? = 7 ] && grep -q 'cut.jsonl: the run has no end' "$tmp/err" &&
	! grep -q run_complete "$tmp/m"
result $? "a shard without end is named, and the merged run has none"
tmerge "$tmp/c/good.jsonl" "$tmp/c/missing.jsonl" >"$tmp/m" 2>"$tmp/err"
[ $? = 6 ] && ! grep -q run_complete "$tmp/m"
result $? "so is one that cannot be read"

# 10,000 inputs.
mkdir "$tmp/many"
i=0
while [ $i -lt 10000 ]; do
	printf '{"event":"protocol","version":"1.0","producer":{"name":"t"}}\n{"event":"run_start"}\n{"event":"case_start","name":"c%d"}\n{"event":"case_complete","name":"c%d","outcome":"pass"}\n{"event":"run_complete","outcome":"pass"}\n' $i $i >"$tmp/many/$i"
	i=$((i + 1))
done
# shellcheck disable=SC3045,SC2038
(ulimit -n 64; cd "$tmp/many" && find . -type f | xargs -n 20000 tmerge) >"$tmp/m" 2>"$tmp/why"
[ "$(tsum --format json "$tmp/m" | sed 's/.*"tests":\([0-9]*\).*/\1/;q')" = 10000 ]
result $? "10,000 inputs with 64 descriptors"
rm -rf "$tmp/many"

# Live: what comes through one FIFO is not held back by another.
mkfifo "$tmp/p" "$tmp/q"
tmerge "$tmp/p" "$tmp/q" >"$tmp/live" 2>/dev/null &
exec 3>"$tmp/p" 4>"$tmp/q"
head -n 4 "$tmp/pass.jsonl" >&3
grep -m 3 -E 'protocol|run_start|case_start' "$tmp/pass.jsonl" >&3
printf '{"event":"case_start","name":"live"}\n{"event":"case_complete","name":"live","outcome":"pass"}\n' >&3
i=0
while ! grep -q '"name":"live","outcome"' "$tmp/live" && [ $i -lt 30 ]; do
	sleep 0.1
	i=$((i + 1))
done
grep -q '"name":"live","outcome"' "$tmp/live"
result $? "a FIFO with news does not wait for one without"
exec 3>&- 4>&-
wait

# Retries: flaky and rerun elements come back in JUnit.
cat >"$tmp/first" <<'STREAM'
{"event":"protocol","version":"1.0","producer":{"name":"t"}}
{"event":"run_start"}
{"event":"suite_start","suite":"s"}
{"event":"case_start","suite":"s","name":"flaky"}
{"event":"case_message","suite":"s","name":"flaky","kind":"error","message":"first"}
{"event":"case_complete","suite":"s","name":"flaky","outcome":"fail"}
{"event":"case_start","suite":"s","name":"bad"}
{"event":"case_message","suite":"s","name":"bad","kind":"error","message":"one"}
{"event":"case_complete","suite":"s","name":"bad","outcome":"fail"}
{"event":"suite_complete","suite":"s"}
{"event":"run_complete","outcome":"fail"}
STREAM
sed '/"flaky"/{/case_message/d; s/fail/pass/}; s/"one"/"two"/' "$tmp/first" >"$tmp/second"
tmerge --attempts "$tmp/first" "$tmp/second" | tconv -q junit >"$tmp/r.xml" 2>"$tmp/why"
grep -q '<flakyFailure' "$tmp/r.xml" && grep -q '<rerunFailure' "$tmp/r.xml" &&
	grep -q '<failure' "$tmp/r.xml"
result $? "--attempts: flakyFailure and rerunFailure in JUnit"
cp "$tmp/first" "$tmp/kept"
tmerge "$tmp/first" "$tmp/second" >/dev/null 2>"$tmp/err"
[ $? = 3 ] && grep -q 'case "flaky" is in .*first too' "$tmp/err" && cmp -s "$tmp/first" "$tmp/kept"
result $? "the same case in two shards is an error that names both"
echo "1..$n"
