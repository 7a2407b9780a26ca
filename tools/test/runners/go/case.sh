# SPDX-License-Identifier: MIT
lacks() { have go; }
setup() { GOFLAGS=-mod=mod GOCACHE=${GOCACHE:-$tmp/gocache}; export GOFLAGS GOCACHE; }
first() { go test -count=1 -json ./... >"$report"; }
base='go test -count=1'
