#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The store: what is recorded comes back as it was, whatever kills the
# recorder, fills the disk, damages a file or writes at the same time; reruns
# converge; what is imported is not trusted.
set -u
cd "$(dirname "$0")/../../.." || exit 2
root=$PWD
PATH=$root/$B/bin:$PATH
T=$root/testdata
LC_ALL=C.UTF-8 TZ=UTC
export PATH T LC_ALL TZ
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
unset NO_COLOR COLUMNS XDG_STATE_HOME
echo "TAP version 14"
cd "$tmp" || exit 2
python=
for p in python3 /usr/bin/python3; do
	command -v $p >/dev/null 2>&1 && python=$p && break
done

result() {
	echo >>"$tmp/count"
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		[ ! -f "$tmp/why" ] || head -n 12 "$tmp/why" | sed 's/^/# /'
	fi
	rm -f "$tmp/why"
}

skip() {
	echo >>"$tmp/count"
	echo "ok - $1 # SKIP $2"
}

# is EXPECTED TITLE: standard input is that.
is() {
	cat >"$tmp/is"
	{ [ -z "$1" ] || printf '%s\n' "$1"; } | diff - "$tmp/is" >"$tmp/why"
	result $? "$2"
}

# status EXPECTED TITLE COMMAND...
status() {
	want=$1 title=$2
	shift 2
	timeout 60 "$@" >got 2>err </dev/null
	st=$?
	{ echo "exit $st, wanted $want"; cat err; } >"$tmp/why"
	[ $st = "$want" ] && ! grep -q 'Sanitizer\|runtime error' err
	result $? "$title"
}

says() {
	cp err "$tmp/why"
	grep -q -- "$1" err
	result $? "$2"
}

# A store of its own for what follows.
fresh() {
	TESTPIPE_STATE_DIR=$tmp/state.$1
	export TESTPIPE_STATE_DIR
	rm -rf "$TESTPIPE_STATE_DIR"
}
# Where that is, once it is there.
place() { echo "$TESTPIPE_STATE_DIR/workspaces/$(basename "$tmp" | tr . _)"-*; }
runs_of() { tstore list --format json "$@" | grep -c '"run"'; }
state_of() { tstore info --format json "$@" | sed 's/.*"state":"\([^"]*\)".*/\1/'; }

begin() { echo '{"event":"protocol","version":"1.0","producer":{"name":"t"}}'; }
run_start() { echo '{"event":"run_start"}'; }
ran() {
	echo "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"$1\"}"
	echo "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"$1\",\"outcome\":\"$2\"${3:+,$3}}"
}
end() { echo "{\"event\":\"run_complete\",\"outcome\":\"${1:-pass}\"}"; }
# A run with the tests of its arguments: a+ passed, b- failed.
run_of() {
	begin
	run_start
	for t do
		case $t in
		*+) ran "${t%?}" pass '"duration_ns":1000000' ;;
		*-) ran "${t%?}" fail '"duration_ns":3000000' ;;
		esac
	done
	case "$*" in *-*) end fail ;; *) end ;; esac
}
record() { tstore record "$@" >/dev/null; }

# ---- a filter that records ----

fresh basic
for f in "$T"/examples/run.jsonl "$T"/examples/libtest.jsonl; do
	tstore record <"$f" 2>/dev/null | cmp - "$f" >"$tmp/why" 2>&1
	result $? "what passes is left as it is: ${f##*/}"
done
head -c 100000 /bin/sh >binary
tstore record -q <binary 2>/dev/null | cmp - binary >"$tmp/why" 2>&1
result $? 'also what no format has'
runs_of | is 2 'which is no run, but each of the others is'
run_of a+ b- | ttee store: >/dev/null
tstore info --format json | grep -c '"pass":1,"fail":1' | is 1 'ttee store: records as well'
run_of a+ | ttee "store:$tmp/there" "store:$tmp/there" >/dev/null
runs_of --store "$tmp/there" | is 2 'also elsewhere, and twice'
status 6 'ttee: a store that cannot be' ttee store:/dev/null/x
(cd / && tstore list --format json | grep -c run) | is 0 'each workspace has its own'
mkdir -p tree/.git tree/sub/dir
(cd tree && run_of a+ | record)
(cd tree/sub/dir && runs_of) | is 1 'which is all that is under version control together'
tstore list | tail -n 1 | grep -q "^3 runs, .* in $TESTPIPE_STATE_DIR/workspaces/"
result $? 'list says how much there is, and where'
(unset TESTPIPE_STATE_DIR; XDG_STATE_HOME=$tmp/xdg run_of a+ | XDG_STATE_HOME=$tmp/xdg record)
ls "$tmp/xdg/testpipe/workspaces" | wc -l | tr -d ' ' | is 1 'XDG_STATE_HOME is where it goes'
(unset TESTPIPE_STATE_DIR; HOME=$tmp/owner; export HOME; run_of a+ | record)
ls "$tmp/owner/.local/state/testpipe/workspaces" | wc -l | tr -d ' ' | is 1 'or else the home directory'
(unset TESTPIPE_STATE_DIR HOME; tstore list 2>err; echo $?) | tail -n 1 | is 6 'without any of them there is no place'
says 'TESTPIPE_STATE_DIR' 'which is said'
ls -ld "$TESTPIPE_STATE_DIR" "$(place)/runs"/*.zst | cut -c5-10 | sort -u | is '------' 'recordings are for their owner alone'


# Who only looks makes nothing.
fresh nothing
for args in list 'list --format json' 'prune --dry-run' flaky; do
	# shellcheck disable=SC2086
	status 0 "where nothing is recorded: $args" tstore $args
done
status 1 'where nothing is recorded: history' tstore history a
for args in latest info replay export; do
	status 2 "where nothing is recorded: $args" tstore $args
done
status 2 'where nothing is recorded: trerun' trerun -R latest
status 2 'where nothing is recorded: trun' trun -R latest -- true
[ ! -e "$TESTPIPE_STATE_DIR" ]
result $? 'and no directory is made'
status 6 'a store that is named and not there' tstore --store "$tmp/typo" list
says 'there is no store in ".*typo"' 'is missed'
[ ! -e "$tmp/typo" ]
result $? 'and not made'

# ---- what is no run ----

fresh empty
run_of a+ b- | record
status 7 'an empty input' tstore record
says 'nothing is recorded: there are no results in the input' 'is no run'
status 7 'nor is it of a rerun' tstore record -R latest
status 7 'nor for ttee' ttee -q store:
: >nothing
runs_of | is 1 'so the latest stays what it was'
trerun -R latest | is b 'with what is outstanding'
begin | record -q 2>/dev/null
runs_of | is 2 'a header is a run that died'
state_of latest | is truncated 'before its end'
status 7 'which is never clean' trerun -R latest --action assert-clean
status 5 'nor when it is rerun' trun -R latest --for meson -- true
record -q -R "$(tstore list --format json | sed -n '$s/.*"run":"\([^"]*\)".*/\1/p')" <nothing 2>/dev/null
find "$(place)" -name 'tmp-*' | wc -l | tr -d ' ' | is 0 'nothing lies about'

# ---- runs and their names ----

fresh names
status 2 'there is no latest of nothing' tstore latest
says 'no run is recorded' 'which is said'
for i in 1 2 3; do run_of a+ | record -- make "check $i"; done
id=$(tstore latest)
echo "$id" | grep -cE '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' | is 1 'ids are UUIDv7'
tstore list --format json | sed 's/.*"run":"\([^"]*\)".*/\1/' >ids
sort -r ids | diff - ids >"$tmp/why"
result $? 'their order is that of time'
head -n 1 ids | is "$id" 'latest is the newest'
tstore info --format json "$id" | is "$(tstore info --format json)" 'an id names a run'
tstore info --format json "$(echo "$id" | tr -d - | tr a-f A-F)" | is "$(tstore info --format json)" 'also without dashes and in capitals'
i=1
while [ $i -le 36 ] && ! tstore info "$(echo "$id" | cut -c 1-$i)" >/dev/null 2>&1; do i=$((i + 1)); done
tstore info --format json "$(echo "$id" | cut -c 1-$i)" | is "$(tstore info --format json)" 'the shortest beginning that is the only one will do'
tstore list --color always | tr '\033' '~' | sed -n 's/^~\[1;35m\([^~]*\).*/\1/p' | head -n 1 | is "$(echo "$id" | cut -c 1-$i)" 'which list highlights'
status 2 'a beginning that several have' tstore info "$(echo "$id" | cut -c 1-4)"
says 'is the beginning of 3 runs' 'names the candidates'
grep -c "make 'check [123]'" err | is 3 'with their commands'
head -n 2 err | grep -c "$id" | is 1 'the newest first'
status 2 'one that none has' tstore info ffff
status 2 'what is no id' tstore info so-what
status 2 'an unknown command' tstore recrod
says 'record list' 'names those that there are'
status 2 'no command' tstore
status 2 "another command's option" tstore list --dry-run
status 2 'an output of what has none' tstore record -o x
status 2 'two runs' tstore info -R latest latest
tstore info | grep '^command' | is "command      make 'check 3'" 'info has the command'

# ---- what comes back ----

fresh back
for f in "$T"/native/*.jsonl "$T"/libtest/*.jsonl "$T"/junit/*.xml "$T"/tap/*.tap \
    "$T"/examples/*.jsonl; do
	[ -f "$f" ] || continue
	tconv native "$f" >live 2>/dev/null
	[ $? = 0 ] || [ $? = 7 ] || continue
	record -q <"$f" 2>/dev/null
	for to in native junit libtest; do
		tconv -q $to live >want 2>/dev/null
		tstore export -q -t $to >got 2>/dev/null
		cmp want got >>differ 2>&1 || echo "$to: $f" >>differ
	done
	tstore replay - <live >want 2>/dev/null
	tstore replay >got 2>/dev/null
	cmp want got >>differ 2>&1 || echo "replay: $f" >>differ
done
count=$(runs_of)
[ "$count" -gt 10 ] && [ ! -s differ ]
st=$?
cp differ "$tmp/why" 2>/dev/null
result $st "$count real streams: an export is what tconv makes of the live stream, a replay what was printed live"
tstore export -q "$id" 2>/dev/null
cp "$T/examples/run.jsonl" a
record <a
tstore export -q -t native | cmp - a >"$tmp/why" 2>&1
result $? 'native comes back byte for byte'
zstd=$(place)/runs/$(tstore latest).zst
tsum "$zstd" >got1 2>&1
tsum a >got2 2>&1
cmp got1 got2 >"$tmp/why"
result $? 'every tool reads the file of a run'
if command -v zstd >/dev/null 2>&1; then
	zstd -qdc "$zstd" | cmp - a >"$tmp/why" 2>&1
	result $? 'so does zstd'
else
	skip 'zstd reads the file of a run' 'zstd is not installed'
fi

# ---- replay ----

fresh replay
cat >shown <<'EOF'
{"event":"protocol","version":"1.0","producer":{"name":"t"}}
{"event":"run_start"}
{"event":"log","text":"building"}
{"event":"case_start","suite":"s","name":"good"}
{"event":"case_output","suite":"s","name":"good","stream":"stdout","text":"fine\n"}
{"event":"case_complete","suite":"s","name":"good","outcome":"pass","duration_ns":1234000000}
{"event":"case_start","suite":"s","name":"bad"}
{"event":"case_output","suite":"s","name":"bad","stream":"stderr","text":"tried\nand"}
{"event":"case_message","suite":"s","name":"bad","kind":"error","message":"1 != 2","location":{"file":"x.c","line":7}}
{"event":"case_complete","suite":"s","name":"bad","outcome":"fail","duration_ns":2000000}
{"event":"case_start","suite":"s","name":"shy","attempt":1}
{"event":"case_complete","suite":"s","name":"shy","attempt":1,"outcome":"fail"}
{"event":"case_start","suite":"s","name":"shy","attempt":2}
{"event":"case_complete","suite":"s","name":"shy","attempt":2,"outcome":"pass"}
{"event":"case_complete","suite":"s","name":"off","outcome":"skip","status":"ignored","reason":"later"}
{"event":"case_start","suite":"s","name":"late"}
{"event":"case_slow","suite":"s","name":"late","threshold_ns":60000000000}
{"event":"case_complete","suite":"s","name":"late","outcome":"pass"}
{"event":"run_complete","outcome":"fail","duration_ns":3000000000}
EOF
record <shown
tstore replay | is 'building
        PASS [   1.234s] s good
        FAIL [   0.002s] s bad
  --- stderr ---
    tried
    and
  --- error at x.c:7 ---
    1 != 2

        FAIL [         ] s shy
  TRY 2 PASS [         ] s shy
        SLOW [> 60.000s] s late
        PASS [         ] s late
------------
     Summary [   3.000s] 4 tests run: 3 passed (1 flaky), 1 failed, 1 skipped
        FAIL [   0.002s] s bad' 'replay prints a line for each test'
# lines LEVEL: the labels that a level shows.
lines() { tstore replay --status-level "$1" --final-status-level none --failure-output never | sed -n 's/^ *\([A-Z][A-Z0-9 ]*\) \[.*/\1/p' | sort -u | paste -s -d ' ' -; }
lines none | tr -d '\n' | is '' 'status level none'
lines fail | is FAIL 'status level fail'
lines retry | is 'FAIL TRY 2 PASS' 'status level retry'
lines slow | is 'FAIL PASS SLOW TRY 2 PASS' 'status level slow'
lines pass | is 'FAIL PASS SLOW TRY 2 PASS' 'status level pass'
lines skip | is 'FAIL PASS SKIP SLOW TRY 2 PASS' 'status level skip'
lines all | is 'FAIL PASS SKIP SLOW START TRY 2 PASS' 'status level all'
tstore replay --status-level none --final-status-level all --failure-output never | sed 1,2d | is '        PASS [   1.234s] s good
        FAIL [   0.002s] s bad
       FLAKY [         ] s shy
        SKIP [         ] s off
        SLOW [         ] s late' 'final status level all'
tstore replay --status-level none --final-status-level flaky --failure-output never | sed 1,2d | cut -c1-12 | tr -d ' ' | paste -s -d ' ' - | is 'FAIL FLAKY' 'final status level flaky'
tstore replay --success-output immediate --failure-output final --status-level fail | is 'building
  --- stdout ---
    fine

        FAIL [   0.002s] s bad
        FAIL [         ] s shy
------------
     Summary [   3.000s] 4 tests run: 3 passed (1 flaky), 1 failed, 1 skipped
        FAIL [   0.002s] s bad
  --- stderr ---
    tried
    and
  --- error at x.c:7 ---
    1 != 2
' 'output of what passed at once, of what failed at the end'
tstore replay --no-capture --status-level none --final-status-level none | grep -c '^fine$\|^tried$\|^1 != 2$' | is 3 'output as it was'
tstore replay --no-output-indent | grep -c '^tried$' | is 1 'also with indented lines around it'
status 0 'replaying a failure is no failure' tstore replay
status 1 'but with --exit-code' tstore replay --exit-code
printf '{"event":"protocol","version":"1.0","producer":{"name":"\\u001b[2J"}}\n{"event":"run_start"}\n{"event":"case_start","name":"\\u001b[2Jx"}\n{"event":"case_output","name":"\\u001b[2Jx","stream":"stdout","text":"\\u001b]0;t\\u0007"}\n{"event":"case_complete","name":"\\u001b[2Jx","outcome":"fail"}\n{"event":"run_complete","outcome":"fail"}\n' | record -- "$(printf 'a\033[2Jb')"
{ tstore replay; tstore list; tstore info; tstore history x; } | tr -d '\n' | grep -c "$(printf '\033')" | is 0 'no test steers a terminal'

# ---- output over a limit ----

fresh clip
{
	begin
	run_start
	echo '{"event":"case_start","name":"a"}'
	awk 'BEGIN { for (i = 0; i < 3000; i++) printf "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":\"stdout\",\"text\":\"line %d größe\\n\"}\n", i }'
	echo '{"event":"case_output","name":"a","stream":"stderr","text":"short"}'
	echo '{"event":"case_complete","name":"a","outcome":"pass"}'
	end
} >flood
record --output-max 3000 <flood
tstore export -q -t native >clipped
grep '"stdout"' clipped | sed -n '1s/.*"text":"\([^"]*\)".*/\1/p' | is 'line 0 größe\n' 'output over the limit keeps its head'
grep '"stdout"' clipped | tail -n 1 | grep -c 'line 2999 größe\\n"' | is 1 'and its tail'
grep -c '"text":"short"' clipped | is 1 'another stream is not cut'
if [ -n "$python" ]; then
	$python - clipped <<'EOF' >"$tmp/why" 2>&1
import json, sys
kept = cut = 0
for line in open(sys.argv[1], encoding="utf-8"):
    e = json.loads(line)
    if e["event"] == "case_output" and e["stream"] == "stdout":
        kept += len(e["text"].encode())
        cut += e.get("truncated_bytes", 0)
true = sum(len(("line %d größe\n" % i).encode()) for i in range(3000))
print(kept, cut, true)
sys.exit(not (2900 <= kept <= 3000 and kept + cut == true))
EOF
	result $? 'and its true size is known'
else
	skip 'true size' 'python3 is not installed'
fi
record <flood
tstore export -q -t native | cmp - flood >"$tmp/why" 2>&1
result $? 'output below the limit is left as it is'
# What no test printed, as a build that floods, and a few errors in it.
{
	begin
	run_start
	awk 'BEGIN {
		for (i = 0; i < 3000; i++) {
			printf "{\"event\":\"log\",\"stream\":\"stdout\",\"text\":\"line %d größe\"}\n", i
			if (i % 1000 == 500)
				printf "{\"event\":\"log\",\"stream\":\"stderr\",\"text\":\"warning %d\"}\n", i
		}
	}'
	ran a pass
	end
} >flood
record --output-max 3000 <flood
tstore export -q -t native >clipped
sed -n 's/.*"stream":"stdout","text":"\(line [^"]*\)".*/\1/p' clipped >lines
head -n 1 lines | is 'line 0 größe' 'text that no test printed keeps its head over the limit'
tail -n 1 lines | is 'line 2999 größe' 'and its tail'
grep -cv '^line [0-9]* größe$' lines | is 0 'in whole lines'
grep -c '"text":"warning [0-9]*"' clipped | is 3 'another stream is not cut'
left=$(sed -n 's/.*"text":"\([0-9]*\) bytes of this are left out".*/\1/p' clipped)
[ $((left + $(wc -c <lines))) = "$(grep -o 'line [0-9]* größe' flood | wc -c)" ]
result $? 'and how much is left out is said'
[ "$(wc -c <lines)" -le 3000 ] && [ "$(wc -c <lines)" -ge 2900 ]
result $? 'as much as has to be'
tail -n 1 clipped | grep -c '"run_complete"' | is 1 'before the run ends'
tconform check clipped >"$tmp/why" 2>&1
result $? 'by the rules of the protocol'
record <flood
tstore export -q -t native | cmp - flood >"$tmp/why" 2>&1
result $? 'text below the limit is left as it is'

# ---- what kills a recorder ----

fresh killed
{
	begin
	run_start
	i=0
	while [ $i -lt 4000 ]; do
		ran case_$i pass
		i=$((i + 1))
	done
	end
} >long
# Slowly, so that there is something to be killed.  The feeder goes by SIGKILL:
# any other signal is lost on a shell that has just forked.
slowly() {
	head -n 2001 long
	sleep 0.1
	tail -n +2002 long
	sleep "${1:-5}"
}
files() { find "$TESTPIPE_STATE_DIR" -name '*.zst' 2>/dev/null | wc -l; }
for after in now 0 0.002 0.004 0.006 0.008 0.01 0.02 0.03 0.05 0.08 0.12 0.16 0.2; do
	mkfifo feed
	before=$(files)
	slowly 1 >feed 2>/dev/null &
	feeder=$!
	tstore record <feed >/dev/null &
	recorder=$!
	if [ $after != now ]; then
		tries=0
		while [ "$(files)" = "$before" ] && [ $tries -lt 500 ]; do
			sleep 0.01
			tries=$((tries + 1))
		done
		sleep $after
	fi
	kill -9 $recorder 2>/dev/null
	wait $recorder 2>/dev/null
	kill -9 $feeder 2>/dev/null
	wait $feeder 2>/dev/null
	rm -f feed
done
count=$(runs_of)
[ "$count" -ge 13 ]
result $? "$count killed recorders left runs that are listed"
tstore list --format json | grep -vc '"state":"incomplete"' | is 0 'all of them as incomplete'
bad=0
tstore list --format json | sed 's/.*"run":"\([^"]*\)".*/\1/' >ids
while read -r id; do
	tstore export -q -t native "$id" >got 2>err
	cmp -n "$(wc -c <got)" got long >/dev/null 2>&1 && ! grep -q . err || bad=$((bad + 1))
	tstore replay "$id" >/dev/null 2>&1
	[ $? = 7 ] || bad=$((bad + 1))
done <ids
[ $bad = 0 ]
result $? 'each has a readable beginning of the stream, and is no pass'
run_of a+ | timeout 5 tstore record >/dev/null
result $? 'no lock is left behind'
state_of latest | is passed 'and the next run is a run'

# The last instants, which no kill hits: the file as it is after each byte.
fresh torn
record <"$T/examples/run.jsonl" 2>/dev/null
whole=$(place)/runs/$(tstore latest).zst
size=$(wc -c <"$whole")
id=$(tstore latest)
cut=0
bad=0
while [ $cut -lt "$size" ]; do
	dir=$tmp/torn
	rm -rf "$dir"
	mkdir -p "$dir/runs"
	head -c $cut "$whole" >"$dir/runs/$id.zst"
	tstore --store "$dir" list --format json >got 2>err
	grep -q '"state":"\(incomplete\|damaged\)"' got || { bad=$((bad + 1)); echo "at $cut of $size:"; cat got err; } >>"$tmp/why"
	tstore --store "$dir" replay --exit-code >/dev/null 2>&1
	st=$?
	[ $st != 0 ] && [ $st -lt 128 ] || { bad=$((bad + 1)); echo "at $cut: replay exits with $st" >>"$tmp/why"; }
	cut=$((cut + 1 + size / 60))
done
[ $bad = 0 ]
result $? 'a file that ends anywhere is a run that is incomplete'

fresh signals
mkfifo feed
slowly 3 >feed 2>/dev/null &
feeder=$!
tstore record <feed >/dev/null &
recorder=$!
sleep 0.3
tstore list --format json | sed 's/.*"state":"\([^"]*\)".*/\1/' | is running 'a run that is being recorded is running'
tstore replay 2>/dev/null | grep -c 'PASS' | grep -q '^[1-9]'
result $? 'and can be read meanwhile'
kill -INT $recorder
sleep 0.1
kill -0 $recorder 2>/dev/null
result $? 'Ctrl-C is for the producer'
kill -9 $feeder 2>/dev/null
wait $feeder 2>/dev/null
wait $recorder 2>/dev/null
rm -f feed

# ---- a full disk ----

fresh full
{
	begin
	run_start
	awk 'BEGIN { srand(7); for (i = 0; i < 30000; i++) printf "{\"event\":\"log\",\"text\":\"%d %d %d %d\"}\n", rand() * 1e9, rand() * 1e9, rand() * 1e9, rand() * 1e9 }'
	end
} >noise
run_of a+ | record
(
	trap '' XFSZ
	ulimit -f 200
	tstore record <noise 2>err
	echo $? >code
) | cmp - noise >"$tmp/why" 2>&1
result $? 'a full disk does not stop the stream'
is 6 'but recording, with status 6' <code
grep -c . err | is 1 'and one warning'
says 'recording stopped, the stream goes on: cannot write' 'which says so'
runs_of | is 2 'what was written is a run'
state_of latest | is incomplete 'that is incomplete'
if unshare -rm sh -c 'mount -t tmpfs -o size=64k none /mnt' 2>/dev/null; then
	unshare -rm sh -c 'mount -t tmpfs -o size=400k none /mnt && tstore --store /mnt/s record <noise >got 2>err; echo $? >code; tstore --store /mnt/s list >/dev/null 2>&1'
	cmp got noise >"$tmp/why" 2>&1
	result $? 'a file system without room does not stop the stream'
	is 6 'but recording' <code
	grep -c . err | is 1 'with one warning'
	unshare -rm sh -c 'mount -t tmpfs -o size=16k none /mnt && yes | head -c 16384 >/mnt/fill; tstore --store /mnt/s record <noise >got 2>err' 2>/dev/null
	cmp got noise >"$tmp/why" 2>&1
	result $? 'nor does one that never had any'
	grep -c . err | is 1 'also with one warning'
	cat >mounted <<'EOF'
mount -t tmpfs -o size=600k none /mnt && tstore --store /mnt/s record <a >/dev/null || exit 9
case $1 in
full) yes | head -c 600000 >/mnt/fill ;;
*) mount -o remount,ro /mnt ;;
esac
tstore --store /mnt/s list | grep -c '^1 run'
tstore --store /mnt/s replay
echo $?
tstore --store /mnt/s prune --max-size 1 | grep -c '^1 of 1'
tstore --store /mnt/s list | tail -n 1 | grep -c '^0 runs'
EOF
	run_of a+ >a
	unshare -rm sh mounted full 2>/dev/null | sed '/^ *PASS/d; /^---/d; /Summary/d' | is '1
0
1
1' 'a store without room can be read, and pruned'
	unshare -rm sh mounted ro 2>/dev/null | sed '/^ *PASS/d; /^---/d; /Summary/d' | is '1
0
0
0' 'one that is read only can be read'
else
	skip 'a file system without room' 'no file system can be mounted'
fi
status 6 'a store that cannot be made' tstore --store /dev/null/store record
run_of a+ >a
tstore --store /dev/null/store record <a 2>/dev/null | cmp - a >"$tmp/why" 2>&1
result $? 'does not stop the stream'

# ---- many at once ----

fresh many
i=0
pids=
while [ $i -lt 32 ]; do
	run_of a+ b- "c$i+" | tstore record -q >/dev/null 2>err.$i &
	pids="$pids $!"
	i=$((i + 1))
done
for p in $pids; do wait "$p"; done
cat err.* >"$tmp/why"
[ ! -s "$tmp/why" ]
result $? '32 recorders at once have no trouble'
runs_of | is 32 'and no run is lost'
tstore list --format json | grep -c '"state":"failed"' | is 32 'each is whole'
tstore history a | grep -c pass | is 32 'and in the history'
if [ -n "$python" ] && $python -c 'import sqlite3' 2>/dev/null; then
	cat >hold.py <<'EOF'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(30)
EOF
	mkfifo held
	$python hold.py "$(place)/index.sqlite" >held &
	holder=$!
	read -r _ <held
	before=$(date +%s)
	tstore list >/dev/null 2>"$tmp/why" && tstore replay >/dev/null 2>>"$tmp/why" && tstore history a >/dev/null 2>>"$tmp/why"
	result $? 'readers work while another writes'
	run_of new+ >a
	mkfifo feed
	{ cat a; sleep 2; } >feed &
	tstore record <feed >got &
	recorder=$!
	sleep 1.5
	cmp a got >"$tmp/why" 2>&1
	result $? 'a stream is not held up by one who writes'
	run_of file+ | tstore record >/dev/null &
	last=$!
	sleep 0.5
	kill $holder
	wait $holder 2>/dev/null
	wait $recorder $last
	[ $(($(date +%s) - before)) -lt 20 ]
	result $? 'nobody waits for long'
	runs_of | is 34 'and nothing is lost'
	rm -f feed held
else
	skip 'readers while another writes' 'python3 with sqlite3 is not installed'
fi

# ---- damage ----

fresh damage
for t in a b c; do run_of $t+ | record; done
id=$(tstore list --format json | sed -n '2s/.*"run":"\([^"]*\)".*/\1/p')
f=$(place)/runs/$id.zst
# The middle of the stream, which is behind the head.
size=$(wc -c <"$f")
cp "$f" kept
head -c $((size - 400)) kept >"$f"
printf 'garbage in the middle of it' >>"$f"
tail -c $((400 - 27)) kept >>"$f"
status 3 'a damaged recording says so' tstore replay "$id"
says "$id.zst: " 'by its name'
status 0 'the others work' tstore replay latest
cp kept "$f"
head=$(($(od -An -tu4 -j4 -N4 "$f") + 8))
end=$(grep -abo TPE1 "$f" | tail -n 1 | cut -d: -f1)
# flip AT: another bit of that byte of a sound file.
flip() {
	cp kept "$f"
	byte=$(od -An -tu1 -j"$1" -N1 "$f" | tr -d ' ')
	printf '%b' "\\0$(printf %o $((byte ^ 16)))" |
		dd of="$f" bs=1 seek="$1" conv=notrunc 2>/dev/null
}
bad=0
tstore export -q -t native "$id" >sound
tstore info "$id" >known
at=0
while [ $at -lt "$size" ]; do
	flip $at
	tstore export -q -t native "$id" >got 2>/dev/null
	st=$?
	# Some bits mean nothing.
	[ $st = 3 ] || [ $st = 4 ] || [ $st = 7 ] || cmp -s got sound || { bad=$((bad + 1)); echo "byte $at of $head to $end: exit $st" >>"$tmp/why"; }
	[ $at -ge "$head" ] || [ $st = 3 ] || { bad=$((bad + 1)); echo "byte $at of the head: exit $st" >>"$tmp/why"; }
	# Where all is text, some of it will do.
	[ $at -lt 16 ] || [ $at -ge $((head - 16)) ] || at=$((at + 10))
	[ $at -lt $((end + 16)) ] || at=$((at + 10))
	at=$((at + 1))
done
[ $bad = 0 ]
result $? 'so it does whichever byte is damaged'
flip $((head / 2))
status 3 'also in what is known of the run before it starts' tstore info "$id"
says 'is damaged: what it says of the run is not what was written' 'by the word'
status 3 'which nothing is rerun by' trerun -R "$id"
flip $((end + 30))
status 3 'or at its end' tstore replay "$id"
says 'is damaged: what it says of the run is not what was written' 'by the word'
rm "$(place)/index.sqlite"
state_of "$id" | is damaged 'and it is listed as damaged'
status 3 'import does not take such a file' tstore import "$f"
printf 'nothing of ours' >"$f"
status 3 'so does a file that is none' tstore info "$id"
runs_of | is 3 'and it is still listed'
rm "$f"
runs_of | is 2 'a run whose file is gone is gone'
place=$(place)
printf 'this is no index, but long enough to be taken for a file of some kind' >"$place/index.sqlite"
printf 'nor is this its log' >"$place/index.sqlite-wal"
tstore list >got 2>err
tail -n 1 got | grep -c '^2 runs' | is 1 'a damaged index is made again'
says 'is damaged, it is made again' 'which is said'
rm -f "$place"/index.*
runs_of | is 2 'so is one that is gone'
tstore history a | grep -c pass | is 1 'with the history'

# ---- versions ----

fresh versions
run_of a+ b- | record -- make check
f=$(place)/runs/$(tstore latest).zst
cp "$f" kept
tstore info >known
tstore export -q -t native >sound
# Without its checks it is what format 1.0 was: 16 bytes behind the head, and as
# many before the end.
head=$(($(od -An -tu4 -j4 -N4 "$f") + 8))
end=$(($(wc -c <"$f") - $(tail -c 8 "$f" | od -An -tu4 -N4)))
{
	head -c $head kept | sed 's/"testpipe.format":"1.1"/"testpipe.format":"1.0"/'
	head -c $((end - 16)) kept | tail -c +$((head + 17))
	tail -c +$((end + 1)) kept
} >older
[ "$(wc -c <older)" = $(($(wc -c <kept) - 32)) ] && ! grep -aq TPC1 older
result $? 'a file of format 1.0'
cp older "$f"
rm "$(place)"/index.*
tstore info | grep -v '^size' >got1
grep -v '^size' known | diff - got1 >"$tmp/why"
result $? 'an older minor is read'
tstore export -q -t native | cmp - sound >"$tmp/why" 2>&1
result $? 'with its stream'
trerun -R latest | is b 'and rerun'
tstore --store "$tmp/newer" import older 2>err
says '1 run imported' 'and imported'
cp older "$f"
for v in 2.0 1.9 0.9; do
	sed "s/\"testpipe.format\":\"1.0\"/\"testpipe.format\":\"$v\"/" "$f" >other
	mv other "$f"
	status 4 "format $v is refused" tstore replay latest
	says "format \"$v\"" 'by its number'
	case $v in
	0.9) says 'use the version that recorded it' 'with what to do' ;;
	*) says 'install a newer one' 'with what to do' ;;
	esac
	sed "s/\"testpipe.format\":\"$v\"/\"testpipe.format\":\"1.0\"/" "$f" >other
	mv other "$f"
done
cp kept "$f"
status 0 'its own is read' tstore replay latest
fresh newer
{
	echo '{"event":"protocol","version":"1.7","producer":{"name":"t"},"since_1_7":{"a":[1]}}'
	run_start
	echo '{"event":"case_weather","name":"a","sky":"blue"}'
	ran a pass '"mood":"good"'
	ran b fail '"mood":"bad"'
	end fail
} >stream
tstore record <stream | cmp - stream >"$tmp/why" 2>&1
result $? 'a stream of a newer minor passes'
tstore export -q -t native | cmp - stream >"$tmp/why" 2>&1
result $? 'and comes back with what this version does not know'
tstore info --format json | grep -c '"pass":1,"fail":1' | is 1 'its tests are known'
trerun -R latest | is b 'and rerun'
if [ -n "$python" ] && $python -c 'import sqlite3' 2>/dev/null; then
	$python -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("PRAGMA user_version = 2")' "$(place)/index.sqlite"
	status 4 'a newer index is not written to' tstore list
	says 'install a newer one, or set TESTPIPE_STATE_DIR' 'with what to do'
	run_of b+ >a
	tstore record <a 2>/dev/null | cmp - a >"$tmp/why" 2>&1
	result $? 'but the stream goes on'
else
	skip 'a newer index' 'python3 with sqlite3 is not installed'
fi

# ---- the environment ----

fresh env
run_of a+ | env CI=yes CARGO_TERM_COLOR=never CARGO_REGISTRY_TOKEN=x1 PYTEST_SECRET=x2 \
    GO_PASSWORD=x3 CI_KEY=x4 CARGO_api_key=x5 CI_AUTH=x6 MY_OWN=x7 tstore record >/dev/null
tstore info >got
grep -c 'CI=yes\|CARGO_TERM_COLOR=never' got | is 2 'what says how tests were run is recorded'
strings "$(place)"/runs/*.zst 2>/dev/null | cat - got | grep -c '=x[1-7]\|"x[1-7]"' | is 0 'secrets and what is not on the list are not'
tstore export >/dev/null 2>err </dev/null
says 'carries the command, the directory, [0-9]* variables' 'export says what it carries'

# ---- portable files ----

fresh here
run_of a+ b- | record -- one
run_of a+ b+ | record -- two
here=$TESTPIPE_STATE_DIR
tstore export -q --all -o both.runs
tstore export -q -o latest.runs latest
fresh there
run_of c+ | record
tstore import both.runs 2>err
says '2 runs imported, 0 here already, 0 refused' 'two stores become one'
runs_of | is 3 'with the runs of both'
tstore import <both.runs 2>err
says '0 runs imported, 2 here already' 'importing again adds nothing'
tstore list --format json | sed 's/,"last_used":"[^"]*"//' | grep -v '"pass":1,"fail":0' >got1
(TESTPIPE_STATE_DIR=$here tstore list --format json | sed 's/,"last_used":"[^"]*"//' | diff - got1 >"$tmp/why")
result $? 'what came is what was there'
tstore export -q -t native "$(TESTPIPE_STATE_DIR=$here tstore latest)" >got1
(TESTPIPE_STATE_DIR=$here tstore export -q -t native latest | cmp - got1 >"$tmp/why" 2>&1)
result $? 'byte for byte'
tstore history b | grep -c 'fail\|pass' | is 2 'and in the history'
fresh pipe
cat both.runs latest.runs | tstore import - 2>err
says '2 runs imported, 1 here already' 'a pipe will do, and several put together'
tsum latest.runs 2>/dev/null | grep -c '2 passed' | is 1 'a portable file is a stream to every tool'
fresh file
f=$(echo "$here"/workspaces/*/runs/*.zst | cut -d' ' -f1)
tstore import "$f" 2>err
says '1 run imported' 'so will the file of a run from a store'
status 2 'a portable file is not compressed again' tstore export -o x.zst
says 'compressed already' 'which is said'

fresh cut
id=$(TESTPIPE_STATE_DIR=$here tstore latest)
mkdir -p "$tmp/half/runs"
# Between the end of its head, which tells its own length, and its end.
whole=$(echo "$here"/workspaces/*/runs/"$id".zst)
half=$((($(od -An -tu4 -j4 -N4 "$whole") + 8 + $(wc -c <"$whole")) / 2))
head -c $half "$whole" >"$tmp/half/runs/$id.zst"
tstore --store "$tmp/half" export -q -o half.runs
tstore import half.runs 2>err
says '1 run imported' 'a run that was cut can be passed on'
state_of latest | is incomplete 'and stays cut'
tstore import latest.runs 2>err
says '1 run imported' 'until the whole of it comes'
state_of latest | is passed 'which takes its place'
tstore import half.runs 2>err
says '0 runs imported, 1 here already' 'and keeps it'

fresh hostile
size=$(wc -c <latest.runs)
# The head is plain text: an id that leads elsewhere, of the same length.
sed 's/"run":"[0-9a-f-]*"/"run":"..\/..\/..\/..\/..\/..\/..\/tmp\/evil-path-x"/' latest.runs >evil.runs
status 3 'an id that is a path is refused' tstore import evil.runs
says 'refused' 'which is said'
tstore import <evil.runs 2>/dev/null
find "$tmp" -name '*evil*' ! -name evil.runs | wc -l | tr -d ' ' | is 0 'and nothing is written'
status 4 'a run larger than --size-max is refused' tstore import --size-max 100 latest.runs
{
	begin
	run_start
	awk 'BEGIN { for (i = 0; i < 200000; i++) print "{\"event\":\"log\",\"text\":\"0000000000000000000000000000000000000000\"}" }'
	end
} | tstore --store "$tmp/bomb" record >/dev/null
tstore --store "$tmp/bomb" export -q -o bomb.runs
[ "$(wc -c <bomb.runs)" -lt 100000 ]
result $? 'a bomb is small'
status 4 'and refused for what it holds' tstore import --size-max 1M bomb.runs
status 7 'a file that is cut short is refused' sh -c "head -c $((size - 100)) latest.runs | tstore import"
status 3 'so is what is something else' tstore import "$T/examples/run.jsonl"
status 7 'and nothing' tstore import /dev/null
status 6 'a file that is not there' tstore import no-such-file
status 6 'a directory' tstore import .
says '\.: Is a directory' 'which is said'
runs_of | is 0 'nothing of all that is kept'
find "$TESTPIPE_STATE_DIR" -name 'tmp-*' | wc -l | is 0 'nor lies about'
status 0 'while a good one is' tstore import latest.runs

# ---- what is kept ----

fresh prune
for i in 1 2 3 4 5; do run_of a+ "t$i+" | record; done
tstore list --format json | sed 's/.*"run":"\([^"]*\)".*/\1/' >ids
oldest=$(tail -n 1 ids)
run_of a+ | tstore record -q -R "$oldest" >/dev/null
tstore prune --max-runs 3 --dry-run | tail -n 1 | sed 's/, .*//' | is '3 of 6 runs would be removed' 'a dry run says what would go'
runs_of | is 6 'and nothing goes'
tstore prune --max-runs 3 | tail -n 1 | sed 's/, .*//' | is '3 of 6 runs removed' 'prune keeps the last used'
tstore info "$oldest" >/dev/null 2>"$tmp/why"
result $? 'among them what was rerun'
ls "$(place)/runs" | wc -l | tr -d ' ' | is 3 'the files are gone too'
tstore history t3 2>err
says 'no recorded run has a test "t3"' 'and what only they had'
tstore prune --max-size 1 >/dev/null
runs_of | is 0 'a size may be the limit'
run_of a+ | record
f=$(place)/runs/$(tstore latest).zst
tstore prune --max-age 1h >/dev/null
runs_of | is 1 'an age too: what is younger stays'
tstore prune --max-age 1ns >/dev/null
runs_of | is 0 'and what is older goes'
tstore prune --save --max-runs 2 >/dev/null
for i in 1 2 3; do run_of a+ | record; done
runs_of | is 3 'limits may be passed by half'
run_of a+ | record
runs_of | is 2 'then they are kept by themselves'

# ---- tests over runs ----

fresh history
run_of a+ b- c+ | record
run_of a+ b+ c- | record
{ begin; run_start; ran a fail; echo '{"event":"case_start","suite":"s","name":"a","attempt":2}'; echo '{"event":"case_complete","suite":"s","name":"a","attempt":2,"outcome":"pass"}'; ran c pass; end; } | record
tstore history b | awk 'NR > 1 { print $4, $5 }' | is 'fail 3ms
pass 1ms' 'history has outcomes and durations, the oldest first'
tstore history a | awk 'NR > 1 { print $4 }' | is 'pass
pass
flaky' 'and who passed only when tried again'
tstore history --format json c | sed 's/"run":"[^"]*",//' | is '{"suite":"s","name":"c","outcome":"pass","duration_ns":1000000}
{"suite":"s","name":"c","outcome":"fail","duration_ns":3000000}
{"suite":"s","name":"c","outcome":"pass"}' 'in JSON too'
tstore flaky | is '   0 of 3 runs flaky, 1 failed, 2 changes  s c
   1 of 3 runs flaky, 0 failed, 0 changes  s a' 'flaky has what went back and forth, and what was tried again'
run_of some_name+ other_name+ | record
tstore history name | grep -c '^s ' | is 2 'a part of a name finds all that have it'
status 1 'a test that no run has' tstore history nobody

# ---- reruns ----

# The flow of the book with a runner that can be told what to run: 51 tests,
# two fail, one is rerun by name, then the rest, then back to the beginning.
cat >runner <<'EOF'
#!/bin/sh
[ $# -gt 0 ] || set -- $(seq -f 'test_%g' 51)
echo '{"event":"protocol","version":"1.0","producer":{"name":"runner"}}'
echo '{"event":"run_start"}'
all=0
for t do
	outcome=pass
	case $t in test_7 | test_33) [ -e "fixed.$t" ] || { outcome=fail; all=1; } ;; esac
	echo "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"$t\"}"
	echo "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"$t\",\"outcome\":\"$outcome\"}"
done
echo "{\"event\":\"run_complete\",\"outcome\":\"$([ $all = 0 ] && echo pass || echo fail)\"}"
exit $all
EOF
chmod +x runner
rm -f fixed.*
fresh flow
./runner | tstore record -- ./runner >/dev/null
first=$(tstore latest)
trerun -R latest | is 'test_7
test_33' '51 tests, 2 are outstanding'
status 5 'which is no clean run' trerun -R latest --action assert-clean
: >fixed.test_7
status 5 'one rerun by name: there is one left' trerun -R latest --for meson --action run -- sh -c './runner test_7'
says '^trerun: 1 outstanding test still remains' 'which is said'
second=$(tstore latest)
tstore info --format json | grep -c "\"parent_run\":\"$first\",\"root_run\":\"$first\"" | is 1 'the rerun knows what it is a rerun of'
trerun -R latest | is test_33 'what remains is the other one'
status 1 'the rest still fails' trerun -R latest --for meson --action run
says '1 outstanding test' 'and is said'
: >fixed.test_33
status 0 'the rest, with the command of the first run' trerun -R latest --for meson --action run
grep -c '"case_complete"' got | is 1 'is one test'
trerun -R latest | is '' 'and nothing is left'
status 0 'which is clean' trerun -R latest --action assert-clean
tstore info --format json | grep -c "\"root_run\":\"$first\"" | is 1 'the root is the first run'
tstore list | sed 's/[0-9a-f]\{8\}-[0-9a-f-]*/ID/; s/  20.*//' | sed '$d' | is 'ID
  └─ ID
    └─ ID
      └─ ID' 'list shows the chain'
trerun -R "$first" | is 'test_7
test_33' 'back to the first run'
trerun -R "$second" | is test_33 'or the second'
rm -f fixed.test_33
trerun -R "$first" --for meson --action run >/dev/null 2>&1
trerun -R latest | is test_33 'and on from there'
tstore list | sed 's/[0-9a-f]\{8\}-[0-9a-f-]*/ID/; s/  20.*//' | sed '$d' | is 'ID
  └─ ID
    └─ ID
      └─ ID
  └─ ID' 'which is a branch of its own'
# What was outstanding is known without the runs that told it.
rm -f "$(place)/runs/$first.zst"
trerun -R "$second" | is test_33 'a chain outlives its beginning'
f=$(place)/runs/$(tstore latest).zst
cp "$f" kept
head -c $(($(od -An -tu4 -j4 -N4 kept) + 8)) kept >"$f"
status 3 'a rerun that lost what was outstanding says so' trerun -R latest --action assert-clean
says 'what was outstanding before the run cannot be read' 'by the word'
cp kept "$f"
status 2 'a run that is not there' trerun -R "$first"
status 0 'nothing is run when nothing is left' trerun -R "$(tstore list --format json | grep '"fail":0' | sed -n '1s/.*"run":"\([^"]*\)".*/\1/p')" --action run -- false
status 2 '-R and --state' trerun -R latest --state x
./runner test_1 | tstore record -R latest >/dev/null 2>err
says '1 outstanding test still remains' 'record -R tells what is left'

fresh pytest
if command -v pytest >/dev/null 2>&1; then
	mkdir py && cd py || exit 2
	awk 'BEGIN { print "import os"; for (i = 1; i <= 51; i++) printf "def test_%d():\n    assert %s\n", i, i == 7 || i == 33 ? "os.path.exists(\"fixed_" i "\")" : "True" }' >test_many.py
	cat >py.sh <<'EOF'
pytest -q -p no:cacheprovider --junitxml=r.xml "$@" >&2
st=$?
cat r.xml
exit $st
EOF
	sh py.sh 2>/dev/null | tstore record -- sh py.sh >/dev/null
	trerun -R latest --for pytest | is 'pytest test_many.py::test_7 test_many.py::test_33' 'pytest: 51 tests, 2 are outstanding'
	: >fixed_7
	trerun -R latest --for pytest --action run -- sh -c 'sh py.sh test_many.py::test_7' >/dev/null 2>err
	is 5 'pytest: one rerun by name' <<EOF
$?
EOF
	says '1 outstanding test still remains' 'pytest: one remains'
	: >fixed_33
	trerun -R latest --for pytest --action run >/dev/null 2>err
	is 0 'pytest: the rest' <<EOF
$?
EOF
	trerun -R latest | is '' 'pytest: nothing is left'
	tstore info --format json | grep -c '"pass":1,"fail":0' | is 1 'pytest: which ran alone'
	trerun -R "$(tstore list --format json | sed -n '$s/.*"run":"\([^"]*\)".*/\1/p')" | is 'test_7
test_33' 'pytest: back to the beginning'
	cd "$tmp" || exit 2
else
	skip 'pytest: the flow' 'pytest is not installed'
fi

fresh cargo
if command -v cargo >/dev/null 2>&1 && (cd "$tmp" && cargo new -q --lib --vcs none many) >/dev/null 2>&1; then
	cd many || exit 2
	awk 'BEGIN { for (i = 1; i <= 51; i++) printf "#[test] fn test_%d() { assert!(%s); }\n", i, i == 7 || i == 33 ? "std::path::Path::new(\"fixed_" i "\").exists()" : "true" }' >src/lib.rs
	cat >rs.sh <<'EOF'
RUSTC_BOOTSTRAP=1 cargo test -q --offline --lib -- -Z unstable-options --format json "$@"
EOF
	sh rs.sh 2>/dev/null | tstore record -- sh rs.sh >/dev/null
	if tstore info --format json | grep -q '"pass":49,"fail":2'; then
		trerun -R latest | is 'test_33
test_7' 'cargo: 51 tests, 2 are outstanding'
		: >fixed_7
		trerun -R latest --for meson --action run -- sh -c 'sh rs.sh --exact test_7' >/dev/null 2>err
		is 5 'cargo: one rerun by name' <<EOF
$?
EOF
		says '1 outstanding test still remains' 'cargo: one remains'
		: >fixed_33
		trerun -R latest --for meson --action run -- sh rs.sh --exact >/dev/null 2>err
		is 0 'cargo: the rest' <<EOF
$?
EOF
		trerun -R latest | is '' 'cargo: nothing is left'
		tstore info --format json | grep -c '"pass":1,"fail":0' | is 1 'cargo: which ran alone'
		trerun -R "$(tstore list --format json | sed -n '$s/.*"run":"\([^"]*\)".*/\1/p')" | is 'test_33
test_7' 'cargo: back to the beginning'
	else
		skip 'cargo: the flow' 'cargo cannot build a test here'
	fi
	cd "$tmp" || exit 2
else
	skip 'cargo: the flow' 'cargo is not installed'
fi

# ---- what a shell completes ----

fresh completion
run_of a+ | record
id=$(tstore latest)
if command -v bash >/dev/null 2>&1; then
	cat >completes.sh <<'EOF'
. "$1/tools/completion.bash"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_testpipe
printf '%s\n' "${COMPREPLY[@]}"
EOF
	completes() { bash completes.sh "$root" "$@"; }
	completes tstore re | is 'record
replay' 'commands are completed'
	completes tstore replay --st | is '--status-level
--store
--strict' 'and options behind them'
	completes tstore info "$(echo "$id" | cut -c 1-9)" | is "$id" 'and runs'
	completes trun -R la | is latest 'those of trun, too'
	completes trun --rerun "$(echo "$id" | cut -c 1-9)" | is "$id" 'by either name'
	completes tstore replay --status-level s | is 'slow
skip' 'and what options take'
	completes trun trer | is trerun 'trun completes commands'
else
	skip 'completion' 'bash is not installed'
fi
echo "1..$(wc -l <"$tmp/count")"
