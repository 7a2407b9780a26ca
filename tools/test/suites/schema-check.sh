#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Schemas and captured streams: what tconform says of a change of schema, of
# events by a schema, and of streams by the rules. ajv, where npm can have it,
# judges the same lines.
set -u
cd "$(dirname "$0")/../../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
PATH=$PWD/$B/bin:$PATH
export PATH
TCONFORM_SUITE=$PWD/conformance
export TCONFORM_SUITE
writer=schemas/writer-1.0.schema.json
reader=schemas/reader-1.schema.json
n=0
echo "TAP version 14"

# gives STATUS TITLE COMMAND...
gives() {
	n=$((n + 1))
	want=$1 title=$2
	shift 2
	"$@" >"$tmp/out" 2>&1
	st=$?
	if [ $st -eq "$want" ]; then
		echo "ok $n - $title"
	else
		echo "not ok $n - $title"
		echo "# status $st, not $want"
		sed 's/^/# /' "$tmp/out" | head -n 20
	fi
}

# says TITLE TEXT: the last command said that.
says() {
	n=$((n + 1))
	if grep -qF -- "$2" "$tmp/out"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/# /' "$tmp/out" | head -n 20
	fi
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# ---- changes of schemas ----

gives 0 "every pair takes the step that it should" \
	tconform run -r schema -- tconform schema --json '{old}' '{new}'
# Checkers that are not: of one mind, and of one that sees files alone.
gives 1 "a checker that takes everything fails" tconform run -r schema -- true
gives 1 "one that refuses everything fails" \
	tconform run -r schema -- sh -c 'exit 3'
gives 1 "one that compares bytes fails" \
	tconform run -r schema -- sh -c 'cmp -s "$1" "$2" || exit 3' sh '{old}' '{new}'
gives 0 "the writers' schema follows itself" \
	tconform schema -t $writer $writer
gives 0 "the readers' schema follows itself" tconform schema -t $reader $reader
gives 0 "what writers write, readers take" \
	tconform schema -R $reader $writer $writer

# A member that is gone, under the version that it was in, and in the next.
grep -v '"worker": {"type": "string"' $writer >"$tmp/gone.json"
gives 3 "a member that goes needs a major" tconform schema $writer "$tmp/gone.json"
says "it is said which" "/events/case_start/worker: FIELD_NO_DELETE"
says "an event shows it" '"worker":'
sed 's/"x-version": "1.0"/"x-version": "1.1"/; s/\^1\\\\.(0)\$/^1\\\\.(0|1)$/' \
	"$tmp/gone.json" >"$tmp/minor.json"
gives 3 "a minor is not enough" tconform schema $writer "$tmp/minor.json"
sed 's/"level": {"description"/"zone": {"type": "string"},\
    &/; s/\("signal": {"type": "integer".*\)$/&\
        "zone": {"type": "string", "x-since": "1.1"},/' $writer >"$tmp/more.json"
gives 1 "a new member needs a new version" tconform schema $writer "$tmp/more.json"
sed 's/"x-version": "1.0"/"x-version": "1.1"/; s/\^1\\\\.(0)\$/^1\\\\.(0|1)$/' \
	"$tmp/more.json" >"$tmp/next.json"
gives 0 "with one it may be released" tconform schema $writer "$tmp/next.json"
gives 0 "after all that came before" \
	tconform schema -l full-transitive $writer "$tmp/next.json" "$tmp/next.json"
gives 3 "not after one that had more" \
	tconform schema -l full-transitive "$tmp/next.json" $writer "$tmp/minor.json"
pairs=conformance/schema-pairs
gives 0 "what old readers refuse does not matter backward" tconform schema \
	-l backward $pairs/raise-max-length/old.json $pairs/raise-max-length/new.json
gives 3 "it does forward" tconform schema \
	-l forward $pairs/raise-max-length/old.json $pairs/raise-max-length/new.json
echo '{"type": "string", "format": "date"}' >"$tmp/outside.json"
gives 2 "a schema outside the profile is refused" \
	tconform schema "$tmp/outside.json" $writer
says "the keyword is named" "'format'"
gives 2 "one schema is not two" tconform schema $writer
gives 2 "there is no such level" tconform schema -l sideways $writer $writer
gives 6 "a schema that is not there" tconform schema $writer "$tmp/none.json"

# ---- events by schemas ----

gives 0 "the example is valid" tconform validate $writer testdata/examples/run.jsonl
echo '{"event":"log","text":7}' >"$tmp/bad.jsonl"
gives 1 "a wrong type is not" tconform validate $writer "$tmp/bad.jsonl"
says "it is said where" "$tmp/bad.jsonl:1: invalid: /text is not of type 'string'"
echo '{"event":"log","text":"t","my.name":7}' >"$tmp/dot.jsonl"
gives 1 "an extension is not in the schema" tconform validate $writer "$tmp/dot.jsonl"
gives 0 "and may be left out" tconform validate -e $writer "$tmp/dot.jsonl"
gives 3 "a keyword that is not known refuses the schema" \
	tconform validate "$tmp/outside.json" "$tmp/bad.jsonl"
gives 2 "nothing to validate" tconform validate $writer
gives 6 "a directory" tconform validate $writer testdata
printf '{\n"event": "log",\n"text": "t"\n}\n' >"$tmp/whole.json"
gives 0 "one value over several lines" tconform validate -w $writer "$tmp/whole.json"

# ---- streams by the rules ----

gives 0 "the example conforms" tconform check testdata/examples/run.jsonl
gives 0 "so do the frozen streams" tconform check conformance/corpus/1.0/*.jsonl
head -n 12 testdata/examples/run.jsonl >"$tmp/cut.jsonl"
gives 1 "a run that is cut does not" tconform check "$tmp/cut.jsonl"
says "it is said why" "LIF-1: never completed: the run"
gives 7 "to a reader it is truncated" tconform check -r reader "$tmp/cut.jsonl"
gives 1 "tests that fail, to a reader" \
	tconform check -r reader testdata/examples/run.jsonl
gives 2 "a role that is none" tconform check -r judge testdata/examples/run.jsonl
gives 2 "a version that is none" tconform check -V 1.x testdata/examples/run.jsonl
gives 6 "a file that is not there" tconform check "$tmp/none.jsonl"
gives 6 "a directory is no stream" tconform check testdata
if [ -c /dev/full ]; then
	gives 6 "a disk that is full" sh -c \
		'tconform check testdata/examples/run.jsonl >/dev/full'
else
	skip "a disk that is full" "there is no /dev/full"
fi
gives 1 "standard input, cut" sh -c "tconform check <'$tmp/cut.jsonl'"
gives 0 "the lint passes as a reader" tconform run -r reader --strict \
	-- tconform check -q -r reader

# ---- ajv ----

inputs=$(find conformance/cases conformance/corpus testdata/examples \
	testdata/hostile -name '*.jsonl' -o -name 'in.bin' | LC_ALL=C sort)
node=
if command -v npm >/dev/null 2>&1; then
	node=$PWD/$B/npm
	[ -d "$node/node_modules/ajv" ] ||
		timeout 120 npm install --prefix "$node" --no-audit --no-fund \
			--silent tap-parser@18 ajv@8 >/dev/null 2>&1 || node=
fi
for schema in $writer $reader; do
	title="ajv agrees about every line, by ${schema#schemas/}"
	if [ -z "$node" ]; then
		skip "$title" "ajv is not installed"
		continue
	fi
	n=$((n + 1))
	# shellcheck disable=SC2086
	node tools/test/schema-judge.mjs "$node" $schema $inputs >"$tmp/ajv" 2>"$tmp/err"
	# shellcheck disable=SC2086
	tconform validate -a $schema $inputs |
		sed -E 's/^([^:]*:[0-9]+: (valid|invalid|not JSON)).*/\1/' >"$tmp/own"
	# Lines that are left out say so; all others have to be there twice.
	awk -F': ' 'NR == FNR { ajv[$1] = $2; next }
		ajv[$1] != "left out" && ajv[$1] != $2 {
			print $1 ": ajv says " ajv[$1] ", tconform " $2; bad = 1 }
		ajv[$1] == $2 { same++ }
		END { exit bad || same < 1000 }' "$tmp/ajv" "$tmp/own" >"$tmp/why"
	if [ $? -eq 0 ]; then
		echo "ok $n - $title"
	else
		echo "not ok $n - $title"
		cat "$tmp/err" "$tmp/why" | head -n 12 | sed 's/^/# /'
	fi
done

if [ ! -d "${CORPUS:-../shared/corpus}/conformance/JSON-Schema-Test-Suite" ]; then
	skip "the JSON-Schema-Test-Suite, in the unit tests" "the corpus is not here"
fi
echo "1..$n"
