# Runs a command in a process group of its own, beats a heart on standard output, and says how the command ended.
# Arguments: token, seconds between beats, the command. Needs a POSIX shell with kill, sleep and printf, nothing else;
# where there is no setsid the shell's own job control makes the group, and where that wants a terminal, as dash does, the
# group is found by descent.
token=$1 beat=$2
shift 2

say() { printf '\036%s !%s\n' "$token" "$*"; }

if command -v setsid >/dev/null 2>&1; then
  setsid "$@" </dev/null &
  group=-$!
else
  set -m 2>/dev/null
  "$@" </dev/null &
  group=$!
  set +m 2>/dev/null
  kill -0 "-$group" 2>/dev/null && group=-$group
fi
child=$!

# The group may not be there yet, right after the start.
kill_command() { kill -9 "$group" 2>/dev/null || kill -9 "$child" 2>/dev/null; }

# From here on a write that nobody listens to fails and does not kill; the command was started before.
trap '' PIPE
say start "$group" 2>/dev/null || { kill_command; exit 0; }

# Says whether this shell, the one that waits for the command, is running, stopped or dead. A dead one whose parent has not
# asked for its end is still there for kill; where there is a /proc, that tells.
condition() {
  kill -0 "$$" 2>/dev/null || { echo dead; return; }
  stat='running) R'
  [ -r "/proc/$$/stat" ] && IFS= read -r stat <"/proc/$$/stat"
  stat=${stat##*) }
  case $stat in
    [ZX]*) echo dead ;;
    [Tt]*) echo stopped ;;
    *) echo running ;;
  esac
}

# The heart beats for this shell: when it is dead nobody would tell the end of the command, and when a write fails nobody
# listens. Then nothing may stay behind.
(
  trap 'kill "$nap" 2>/dev/null; exit 0' TERM
  while :; do
    sleep "$beat" </dev/null >/dev/null 2>&1 &
    nap=$!
    wait "$nap"
    state=$(condition)
    [ "$state" = stopped ] && continue
    [ "$state" = running ] && say beat 2>/dev/null || { kill_command; exit 0; }
  done
) &
heart=$!

code=0
wait "$child" 2>/dev/null || code=$?
kill -9 "$group" 2>/dev/null
kill "$heart" 2>/dev/null
wait "$heart" 2>/dev/null
say end "$code" 2>/dev/null
exit 0
