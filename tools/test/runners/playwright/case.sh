# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
# No test asks for a page, so no browser is needed.
lacks() { npm_lacks playwright; }
setup() { ln -s "$NPM_TOOLS/node_modules" node_modules; }
first() { PLAYWRIGHT_JSON_OUTPUT_NAME=$report npx playwright test --reporter=json; }
base='npx playwright test'
