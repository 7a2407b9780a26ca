# SPDX-License-Identifier: MIT
lacks() {
	have rspec
	ruby -e 'require "rspec_junit_formatter"' 2>/dev/null || echo rspec_junit_formatter is not installed
}
first() { rspec --format RspecJunitFormatter --out "$report"; }
base=rspec
