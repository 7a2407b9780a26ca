#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a terminal shows, under tmux: of tsum --follow and ttee --progress a
# block with the running cases while the run goes on, and nothing of it left
# when the summary stands; of trerun, names that do not steer it.
set -u
cd "$(dirname "$0")/../../.." || exit 2
echo "TAP version 14"
if ! command -v tmux >/dev/null 2>&1; then
	echo "ok 1 - follow # SKIP tmux is not installed"
	echo "1..1"
	exit 0
fi
PATH=$PWD/$B/bin:$PATH
export PATH
tmp=$(mktemp -d) || exit 2
sock=
trap 'tmux -S "$sock" kill-server 2>/dev/null; rm -rf "$tmp"' EXIT
n=0

cat >"$tmp/slow" <<'SH'
echo '{"event":"protocol","version":"1.0","producer":{"name":"slow"}}'
echo '{"event":"run_start","total":3}'
echo '{"event":"case_start","name":"first"}'
echo '{"event":"case_complete","name":"first","outcome":"pass"}'
echo '{"event":"case_start","name":"the slow one"}'
sleep 3
echo '{"event":"case_complete","name":"the slow one","outcome":"fail"}'
echo '{"event":"case_start","name":"last"}'
echo '{"event":"case_complete","name":"last","outcome":"pass"}'
echo '{"event":"run_complete","outcome":"fail"}'
SH

# shows TITLE PATTERN: within five seconds the screen has it.
shows() {
	n=$((n + 1))
	i=0
	while [ $i -lt 50 ]; do
		tmux -S "$sock" capture-pane -p >"$tmp/screen" 2>/dev/null
		grep -q -- "$2" "$tmp/screen" && break
		sleep 0.1
		i=$((i + 1))
	done
	if [ $i -lt 50 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/# /' "$tmp/screen"
	fi
}

# A server for each, so that the end of one is not that of the next.
play() {
	sock=$tmp/$n
	TERM=xterm-256color tmux -S "$sock" -f /dev/null new-session -d -x 100 -y 24 \
	    "sh '$tmp/slow' | $1; sleep 30"
}

play 'tsum --follow'
shows "tsum --follow names the running case" 's  the slow one'
shows "and counts" '1/3 done'
shows "then comes the summary" '^FAIL: 3 tests, 2 passed, 1 failed'
n=$((n + 1))
if grep -q '1/3 done' "$tmp/screen"; then
	echo "not ok $n - nothing is left of the block"
	sed 's/^/# /' "$tmp/screen"
else
	echo "ok $n - nothing is left of the block"
fi
tmux -S "$sock" kill-server

play 'tsum --follow'
shows "while a case runs" 's  the slow one'
tmux -S "$sock" send-keys C-c
shows "Ctrl-C ends the harness, and there is a summary" '^FAIL: 2 tests, 1 passed, 1 failed, 1 of them incomplete'
tmux -S "$sock" kill-server

play 'ttee --progress >/dev/null'
shows "ttee --progress has a bar" '^\[#* *\] 1/3 done'
shows "and what runs longest" ' 1/3 done.*  the slow one'
shows "and a last line" '^3/3 done, 1 failed'
tmux -S "$sock" kill-server

# A name is shown to who looks at it; programs get it as it is.
cat >"$tmp/hostile" <<'RUN'
{"event":"protocol","version":"1.0","producer":{"name":"t"}}
{"event":"run_start"}
{"event":"case_start","name":"a\u001b[2Jb"}
{"event":"case_complete","name":"a\u001b[2Jb","outcome":"fail"}
{"event":"run_complete","outcome":"fail"}
RUN
play "trerun '$tmp/hostile'"
shows "trerun shows what would steer the terminal" '^a.x1b.2Jb'
echo "1..$n"
