#!/bin/sh
# usage: destroy.sh SANDBOX
# Kills everything in a sandbox and removes its folder. Harmless when it is gone.
set -eu
. "$(dirname "$0")/common.sh"

case $1 in
  offload-box-*/* | *..*) echo "$1 is not the name of a sandbox" >&2; exit 1 ;;
  offload-box-*) ;;
  *) echo "$1 is not the name of a sandbox" >&2; exit 1 ;;
esac
kill_all "$1"
rm -rf "${base:?}/$1"
