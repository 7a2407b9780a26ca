# SPDX-License-Identifier: MIT
# What prove runs again is files.
lacks() {
	have prove
	perl -MTAP::Formatter::JUnit -e 1 2>/dev/null || echo TAP::Formatter::JUnit is not installed
}
first() { JUNIT_NAME_MANGLE=none prove --formatter TAP::Formatter::JUnit t >"$report"; }
base=prove
