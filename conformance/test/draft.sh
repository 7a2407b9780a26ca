#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The harness in C as it would be with libtest2's draft, for trying the profile
# of that name: HARNESS and TCONV name the programs.
set -u
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
"$HARNESS" "$@" >"$out"
status=$?
[ $status -ne 77 ] || exit 77
"$TCONV" -q libtest2 "$out"
exit $status
