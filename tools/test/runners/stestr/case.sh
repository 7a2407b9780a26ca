# SPDX-License-Identifier: MIT
lacks() { have stestr; }
setup() { stestr init; }
first() { stestr run; stestr last --subunit >"$report"; }
base='stestr run --load-list {}'
