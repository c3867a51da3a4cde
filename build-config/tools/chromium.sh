#!/bin/sh
# Installs a browser and what drives it, for the tests of report.html and of traces. Run by ./check; harmless when run again.
set -eu
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}

install() { # packages…
  command -v apt-get >/dev/null || {
    echo "The tests need Chromium, and Node.js 20 or newer with npm: install them and put them on PATH." >&2
    exit 1
  }
  as_root=
  [ "$(id -u)" -eq 0 ] || as_root='sudo -n'
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

command -v chromium >/dev/null || install chromium
command -v node >/dev/null && command -v npm >/dev/null || install nodejs npm

# playwright-core drives the browser that is there and downloads none.
set -- playwright-core@1.65.1 axe-core@4.14.1 speedscope@1.25.0
stamp=$tools/browser/.packages
if ! { [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$*" ]; }; then
  rm -rf "${tools:?}/browser"
  mkdir -p "$tools/browser"
  printf '{"private": true}\n' >"$tools/browser/package.json"
  (cd "$tools/browser" && npm install --silent --no-audit --no-fund --no-package-lock --save-exact "$@" >/dev/null)
  printf '%s' "$*" >"$stamp"
fi
ln -sf "$(command -v chromium)" "$tools/browser/chromium"
