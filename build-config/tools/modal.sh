#!/bin/sh
# Installs the Modal SDK for the tests, which run it against a server of their own. Run by ./check; harmless when run again.
set -eu
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}
mkdir -p "$tools"

# pytest is here because the sandboxes of the tests are processes of this machine and run its Python.
packages='modal==1.6.4 pytest==9.0.3'
stamp=$tools/modal/.packages
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$packages" ] && exit 0
rm -rf "${tools:?}/modal"
python3 -m venv "$tools/modal"
# The list is meant to be split into words.
# shellcheck disable=SC2086
"$tools/modal/bin/python" -m pip install --quiet --disable-pip-version-check $packages
printf '%s' "$packages" >"$stamp"
