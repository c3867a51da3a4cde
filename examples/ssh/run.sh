#!/bin/sh
# Plays two hosts, runs the tests of the quickstart on them, and removes the hosts. A host is an SSH server on a loopback port
# with throw-away keys and a home folder of its own. Arguments go to `offload run`; OFFLOAD names another program for it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
hosts=$here/hosts
PATH=$PATH:/usr/sbin
servers=

end() {
  # The list is meant to be split into words.
  # shellcheck disable=SC2086
  [ -z "$servers" ] || kill $servers 2>/dev/null || true
  rm -rf "$hosts"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

server=$(command -v sshd) || {
  echo "examples/ssh needs an SSH server to play hosts with: sudo apt-get install openssh-server" >&2
  exit 78
}
rm -rf "$hosts"
mkdir -p "$hosts"
chmod 700 "$hosts"
ssh-keygen -q -t ed25519 -N '' -f "$hosts/client"
# As root the server wants this folder, which starting it as a service would make.
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

: >"$hosts/known_hosts"
: >"$hosts/ssh_config"
for name in a b; do
  host=$hosts/$name
  mkdir -p "$host/tmp"
  ssh-keygen -q -t ed25519 -N '' -f "$host/key"
  port=$(free_port)
  cat >"$host/sshd_config" <<END
Port $port
ListenAddress 127.0.0.1
HostKey $host/key
AuthorizedKeysFile $hosts/client.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
SetEnv HOME=$host TMPDIR=$host/tmp
END
  : >"$host/log"
  "$server" -D -e -f "$host/sshd_config" 2>>"$host/log" &
  servers="$servers $!"
  echo "host-$name $(cut -d' ' -f1,2 "$host/key.pub")" >>"$hosts/known_hosts"
  cat >>"$hosts/ssh_config" <<END
Host host-$name
  HostName 127.0.0.1
  Port $port
  HostKeyAlias host-$name
END
  tries=0
  until grep -q 'Server listening' "$host/log"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { cat "$host/log" >&2; exit 1; }
    sleep 0.1
  done
done
cat >>"$hosts/ssh_config" <<END
Host *
  IdentityFile $hosts/client
  IdentitiesOnly yes
  UserKnownHostsFile $hosts/known_hosts
END

cd "$here/../.."
code=0
${OFFLOAD:-./offload} run -c examples/ssh/offload.toml "$@" || code=$?
exit "$code"
