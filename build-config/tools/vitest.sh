#!/bin/sh
# Installs vitest in several versions, for the tests. Run by ./check; harmless when run again.
set -eu
. "$(dirname "$0")/lib/environments"

install_node() {
  command -v apt-get >/dev/null || {
    echo "The tests need Node.js 20.19 or newer with npm: install it and put it on PATH." >&2
    exit 1
  }
  as_root=
  [ "$(id -u)" -eq 0 ] || as_root='sudo -n'
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
}

command -v node >/dev/null && command -v npm >/dev/null || install_node

fill() { # folder, packages…
  mkdir -p "$1"
  printf '{"private": true}\n' >"$1/package.json"
  (cd "$1" && shift && npm install --silent --no-audit --no-fund --no-package-lock --save-exact "$@" >/dev/null)
}

environment vitest-2 vitest@2.1.9 vite@5.4.21
environment vitest-3 vitest@3.2.4 vite@6.4.6
environment vitest-4 vitest@4.1.12 vite@7.3.8
