#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What is written is judged by others: schemas, parsers and tools that people
# have.  A judge that is not installed is skipped by name.  The inputs are
# testdata/examples/run.jsonl, testdata/hostile, what testdata has of each
# format, and every 20th file of the corpus; a judge that takes a process for
# each file gets the first two and some of the others.
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

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# result TITLE: passed when $tmp/why, which says what is wrong, has no input
# but those that testdata/judges.tsv lists for it.
result() {
	n=$((n + 1))
	strip <"$tmp/why" | awk -F'\t' -v title="$1" '
		NR == FNR { if ($1 == title) known[$2] = 1; next }
		{ split($0, word, " "); if (!(word[1] in known)) print }
	' testdata/judges.tsv - >"$tmp/unknown"
	if [ ! -s "$tmp/unknown" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		head -n "${JUDGES_LINES:-12}" "$tmp/unknown" | cut -c 1-240 | sed 's/^/# /'
	fi
}

# strip: names instead of paths.
strip() {
	sed "s|$tmp/[a-z0-9-]*/||g"
}

# ---- inputs, as native streams with names that tell where they are from ----

inputs() {
	echo testdata/examples/run.jsonl
	ls testdata/hostile/*.jsonl testdata/roundtrip/full.jsonl \
		testdata/roundtrip/bytes.jsonl
	# NAME.jsonl and NAME.events.jsonl say what NAME.* gives.
	find testdata -type f -size -400k -path 'testdata/*/*' \
		! -name README ! -name '*.events.jsonl' ! -path '*/schema*' \
		! -path '*/malformed/*' ! -path 'testdata/hostile/*' \
		! -path 'testdata/roundtrip/*' ! -path 'testdata/fuzz/*' \
		! -path 'testdata/diff/*' ! -path 'testdata/examples/*' |
		LC_ALL=C sort | while IFS= read -r file; do
			case $file in
			*.jsonl) set -- "${file%.jsonl}".*
				[ $# = 1 ] || [ "${file#*/libtest}" != "$file" ] || continue ;;
			esac
			echo "$file"
		done
	[ -f "$corpus/MANIFEST.tsv" ] &&
		awk -F'\t' -v dir="$corpus" 'NR % 20 == 0 && $11 < 400000 {
			print dir "/" $1 }' "$corpus/MANIFEST.tsv"
}

mkdir "$tmp/native"
inputs | while IFS= read -r file; do
	name=$(printf '%s' "${file#"$corpus"/}" | tr -c 'A-Za-z0-9.\n-' _)
	tconv -q native "$file" >"$tmp/native/$name" 2>/dev/null
	# Nothing of a run: a note, a damaged file.
	grep -q '"event":"case_\|"event":"run_' "$tmp/native/$name" ||
		rm "$tmp/native/$name"
done

# write FORMAT [OPTION...]: every input into $tmp/FORMAT.
write() {
	format=$1
	shift
	rm -rf "${tmp:?}/$format"
	mkdir "$tmp/$format"
	for file in "$tmp"/native/*; do
		tconv -q "$@" "$format" "$file" >"$tmp/$format/${file##*/}" 2>"$tmp/err"
		st=$?
		case $st in
		0 | 3 | 7) ;;
		*) echo "${file##*/}: status $st: $(head -n 1 "$tmp/err")" ;;
		esac
	done >"$tmp/why"
	result "$format${*:+ $*}: written"
}

# What a judge gets that takes a process for each file.
sample() {
	ls "$tmp/$1" | awk '/^testdata_(hostile|examples|roundtrip)/ || NR % 8 == 0'
}

# What the library concludes: "NAME VERDICT PASS FAIL SKIP".
for file in "$tmp"/native/*; do
	tsum -q --no-tests pass --format json "$file" 2>/dev/null | head -n 1 |
		sed -n 's/^{"verdict":"\([a-z]*\)".*"counts":{"tests":[0-9]*,"pass":\([0-9]*\),"fail":\([0-9]*\),"skip":\([0-9]*\),"flaky":[0-9]*,"not_run":\([0-9]*\),"incomplete".*/'"${file##*/}"' \1 \2 \3 \4 \5/p'
done >"$tmp/verdicts"

python=
for p in python3 /usr/bin/python3; do
	command -v $p >/dev/null 2>&1 && python=$p && break
done
node=
if command -v npm >/dev/null 2>&1; then
	node=$PWD/$B/npm
	[ -d "$node/node_modules/tap-parser" ] && [ -d "$node/node_modules/ajv" ] ||
		timeout 120 npm install --prefix "$node" --no-audit --no-fund \
			--silent tap-parser@18 ajv@8 >/dev/null 2>&1 || node=
fi

by_python() {
	if [ -n "$python" ]; then
		$python tools/test/judge.py "$1" "$tmp/$1"/* | grep -v '^ok ' \
			>"$tmp/why"
		result "$1: Python takes it"
	else
		skip "$1: Python takes it" "python3 is not installed"
	fi
}

by_xmllint() {
	title=$1
	format=$2
	shift 2
	if command -v xmllint >/dev/null 2>&1; then
		xmllint --noout --nonet --huge "$@" "$tmp/$format"/* 2>&1 |
			grep -v ' validates$' >"$tmp/why"
		result "$title"
	else
		skip "$title" "xmllint is not installed"
	fi
}

# ---- XML ----

write junit
by_xmllint "junit: valid under Jenkins' junit-10.xsd" junit \
	--schema testdata/schemas/junit-10.xsd
jp=
for p in python3 /usr/bin/python3; do
	$p -c 'import junitparser' 2>/dev/null && jp=$p && break
done
if [ -n "$jp" ]; then
	# Failed and passed cases are as many; what fails without a case, a
	# suite or the run, is a case there.
	$jp tools/test/judge-junit.py "$tmp/junit"/* | strip | sort >"$tmp/seen"
	sort "$tmp/verdicts" | join -a 1 - "$tmp/seen" | awk '
	NF < 9 { print $1 ": not read"; next }
	$2 == "pass" && $8 > 0 { print $0 ": passed, and " $8 " fail there" }
	$2 != "pass" && $2 != "nothing" && $8 == 0 { print $0 ": no failure there" }
	$8 < $4 { print $0 ": fewer failures" }
	$7 != $3 { print $0 ": " $7 " of " $3 " pass" }' >"$tmp/why"
	result "junit: junitparser counts the same"
else
	skip "junit: junitparser counts the same" "python3-junitparser is not installed"
fi
write junit -O properties=yes -O location=yes -O timestamps=all -O skipped=all
by_xmllint "junit with all options: well-formed" junit
write nunit
by_xmllint "nunit: valid under NUnit's schema" nunit \
	--schema testdata/nunit/schema/nunit3-TestResult.xsd
write trx
by_xmllint "trx: well-formed" trx

# ---- TAP ----

# agree TITLE: lines "NAME ok|not-ok COUNT" against the verdicts.
agree() {
	sort "$tmp/verdicts" | join - "$tmp/seen" | awk '
	NF < 8 { print $1 ": no count"; next }
	$2 == "pass" && $7 != "ok" { print $0 ": passed, and fails there" }
	($2 == "fail" || $2 == "truncated") && $7 == "ok" { print $0 ": failed, and passes there" }
	$8 < $3 + $4 + $5 { print $0 ": fewer points than cases" }' >"$tmp/why"
	result "$1"
}

write tap
if command -v prove >/dev/null 2>&1; then
	for name in $(sample tap); do
		# Harnesses before 3.48 do not know version 14, which they say.
		sed '1s/^TAP version 14$/TAP version 13/' "$tmp/tap/$name" >"$tmp/point"
		prove -Q -e cat "$tmp/point" >"$tmp/out" 2>&1
		st=$?
		count=$(sed -n 's/^Files=1, Tests=\([0-9]*\),.*/\1/p' "$tmp/out")
		[ $st = 0 ] && st=ok || st=not-ok
		echo "$name $st ${count:-0}"
	done | sort >"$tmp/seen"
	agree "tap: prove concludes the same"
else
	skip "tap: prove concludes the same" "prove is not installed"
fi
if [ -n "$node" ]; then
	node tools/test/judge.mjs "$node" tap "$tmp/tap"/* | strip | sort >"$tmp/seen"
	agree "tap: tap-parser concludes the same"
else
	skip "tap: tap-parser concludes the same" "tap-parser is not installed"
fi

# ---- subunit ----

write subunit
if command -v subunit-stats >/dev/null 2>&1; then
	for name in $(sample subunit); do
		subunit-stats <"$tmp/subunit/$name" >"$tmp/out" 2>/dev/null
		[ $? = 0 ] && st=ok || st=not-ok
		echo "$name $st $(sed -n 's/^Total tests: *//p' "$tmp/out")"
	done | sort >"$tmp/seen"
	agree "subunit: subunit-stats concludes the same"
else
	skip "subunit: subunit-stats concludes the same" "subunit is not installed"
fi
if command -v subunit2pyunit >/dev/null 2>&1; then
	for name in testdata_examples_run.jsonl testdata_hostile_texts.jsonl; do
		total=$(sed -n "s/^$name [a-z]* \([0-9]*\) \([0-9]*\) \([0-9]*\) .*/\1 + \2 + \3/p" "$tmp/verdicts")
		ran=$(subunit2pyunit <"$tmp/subunit/$name" 2>&1 |
			sed -n 's/^Ran \([0-9]*\) test.*/\1/p')
		[ "${ran:-0}" -ge $(($total)) ] || echo "$name: $ran of $total"
	done >"$tmp/why"
	result "subunit: subunit2pyunit runs as many"
else
	skip "subunit: subunit2pyunit runs as many" "subunit is not installed"
fi

# ---- JSON ----

write ctrf
by_python ctrf
if [ -n "$node" ]; then
	node tools/test/judge.mjs "$node" ctrf "$tmp/ctrf"/* | grep -v ' valid$' \
		>"$tmp/why"
	result "ctrf: valid under its schema, by ajv"
else
	skip "ctrf: valid under its schema, by ajv" "ajv is not installed"
fi
write gojson
by_python gojson
if command -v gotestsum >/dev/null 2>&1; then
	for name in $(sample gojson); do
		gotestsum --raw-command --no-color --format pkgname -- cat "$tmp/gojson/$name" \
			>"$tmp/out" 2>&1 </dev/null
		# Its status is that of cat.
		grep -aqE '^DONE .*(failure|error)' "$tmp/out" && st=not-ok || st=ok
		echo "$name $st $(sed -n 's/^DONE \([0-9]*\) test.*/\1/p' "$tmp/out")"
	done | sort >"$tmp/seen"
	agree "gojson: gotestsum concludes the same"
else
	skip "gojson: gotestsum concludes the same" "gotestsum is not installed"
fi

# ---- the rest, by what Python has ----

for format in libtest libtest2 chrometrace csv teamcity github gcc markdown \
	pretty terse; do
	write $format
	by_python $format
done
echo "1..$n"
