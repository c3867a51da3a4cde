#!/bin/sh
# Installs a Docker engine for the tests, starts one where none runs, and gives it an image with Python and pytest that is
# made on this machine: nothing is pulled. Run by ./check; harmless when run again.
set -eu
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}/docker
image=offload-test-python:1
mkdir -p "$tools"
PATH=$PATH:/usr/sbin:/sbin

if [ "$(id -u)" -eq 0 ]; then
  as_root=
elif [ "${CI:-}" = true ]; then
  as_root='sudo -n'
elif docker info >/dev/null 2>&1 && docker image inspect "$image" >/dev/null 2>&1; then
  exit 0
else
  echo "The tests need a Docker engine. Run this once as root:  CI=true $0" >&2
  exit 1
fi

if ! command -v dockerd >/dev/null || ! command -v debootstrap >/dev/null; then
  # The package would start its service where it can; the tests' engine is started below.
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends docker.io debootstrap >/dev/null
fi

start_engine() {
  # An engine that was killed leaves the number of its process behind, which may be another's by now.
  left=/var/run/docker.pid
  if [ -s "$left" ] && ! grep -qs dockerd "/proc/$(cat "$left")/cmdline"; then
    $as_root rm -f "$left"
  fi
  # The log is a file, so that nothing waits for the output of a process that goes on.
  $as_root setsid dockerd >>"$tools/dockerd.log" 2>&1 </dev/null &
  echo $! >"$tools/started"
}

if ! docker info >/dev/null 2>&1; then
  : >"$tools/dockerd.log"
  start_engine
  tries=0
  until docker info >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 90 ] || { tail -n 20 "$tools/dockerd.log" >&2; exit 1; }
    sleep 1
    # One that is still ending keeps a new one from beginning.
    kill -0 "$(cat "$tools/started")" 2>/dev/null || start_engine
  done
fi

if ! docker image inspect "$image" >/dev/null 2>&1; then
  if [ ! -s "$tools/python.tar" ]; then
    folder=$(mktemp -d)
    $as_root debootstrap --variant=minbase --include=python3-pytest bookworm "$folder/root" >"$tools/debootstrap.log" 2>&1 || {
      tail -n 20 "$tools/debootstrap.log" >&2
      exit 1
    }
    $as_root rm -rf "$folder/root/var/cache/apt" "$folder/root/var/lib/apt/lists" "$folder/root/usr/share/doc" \
      "$folder/root/usr/share/locale" "$folder/root/usr/share/man"
    $as_root tar -C "$folder/root" -cf "$tools/python.tar.part" .
    $as_root rm -rf "$folder"
    mv "$tools/python.tar.part" "$tools/python.tar"
  fi
  docker import "$tools/python.tar" "$image" >/dev/null
fi
