# What the scripts share. A sandbox is a folder and a process, its keeper; its name is the folder's.
# Every process in it carries SHELL_SANDBOX=<name> in its environment.

base=${OFFLOAD_SHELL_SANDBOXES:-${TMPDIR:-/tmp}}

# Succeeds while the keeper of sandbox $1 lives.
lives() {
  { read -r keeper <"$base/$1/keeper.pid"; } 2>/dev/null || return 1
  kill -0 "$keeper" 2>/dev/null || return 1
  state_of "$keeper"
  [ "$state" != Z ]
}

# Sets $state to the state of process $1: R, S, T (stopped), Z (dead, not yet collected) …
state_of() {
  state=
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
  state=${stat##*) }
  state=${state%% *}
}

# Says that sandbox $1 is dead, in the words Offload understands, and ends.
dead() {
  echo "OFFLOAD_SANDBOX_DEAD: the keeper of $1 is gone" >&2
  exit 75
}

# Prints the numbers of the processes in sandbox $1.
processes() {
  for found in $(grep -lsxz "SHELL_SANDBOX=$1" /proc/[0-9]*/environ); do
    found=${found#/proc/}
    echo "${found%/environ}"
  done
}

# Kills everything in sandbox $1, also what is started meanwhile. The keeper goes first: the script that calls this may run in
# the sandbox and come before it among the processes.
kill_all() {
  if { read -r keeper <"$base/$1/keeper.pid"; } 2>/dev/null \
    && grep -qsxz "SHELL_SANDBOX=$1" "/proc/$keeper/environ"; then
    kill -9 "$keeper" 2>/dev/null || :
  fi
  while pids=$(processes "$1") && [ -n "$pids" ]; do
    kill -9 $pids 2>/dev/null || :
  done
}
