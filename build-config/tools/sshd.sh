#!/bin/sh
# Installs an SSH server and client, and what cuts a network between them, for the tests. Run by ./check; harmless when run
# again. The tests start servers of their own with throw-away keys; nothing is enabled on the machine.
set -eu
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}
PATH=$PATH:/usr/sbin:/sbin
if ! command -v sshd >/dev/null || ! command -v ssh >/dev/null || ! command -v ip >/dev/null; then
  if [ "$(id -u)" -eq 0 ]; then
    as_root=
  elif [ "${CI:-}" = true ]; then
    as_root='sudo -n'
  else
    echo "An SSH server is missing. Run this, then ./check again:  sudo apt-get install openssh-server openssh-client iproute2" >&2
    exit 1
  fi
  # The package starts its server where it can; a policy that says no keeps it from that.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee /usr/sbin/policy-rc.d >/dev/null
    $as_root chmod 755 /usr/sbin/policy-rc.d
    trap '$as_root rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    openssh-server openssh-client iproute2 >/dev/null
fi
mkdir -p "$tools/ssh"
for program in sshd ssh ssh-keygen ip; do
  ln -sf "$(command -v $program)" "$tools/ssh/$program"
done
