# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
lacks() {
	have "${CXX:-c++}"
	echo '#include <gtest/gtest.h>' | ${CXX:-c++} -E -x c++ - >/dev/null 2>&1 ||
		echo googletest is not installed
}
setup() { ${CXX:-c++} -o check check.cc -lgtest -lpthread; }
first() { ./check --gtest_output=json:"$report"; }
also() { echo 'pass Made.x?:y-z*'; }
base=./check
says='"x::y-z\*" has characters that are special'
