#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs what is missing, and nothing else: deps.sh COMMANDS PKGS HEADERS,
# each a list of NAME:DEBIAN-PACKAGE.
set -eu
lack=
for pair in $1; do
	command -v "${pair%%:*}" >/dev/null 2>&1 || lack="$lack ${pair##*:}"
done
for pair in $2; do
	"$PKG_CONFIG" --exists "${pair%%:*}" 2>/dev/null ||
		lack="$lack ${pair##*:}"
done
for pair in $3; do
	echo "#include <${pair%%:*}>" |
		cc -E -xc - >/dev/null 2>&1 || lack="$lack ${pair##*:}"
done
[ -n "$lack" ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
install="apt-get install -y --no-install-recommends$lack"
if ! command -v apt-get >/dev/null 2>&1 ||
	{ [ -n "$sudo" ] && ! command -v sudo >/dev/null 2>&1; }; then
	echo "missing packages (Debian's names):$lack" >&2
	echo "as root, with your system's package manager, like: $install" >&2
	exit 1
fi
echo "installing:$lack"
DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
$sudo apt-get update -qq >/dev/null
$sudo $install -qq >/dev/null
