# SPDX-License-Identifier: MIT
# The report has the files without their directory.
lacks() { have bats; }
setup() { cd tests || exit 2; }
first() { bats --formatter junit . >"$report"; }
base=bats
