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
say start "$group"

# A failing write means that nobody listens any more: then nothing may stay behind.
(
  trap '' PIPE
  trap 'kill "$nap" 2>/dev/null; exit 0' TERM
  while :; do
    sleep "$beat" </dev/null >/dev/null 2>&1 &
    nap=$!
    wait "$nap"
    say beat 2>/dev/null || { kill -9 "$group" 2>/dev/null; exit 0; }
  done
) &
heart=$!

code=0
wait "$child" 2>/dev/null || code=$?
kill -9 "$group" 2>/dev/null
kill "$heart" 2>/dev/null
wait "$heart" 2>/dev/null
say end "$code"
exit 0
