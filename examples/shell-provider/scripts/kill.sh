#!/bin/sh
# usage: kill.sh SANDBOX [SIGNAL]
# Sends a signal, KILL by default, to everything in a sandbox, as a failing host would. To try out what Offload makes of it.
set -eu
. "$(dirname "$0")/common.sh"

case ${2:-KILL} in
  KILL | 9) kill_all "$1" ;;
  *) for pid in $(processes "$1"); do kill "-$2" "$pid" 2>/dev/null || :; done ;;
esac
