# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# Version 2 is one header.
lacks() {
	have "${CXX:-c++}"
	echo '#include <catch2/catch.hpp>' | ${CXX:-c++} -E -x c++ - >/dev/null 2>&1 ||
		echo Catch2 2 is not installed
}
setup() { ${CXX:-c++} -o check check.cc; }
first() { ./check -r xml -o "$report"; }
also() { echo 'pass not starred*'; }
base=./check
says='"\*starred\*" has a special end'
