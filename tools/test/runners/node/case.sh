# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# Before version 22 no reporter says in which file a test is, so its name is
# looked for in all of them.
lacks() { have node; }
first() { node --test --test-reporter=spec tests >"$report"; }
also() {
	echo 'pass one: adds'
	echo 'pass one: b same'
	printf '%s\n' 'pass two words: a/b\c'
	echo 'pass two words: prefix'
}
base='node --test'
says='"same" is matched wherever its file has a test of that name'
