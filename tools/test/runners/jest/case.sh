# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
lacks() { npm_lacks jest; }
setup() { ln -s "$NPM_TOOLS/node_modules" node_modules; }
first() { npx jest --json --outputFile="$report"; }
base='npx jest'
