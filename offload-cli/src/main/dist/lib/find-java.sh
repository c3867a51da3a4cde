# Read by the launchers; not a program of its own.
#
# find_java PROGRAM [BUILD]
#   Looks for a Java home of version 25 or newer that has bin/PROGRAM (java or javac) and sets java_home to it.
#   One with exactly the build BUILD (JAVA_RUNTIME_VERSION of its "release" file) is preferred; java_matches says whether
#   it is that one. Nothing is started while looking: the version is read from the file "release" of each home.

find_java() {
  java_home='' java_matches=false
  find_java_program=$1 find_java_build=${2:-}
  for find_java_candidate in \
    "${JAVA_HOME:-}" \
    "$(java_home_on_path)" \
    /usr/lib/jvm/* \
    /usr/java/* \
    /opt/java/* \
    /opt/jdk* \
    /opt/*/jdk* \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
    "${HOME:-/nonexistent}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/nonexistent}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    read_java_release "$find_java_candidate" || continue
    if [ -z "$find_java_build" ] || [ "$java_build" = "$find_java_build" ]; then
      java_home=$find_java_candidate java_matches=true
      return 0
    fi
    [ -n "$java_home" ] || java_home=$find_java_candidate
  done
  if [ -z "$java_home" ] && [ -x /usr/libexec/java_home ]; then
    find_java_candidate=$(/usr/libexec/java_home -v 25+ 2>/dev/null) &&
      read_java_release "$find_java_candidate" &&
      java_home=$find_java_candidate
  fi
  [ -n "$java_home" ]
}

# Sets java_build when the folder is a Java home of version 25 or newer that has the program.
read_java_release() {
  [ -n "$1" ] && [ -x "$1/bin/$find_java_program" ] && [ -r "$1/release" ] || return 1
  java_build='' java_major=0
  while IFS= read -r java_line || [ -n "$java_line" ]; do
    java_value=${java_line#*=}
    java_value=${java_value#\"}
    java_value=${java_value%\"}
    case $java_line in
      JAVA_VERSION=*) java_major=${java_value%%[!0-9]*} ;;
      JAVA_RUNTIME_VERSION=*) java_build=$java_value ;;
    esac
  done <"$1/release"
  [ "${java_major:-0}" -ge 25 ]
}

java_home_on_path() {
  java_program=$(command -v java) || return 0
  java_program=$(readlink -f "$java_program" 2>/dev/null) || return 0
  printf '%s' "${java_program%/bin/java}"
}
