# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
lacks() {
	have rspec
	ruby -e 'require "rspec_junit_formatter"' 2>/dev/null || echo rspec_junit_formatter is not installed
}
first() { rspec --format RspecJunitFormatter --out "$report"; }
base=rspec
