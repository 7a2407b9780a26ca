# SPDX-License-Identifier: MIT
run_as() {
	printf '%s one: %s\n' "$1" "$2" >>"$RAN"
	[ "$1" = pass ]
}

@test "adds" {
	run_as pass adds
}

@test "adds 1 + 1 (really?)" {
	run_as fail 'adds 1 + 1 (really?)'
}

@test "it's quoted" {
	run_as fail "it's quoted"
}

@test "a/b [0] {1}" {
	run_as fail 'a/b [0] {1}'
}

@test "größe :: *" {
	run_as fail 'größe :: *'
}

@test "a \$ a \"q\" a \\\\ b" {
	run_as fail 'a $ a "q" a \\ b'
}

@test "prefix" {
	run_as fail prefix
}

@test "prefix and more" {
	run_as pass 'prefix and more'
}

@test "a <b> & c | d" {
	run_as fail 'a <b> & c | d'
}
