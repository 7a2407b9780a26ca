# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
lacks() { npm_lacks mocha; }
setup() { ln -s "$NPM_TOOLS/node_modules" node_modules; }
first() { npx mocha --reporter json --reporter-option output="$report" 'tests/*.js'; }
base='npx mocha'
