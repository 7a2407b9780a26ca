#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The pipeline of README.md on what harnesses really print: their streams kept
# in testdata and the corpus, and the harnesses that are installed, run here.
# Each goes through tfilter fail and tconv junit; the report must hold exactly
# the failures that the stream has.
set -u
cd "$(dirname "$0")/../../.." || exit 2
PATH=$PWD/$B/bin:$PATH
corpus=${CORPUS:-../shared/corpus}
export PATH
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
n=0
echo "TAP version 14"

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# check TITLE FAILURES FILE: so many failures come out of the pipeline.
check() {
	n=$((n + 1))
	tfilter -q fail "$3" 2>"$tmp/err" | tconv -q junit >"$tmp/report.xml" 2>>"$tmp/err"
	got=$(grep -o '<testcase' "$tmp/report.xml" | wc -l)
	bad=$(grep -oE '<(failure|error)[ >/]' "$tmp/report.xml" | wc -l)
	if [ "$got" -eq "$2" ] && [ "$bad" -ge "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "# $got cases, $bad failures in the report, wanted $2"
		sed 's/^/# /' "$tmp/err" | head -n 5
	fi
}

check "libtest2, stray lines in between" 2 testdata/libtest2/serial.jsonl
check "libtest, bytes that are not UTF-8 in between" 5 testdata/libtest/run.jsonl
if [ -d "$corpus/rust" ]; then
	check "libtest2, in parallel" 2 "$corpus/rust/libtest2-generated/par.jsonl"
	check "go test -json with build output" 1 "$corpus/go-json/go/buildfail.jsonl"
else
	skip "real streams of the corpus" "the corpus is not there"
fi

if command -v cargo >/dev/null 2>&1; then
	mkdir -p "$tmp/demo/src" "$tmp/demo/tests"
	cat >"$tmp/demo/Cargo.toml" <<'TOML'
[package]
name = "demo"
version = "0.1.0"
edition = "2021"
TOML
	cat >"$tmp/demo/src/lib.rs" <<'RUST'
pub fn unused_in_tests() {}
#[cfg(test)]
mod tests {
    #[test]
    fn passes() { println!("noise"); }
    #[test]
    fn fails() { assert_eq!(1, 2, "one \"is\" two\u{1b}[31m"); }
    #[test]
    #[ignore = "not today"]
    fn ignored() {}
}
RUST
	cat >"$tmp/demo/tests/api.rs" <<'RUST'
#[test]
fn fails() { let unused = 1; panic!("from the integration test"); }
RUST
	(cd "$tmp/demo" && RUSTC_BOOTSTRAP=1 cargo test --offline --no-fail-fast -- \
	    -Z unstable-options --format json) >"$tmp/cargo" 2>&1
	check "cargo test run here, with cargo's own output" 2 "$tmp/cargo"
else
	skip "cargo test run here" "cargo is not installed"
fi

if command -v go >/dev/null 2>&1; then
	mkdir -p "$tmp/gomod"
	printf 'module demo\n\ngo 1.19\n' >"$tmp/gomod/go.mod"
	cat >"$tmp/gomod/demo_test.go" <<'GO'
package demo

import "testing"

func TestPasses(t *testing.T) {}
func TestFails(t *testing.T)  { t.Fatal("no") }
func TestSkips(t *testing.T)  { t.Skip("later") }
func TestParent(t *testing.T) {
	t.Run("fails too", func(t *testing.T) { t.Error("sub") })
}
GO
	(cd "$tmp/gomod" && GOFLAGS=-mod=mod GOCACHE="$tmp/gocache" HOME="$tmp" \
	    go test -json ./...) >"$tmp/go" 2>&1
	check "go test run here" 3 "$tmp/go"
else
	skip "go test run here" "go is not installed"
fi

# A filter that passes everything changes nothing.
for f in testdata/examples/run.jsonl testdata/hostile/*.jsonl; do
	[ -f "$f" ] || continue
	n=$((n + 1))
	if tfilter 'all()' "$f" 2>/dev/null | cmp -s - "$f"; then
		echo "ok $n - tfilter all() leaves ${f##*/} as it is"
	else
		echo "not ok $n - tfilter all() leaves ${f##*/} as it is"
	fi
done
n=$((n + 1))
cat >"$tmp/odd" <<'STREAM'
{"event":"protocol","version":"1.99","producer":{"name":"odd","x.y":1e400},"new":[1,{"a":-0}]}
{"event":"run_start","big":18446744073709551615,"x.z":"\u0041\ud800\/"}
{"event":"case_replay","name":"a","outcome":"fail"}
{ "name" : "a" , "event" : "case_start" , "later" : 0.10000000000000000000001 }
{"event":"case_complete","name":"a","outcome":"pass","status":"melted","unknown":{"deep":[[[null]]]}}
{"event":"run_complete","outcome":"pass","counts":{"pass":1,"fail":0,"skip":0,"new":7}}
STREAM
if tfilter 'all()' "$tmp/odd" | tfilter pass | tconv native | cmp -s - "$tmp/odd"; then
	echo "ok $n - what is unknown passes three filters byte for byte"
else
	echo "not ok $n - what is unknown passes three filters byte for byte"
fi
echo "1..$n"
