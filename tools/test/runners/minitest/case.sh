# SPDX-License-Identifier: MIT
# The report has no files.
lacks() {
	have ruby
	ruby -e 'require "minitest/reporters"' 2>/dev/null || echo minitest-reporters is not installed
}
first() {
	ruby -Itest -rjunit_reporter test/one_test.rb
	cat reports/*.xml >"$report"
}
base='ruby -Itest test/one_test.rb'
