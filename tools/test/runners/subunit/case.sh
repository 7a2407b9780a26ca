# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# subunit.run has the status 0 whatever failed.
runner=subunit-list
for python in python3 /usr/bin/python3; do
	$python -c 'import subunit.run' >/dev/null 2>&1 && break
done
lacks() { $python -c 'import subunit.run' >/dev/null 2>&1 || echo python3-subunit is not installed; }
first() { $python -m subunit.run discover nasty -t . >"$report"; }
base="$python -m subunit.run --load-list {} nasty.test_one"
status=0
