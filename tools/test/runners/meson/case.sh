# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
lacks() { have meson; have ninja; }
setup() { meson setup build >/dev/null; }
first() { meson test -C build; cp build/meson-logs/testlog.junit.xml "$report"; }
base='meson test -C build'
