# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
for python in python3 /usr/bin/python3; do
	$python -m pytest --version >/dev/null 2>&1 && break
done
lacks() { $python -m pytest --version >/dev/null 2>&1 || echo pytest is not installed; }
first() { $python -m pytest -q --junitxml="$report"; }
base="$python -m pytest -q"
prints="$python -m pytest -q --junitxml=/dev/stdout"
