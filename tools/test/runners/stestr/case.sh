# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
lacks() { have stestr; }
setup() { stestr init; }
first() { stestr run; stestr last --subunit >"$report"; }
base='stestr run --load-list {}'
