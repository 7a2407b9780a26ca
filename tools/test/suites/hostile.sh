#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a tired user and a broken machine do: huge lines, deep nesting, cut
# input, full disks, closed descriptors, readers that leave.  No crash, no
# hang, nothing lost silently, and the status that testpipe(7) states.
set -u
cd "$(dirname "$0")/../../.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
PATH=$PWD/$B/bin:$PATH
T=$PWD/testdata
export PATH T
cd "$tmp" || exit 2
n=0
echo "TAP version 14"

# want STATUS TITLE COMMAND: the command's status, within a minute.
want() {
	n=$((n + 1))
	timeout 60 sh -c "$3" >out 2>err </dev/null
	st=$?
	if [ "$st" = "$1" ] && ! grep -q 'Sanitizer\|runtime error' err; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		echo "# exit $st, wanted $1: $3"
		head -c 600 err | sed 's/^/# /'
	fi
}

# says TEXT TITLE: the last command said so on standard error.
says() {
	n=$((n + 1))
	if grep -q -- "$1" err; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' err | head -n 5
	fi
}

head_line='{"event":"protocol","version":"1.0","producer":{"name":"t"}}'
printf '%s\n{"event":"run_start"}\n' "$head_line" >begin
printf '{"event":"run_complete","outcome":"pass"}\n' >end
case_pass='{"event":"case_start","name":"a"}
{"event":"case_complete","name":"a","outcome":"pass"}'

# 64 MiB in one line.
{
	cat begin
	printf '{"event":"log","text":"'
	head -c 67108000 /dev/zero | tr '\0' x
	printf '"}\n'
	cat end
} >long.jsonl
want 0 'a line of 64 MiB passes' 'tfilter all long.jsonl | cmp - long.jsonl'
{
	cat begin
	head -c 80000000 /dev/zero | tr '\0' x
	echo
	cat end
} >longer.jsonl
want 4 'a line beyond the limit is refused' 'tfilter all longer.jsonl'
says 'longer.jsonl:3: line is longer than the limit' 'and it is said which'
want 0 'unless the limit is raised' 'tfilter --line-max 100M all longer.jsonl'

# 100,000 levels.
{
	cat begin
	printf '{"event":"log","text":"","x.deep":'
	head -c 100000 /dev/zero | tr '\0' '['
	head -c 100000 /dev/zero | tr '\0' ']'
	printf '}\n'
	cat end
} >deep.jsonl
want 3 '100,000 levels of nesting are malformed' 'tfilter all deep.jsonl'
says 'deep.jsonl:3:' 'and it is said where'

{ cat begin; printf 'no\0se\n{"event":"log","text":"\0"}\n'; cat end; } >nul.jsonl
want 3 'a NUL in an event is malformed' 'tfilter all nul.jsonl'
want 3 'and what was around it is kept' 'tfilter all nul.jsonl | grep -c "no..u0000se" >/dev/null; tfilter all nul.jsonl >/dev/null'
{ cat begin; printf '{"event":"log","text":"\377"}\n'; cat end; } >utf8.jsonl
want 3 'invalid UTF-8 is malformed' 'tfilter all utf8.jsonl'
want 0 'and its bytes are kept' 'tfilter -q all utf8.jsonl | grep -q text_b64'

{ cat begin; echo "$case_pass"; } >cut.jsonl
want 7 'no run_complete is truncated' 'tfilter all cut.jsonl'
{ cat begin; echo "$case_pass"; printf '{"event":"run_comp'; } >torn.jsonl
want 7 'a torn last line is said' 'tfilter all torn.jsonl'
says 'cut short' 'as cut short'
want 7 'an empty file is truncated' 'tfilter all /dev/null'
{ cat begin; echo "$case_pass"; printf '%s' "$(cat end)"; } >nolf.jsonl
want 0 'a last line without LF is whole' 'tfilter all nolf.jsonl'
{ printf '\357\273\277'; cat begin; cat end; } >bom.jsonl
want 0 'a BOM is skipped' 'tfilter all bom.jsonl'
{ cat begin; cat end; } | sed 's/$/\r/' >crlf.jsonl
want 0 'CRLF is white space, and kept' 'tfilter all crlf.jsonl | cmp - crlf.jsonl'
{ echo '   Compiling x v0.1'; cat begin; echo 'warning: unused'; cat end; } >noise.jsonl
want 0 'build noise is kept as log events' 'test $(tfilter all noise.jsonl | grep -c \"log\") = 2'
want 3 'noise is malformed with --strict' 'tfilter --strict all noise.jsonl'

cat begin end >run.jsonl
want 6 'a full disk' 'tfilter all run.jsonl >/dev/full'
says 'standard output' 'is said'
want 6 'a closed standard output' 'tfilter all run.jsonl >&-'
want 6 'a closed standard input' 'tfilter all <&-'
want 6 'a full disk under tconv junit' 'tconv junit run.jsonl >/dev/full'
want 0 'head -n 1 ends the writer' 'cat run.jsonl run.jsonl | tfilter all | head -n 1 >/dev/null'
want 6 'a directory' 'tfilter all .'
says 'directory' 'is said'
want 6 'a file that is not there' 'tfilter all missing.jsonl run.jsonl >got'
says 'missing.jsonl: No such file' 'is said'
want 0 'and the rest is processed' 'cmp got run.jsonl'
want 6 'a directory that is not there for -o' 'tconv junit -o no/such/dir.xml run.jsonl'
want 2 'an unknown output format' 'tconv juint run.jsonl'
says 'juint.*junit' 'names what is allowed'
want 2 'an unknown input format' 'tconv -f tapp junit run.jsonl'
says 'tapp.*junit' 'names what is allowed'
want 2 'no arguments' 'tconv'
want 2 'no arguments to tfilter' 'tfilter'
want 2 'a bad expression' 'tfilter "name(" run.jsonl'
want 3 'a file in no known format' 'tconv junit /bin/sh'
says 'not recognised' 'is said'
printf '\377\376o\000k\000' >utf16.tap
want 3 'UTF-16 that is no XML' 'tconv junit utf16.tap'
says 'UTF-16' 'is said'
printf '{"event":"protocol","version":"2.0","producer":{"name":"t"}}\n{"event":"run_start"}\n' >major.jsonl
want 4 'another major version is refused' 'tfilter all major.jsonl'
says '2.0.*1' 'naming both versions'
want 0 'an old file stays until -o is complete' 'echo old >f.xml; tconv junit -o f.xml juint.jsonl 2>/dev/null; tconv junitt -o f.xml run.jsonl 2>/dev/null; test -s f.xml'

want 6 'ttee: a sink that cannot be opened' 'ttee no/such/file <run.jsonl >got'
want 0 'does not stop the copy' 'cmp got run.jsonl'
want 6 'ttee: a full sink' 'ttee /dev/full ok.jsonl <run.jsonl >got'
want 0 'does not stop the others' 'cmp got run.jsonl && cmp ok.jsonl run.jsonl'
want 6 'ttee: a command that fails' 'ttee "cmd:exit 3" <run.jsonl >got'
says 'exited with 3' 'is said'
want 6 'ttee: a command that fails before it is written to' '{ sleep 0.3; cat run.jsonl; } | ttee "cmd:exit 3" >got'
says 'exited with 3' 'is said'
want 6 'ttee: a command that stops reading' '{ cat run.jsonl; sleep 0.3; cat run.jsonl; } | ttee "cmd:head -n 1 >&2" >got'
says 'stopped reading' 'is said'
want 0 'ttee goes on when its reader leaves' 'for i in 1 2 3 4 5; do cat long.jsonl; done | ttee all.jsonl 2>/dev/null | head -n 1 >/dev/null; test $(grep -c run_complete all.jsonl) = 5'
printf 'plain text\nof no format\n' >plain
want 0 'ttee copies what it does not understand' 'ttee x.jsonl <plain >got; cmp got plain'
want 0 'bytes are copied as they are' 'head -c 100000 /bin/sh >bin; ttee -q <bin >got; cmp got bin'

# A text node of 200 MB, far beyond what libxml2 takes unasked.
{
	printf '<testsuite name="s" tests="1"><testcase name="a"/><system-out>'
	head -c 200000000 /dev/zero | tr '\0' x
	printf '</system-out></testsuite>'
} >huge.xml
want 0 'a text of 200 MB in XML is read' 'tconv -q native huge.xml | wc -c | { read -r n; [ "$n" -gt 200000000 ]; }'
want 0 'and the verdict with it' 'tsum -q huge.xml'
rm -f huge.xml

# Nothing written where a writer was interrupted.
want 0 'an interrupted -o leaves the old file' 'echo old >o.xml; { cat begin; sleep 5; } | tconv junit -o o.xml & sleep 0.5; kill $! ; wait; grep -q old o.xml'
for sig in INT TERM HUP; do
	want 0 "and nothing beside it after SIG$sig" "mkdir d$sig; mkfifo d$sig.in; { cat begin; sleep 5; } >d$sig.in & env --default-signal=INT tconv junit -o d$sig/o.xml d$sig.in & p=\$!; while [ -z \"\$(ls d$sig)\" ]; do sleep 0.1; done; kill -$sig \$p; wait \$p; [ \$? -gt 128 ] && [ -z \"\$(ls d$sig)\" ]"
done
for sig in TERM HUP; do
	want 0 "nor beside a sink of ttee after SIG$sig" "mkdir t$sig; mkfifo t$sig.in; { cat begin; sleep 5; } >t$sig.in & ttee ctrf=t$sig/a.json ctrf=t$sig/b.json <t$sig.in >/dev/null & p=\$!; while [ \$(ls t$sig | wc -l) -lt 2 ]; do sleep 0.1; done; kill -$sig \$p; wait \$p; [ \$? -gt 128 ] && [ -z \"\$(ls t$sig)\" ]"
done
want 0 'an ignored signal stays ignored' "trap '' INT; mkfifo i.in; { cat begin; sleep 1; cat end; } >i.in & tconv native -o i.jsonl i.in & p=\$!; sleep 0.5; kill -INT \$p; wait \$p; cmp run.jsonl i.jsonl"
echo "1..$n"
