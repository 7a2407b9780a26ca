# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# The report has the files without their directory.
lacks() { have bats; }
setup() { cd tests || exit 2; }
first() { bats --formatter junit . >"$report"; }
base=bats
prints='bats --formatter junit *.bats'
