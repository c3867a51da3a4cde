# Runs the tests of a batch, module by module. Set before it: folder, built.
root=$(pwd -P)
[ -z "${OFFLOAD_SIGNAL_TOKEN:-}" ] || token=$OFFLOAD_SIGNAL_TOKEN
unset OFFLOAD_SIGNAL_TOKEN
umask 077

if [ -e "$built/classpath.tgz" ] && [ ! -e "$built/unpacked" ]; then
  mkdir -p "$built/classpath" && tar -x -z -f "$built/classpath.tgz" -C "$built/classpath" || {
    echo "offload: the class path could not be unpacked here; tar and gzip are needed" >&2
    exit 127
  }
  : >"$built/unpacked"
fi

# The class path of a module, in one line.
class_path() { # file
  sed "s|^@/|$built/classpath/|" "$built/$1" | paste -s -d : -
}

# Where the tests of a module run, as Maven has it.
enter() { # folder
  cd "$root/$1" 2>/dev/null || cd "$root" || exit 1
  printf '%s' "$token" >"$folder/token"
}

# A process that did not come to its own end is not followed by another: the test that ran in it must not be forgotten.
next() { # plan, exit code
  [ -e "$folder/$1.ended" ] || exit "$2"
  [ "$2" -eq 0 ] || result=$2
}
result=0
