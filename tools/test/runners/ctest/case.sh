# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
lacks() { have cmake; have ctest; }
setup() { cmake -S . -B build >/dev/null; }
first() { (cd build && ctest --output-junit "$report"); }
base='ctest --test-dir build'
prints='sh report.sh --test-dir build'
