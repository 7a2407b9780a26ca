# SPDX-License-Identifier: MIT
@test "adds" {
	echo 'fail two: adds' >>"$RAN"
	false
}

@test "prefix" {
	echo 'pass two: prefix' >>"$RAN"
}
