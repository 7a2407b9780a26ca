#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The unit tests of the conformance suite's runner.
set -u
cd "$(dirname "$0")/../../.." || exit 2
log=$B/tap/conform-unit.log
rm -f "$log"
CK_TAP_LOG_FILE_NAME=$log $RUN "$B/conform-unit" >"$B/tap/conform-unit.out" 2>&1
st=$?
cat "$log" 2>/dev/null
# A crash without fork ends the log early.
[ $st -le 1 ] || echo "not ok - conform-unit died with $st"
