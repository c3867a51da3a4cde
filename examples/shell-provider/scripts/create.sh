#!/bin/sh
# usage: create.sh FOLDER
# Makes a sandbox with a copy of FOLDER and prints its name.
set -eu
. "$(dirname "$0")/common.sh"

box=$(mktemp -d "$base/offload-box-XXXXXX")
name=${box##*/}
trap 'kill_all "$name"; rm -rf "$box"' EXIT
trap 'exit 143' TERM INT HUP

mkdir "$box/work" "$box/tmp"
cp -R "$1/." "$box/work/"

# The keeper is a session of its own: it outlives this script, and dies only by a kill.
SHELL_SANDBOX=$name TMPDIR=$box/tmp setsid sh -c 'while :; do sleep 3600; done' \
  </dev/null >/dev/null 2>&1 &
echo "$!" >"$box/keeper.pid"

trap - EXIT
echo "$name"
