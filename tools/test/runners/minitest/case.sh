# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# The report has no files, and with reporters before 1.1.19 no classes.
lacks() {
	have ruby
	ruby -e 'require "minitest/reporters"' 2>/dev/null || echo minitest-reporters is not installed
}
first() {
	ruby -Itest -rjunit_reporter test/one_test.rb
	cat reports/*.xml >"$report"
	! grep -q Minitest::Result "$report" || says='is matched in any class'
}
also() { [ -z "$says" ] || echo 'pass more'; }
base='ruby -Itest test/one_test.rb'
