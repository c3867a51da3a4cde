# Keeps the sandboxes of one connection on this host. It reads orders on standard input, a line each, the first of them "hello",
# and answers on standard output with lines that begin with the token of the connection. Every order is a sign of life. When none comes for a while,
# or the input ends, it closes every sandbox: nothing outlives the run that made it. Arguments: token, seconds of patience,
# token of the run, which may have more keepers here.
token=$1 patience=$2 run=$3
umask 077
trap '' PIPE HUP
base=${TMPDIR:-/tmp}
state=$base/offload-keeper-$token

answer() { printf '%s %s\n' "$token" "$*"; }

for tool in env mkdir grep tar cksum xargs sleep; do
  command -v "$tool" >/dev/null || { answer "refused hello it has no '$tool', which every host needs"; exit 0; }
done
[ -r /proc/self/environ ] || { answer "refused hello it has no /proc, so processes cannot be found there: only Linux hosts can be used"; exit 0; }
mkdir "$state" || exit 74

# Kills whatever carries a mark in its environment, also what is started meanwhile.
kill_carriers() {
  tries=0
  while [ "$tries" -lt 200 ]; do
    carriers=$(grep -ls -- "$1" /proc/[0-9]*/environ 2>/dev/null)
    [ -n "$carriers" ] || break
    for carrier in $carriers; do
      carrier=${carrier#/proc/}
      kill -9 "${carrier%/environ}" 2>/dev/null
    done
    tries=$((tries + 1))
    [ "$tries" -gt 20 ] && sleep 1
  done
}

# Ends a sandbox and removes its folder.
close_sandbox() {
  kill_carriers "$1"
  remove_folder "$base/offload-sb-$1"
  rm -f "$state/sandbox-$1"
}

# Something may still be written into the folder while it is removed, and a test may have taken rights away.
remove_folder() {
  tries=0
  until rm -rf -- "$1" 2>/dev/null; do
    chmod -R u+rwx "$1" 2>/dev/null
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || break
    [ "$tries" -lt 5 ] || sleep 1
  done
}

close_all() {
  # What is being copied to the workspace, or prepares it.
  kill_carriers "$token"
  for known in "$state"/sandbox-*; do
    [ -e "$known" ] && close_sandbox "${known##*/sandbox-}"
  done
  if [ -s "$state/lock" ]; then
    IFS= read -r lock <"$state/lock"
    read -r _ holder _ <"$lock/keeper"
    [ "$holder" != "$token" ] || rm -rf -- "$lock"
  fi
  rm -rf -- "$state"
}

watch() {
  missed=0
  while [ -d "$state" ]; do
    sleep 1
    if rm "$state/alive" 2>/dev/null; then missed=0; else missed=$((missed + 1)); fi
    if [ "$missed" -ge "$patience" ]; then
      close_all
      kill -9 "$keeper" 2>/dev/null
      exit 0
    fi
  done
}

# Only one run at a time may change a workspace: the lock is a folder beside it that names its keeper and the run. A run whose
# connection is lost goes on with another, which takes the lock over.
lock_workspace() {
  mkdir -p -- "$1" 2>"$state/error" || { answer "refused lock $(cat "$state/error")"; return; }
  lock=$1.offload-lock
  if ! mkdir -- "$lock" 2>/dev/null; then
    holder_pid='' holder='' holder_run=''
    read -r holder_pid holder holder_run 2>/dev/null <"$lock/keeper"
    if [ "$holder_run" != "$run" ] && [ -d "$base/offload-keeper-${holder:-?}" ] && kill -0 "$holder_pid" 2>/dev/null; then
      answer "refused lock another run of Offload uses the workspace $1"
      return
    fi
  fi
  printf '%s %s %s\n' "$keeper" "$token" "$run" >"$lock/keeper"
  printf '%s\n' "$lock" >"$state/lock"
  answer "done lock"
}

open_sandbox() {
  if mkdir -- "$base/offload-sb-$1" 2>"$state/error"; then
    : >"$state/sandbox-$1"
    answer "done $1 $(cd "$base/offload-sb-$1" && pwd -P)"
  else
    answer "refused $1 $(cat "$state/error")"
  fi
}

keeper=$$
: >"$state/alive"
watch </dev/null >/dev/null 2>&1 &
# Something that the login shell runs may have taken what is ours.
IFS= read -r first
if [ "$first" != hello ]; then
  answer "refused hello a profile of its login shell reads standard input, which is Offload's: keep it from that where the shell is not interactive"
  close_all
  exit 0
fi
answer "done hello $(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) $HOME"

while IFS=' ' read -r verb name; do
  : >"$state/alive"
  case $verb in
    ping) answer "done $name" ;;
    open) open_sandbox "$name" ;;
    close) { close_sandbox "$name"; answer "done $name"; } & ;;
    kill) kill_carriers "$name" & ;;
    lock) lock_workspace "$name" ;;
  esac
done
close_all
exit 0
