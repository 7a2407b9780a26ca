# SPDX-License-Identifier: MIT
lacks() { npm_lacks vitest; }
setup() { ln -s "$NPM_TOOLS/node_modules" node_modules; }
first() { npx vitest run --reporter=json --outputFile="$report"; }
base='npx vitest run'
