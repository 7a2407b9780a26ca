# SPDX-License-Identifier: MIT
lacks() { have phpunit; }
first() { phpunit --no-configuration --log-junit "$report" tests; }
base='phpunit --no-configuration tests'
