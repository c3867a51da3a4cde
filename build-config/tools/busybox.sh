#!/bin/sh
# Installs busybox, the smallest shell a sandbox may have, for the tests. Run by ./check; harmless when run again.
set -eu
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}
mkdir -p "$tools/busybox"
[ -x "$tools/busybox/sh" ] && exit 0
if ! command -v busybox >/dev/null 2>&1; then
  if [ "$(id -u)" -eq 0 ]; then
    as_root=
  elif [ "${CI:-}" = true ]; then
    as_root='sudo -n'
  else
    echo "busybox is missing. Run this, then ./check again:  sudo apt-get install busybox-static" >&2
    exit 1
  fi
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q busybox-static >/dev/null
fi
# Its shell finds its own tools first, as in a container that has nothing else.
ln -sf "$(command -v busybox)" "$tools/busybox/busybox"
printf '#!/bin/sh\nexec %s sh "$@"\n' "$tools/busybox/busybox" >"$tools/busybox/sh"
chmod 755 "$tools/busybox/sh"
