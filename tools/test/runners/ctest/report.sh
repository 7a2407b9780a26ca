# SPDX-License-Identifier: MIT
# shellcheck shell=sh
ctest --output-junit "$PWD/printed.xml" "$@" >&2
st=$?
cat printed.xml
exit $st
