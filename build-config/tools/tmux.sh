#!/bin/sh
# Installs tmux, a terminal without a window, for the tests of what is shown in one. Run by ./check; harmless when run again.
set -eu
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}
if ! command -v tmux >/dev/null; then
  if [ "$(id -u)" -eq 0 ]; then
    as_root=
  elif [ "${CI:-}" = true ]; then
    as_root='sudo -n'
  else
    echo "tmux is missing. Run this, then ./check again:  sudo apt-get install tmux" >&2
    exit 1
  fi
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends tmux >/dev/null
fi
mkdir -p "$tools/tmux"
ln -sf "$(command -v tmux)" "$tools/tmux/tmux"
