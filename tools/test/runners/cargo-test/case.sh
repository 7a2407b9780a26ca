# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# Suites are named by what cargo says on standard error.
lacks() { have cargo; }
first() {
	RUSTC_BOOTSTRAP=1 cargo test --offline --no-fail-fast --all-targets -- -Z unstable-options --format json >"$report" 2>&1
	RUSTC_BOOTSTRAP=1 cargo test --offline --no-fail-fast --doc -- -Z unstable-options --format json >>"$report" 2>&1
}
base='cargo test --offline'
says='"src/lib.rs - one (line [0-9]*)" is found by the end of its line number'
RUSTC_BOOTSTRAP=1
export RUSTC_BOOTSTRAP
prints='cargo test --offline --no-fail-fast {--all-targets} -- -Z unstable-options --format json ::: cargo test --offline --no-fail-fast --doc -- -Z unstable-options --format json'
