# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
lacks() { npm_lacks vitest; }
setup() { ln -s "$NPM_TOOLS/node_modules" node_modules; }
first() { npx vitest run --reporter=json --outputFile="$report"; }
base='npx vitest run'
