# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
lacks() { have phpunit; }
first() { phpunit --no-configuration --log-junit "$report" tests; }
base='phpunit --no-configuration tests'
