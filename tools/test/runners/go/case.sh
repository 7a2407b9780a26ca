# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
lacks() { have go; }
setup() { GOFLAGS=-mod=mod GOCACHE=${GOCACHE:-$tmp/gocache}; export GOFLAGS GOCACHE; }
first() { go test -count=1 -json ./... >"$report"; }
base='go test -count=1'
prints='go test -count=1 -json {./...}'
