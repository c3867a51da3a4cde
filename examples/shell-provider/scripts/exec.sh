#!/bin/sh
# usage: exec.sh SANDBOX COMMAND
# Runs a line of shell in a sandbox, as part of it: when the keeper dies, so does the command.
set -u
. "$(dirname "$0")/common.sh"

name=$1
lives "$name" || dead "$name"
cd "$base/$name/work" || exit 1

(
  while lives "$name"; do sleep 0.2; done
  kill_all "$name"
) </dev/null >/dev/null 2>&1 &
watcher=$!

SHELL_SANDBOX=$name TMPDIR=$base/$name/tmp ${SHELL_SANDBOX_SH:-sh} -c "$2"
code=$?

kill "$watcher" 2>/dev/null
lives "$name" || dead "$name"
exit "$code"
