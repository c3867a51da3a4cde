#!/bin/sh
# Makes the go command available to the tests: the one on PATH, or the system's package; and an older one beside it, which go
# fetches itself, as a toolchain. Run by ./check; harmless when run again.
set -eu
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}
mkdir -p "$tools/go/bin"

if ! command -v go >/dev/null; then
  if ! command -v apt-get >/dev/null; then
    echo "The tests need Go 1.20 or newer: install it from https://go.dev/dl and put it on PATH." >&2
    exit 1
  fi
  apt-get install -y -qq golang-go >/dev/null
fi
go version >/dev/null
ln -sf "$(command -v go)" "$tools/go/bin/go"
GOTOOLCHAIN=go1.23.12 go version >/dev/null
# The race detector needs a C compiler.
if ! command -v gcc >/dev/null && command -v apt-get >/dev/null; then
  apt-get install -y -qq gcc libc6-dev >/dev/null
fi
