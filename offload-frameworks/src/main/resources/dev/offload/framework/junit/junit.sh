# What listing and building share. Set before it: folder, store_name, classpath_command, test_jars, and the functions
# maven and maven_compile.
root=$(pwd -P)
store=${folder%/*}/$store_name
token=$OFFLOAD_SIGNAL_TOKEN
unset OFFLOAD_SIGNAL_TOKEN
plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath

say() {
  printf '\036%s %s\n' "$token" "$1"
}

# The runner, out of the text in which it came.
unpack_runner() { # target
  base64 -d <"$folder/runner.b64" >"$1" 2>/dev/null || base64 -D <"$folder/runner.b64" >"$1" 2>/dev/null ||
    openssl base64 -d -A -in "$folder/runner.b64" -out "$1" || {
    echo "offload: neither base64 nor openssl can unpack the test runner here" >&2
    exit 127
  }
}

# The class paths of all modules, made once by whoever comes first:
#   status          how the command ended, its output is in log
#   modules         the folder of a module in each line
#   classpath-N     the class path of the Nth module, an entry in each line
#   roots-N         the folders of it where tests are looked for
#   trouble-N       why the module cannot be used; mostly not there
class_paths() {
  until [ -e "$store/done" ]; do
    if mkdir "$store" 2>/dev/null; then
      count=0
      : >"$store/modules"
      if [ -n "$classpath_command" ]; then
        from_command
      else
        from_maven
      fi
      : >"$store/done"
    else
      sleep 0.2 2>/dev/null || sleep 1
    fi
  done
}

from_command() {
  sh -c "$classpath_command" </dev/null >"$store/lines" 2>"$store/log"
  echo $? >"$store/status"
  tab=$(printf '\t')
  while IFS= read -r line || [ -n "$line" ]; do
    [ -n "$line" ] || continue
    module=.
    case $line in
      *"$tab"*) module=${line%%"$tab"*} line=${line#*"$tab"} ;;
    esac
    add_module "${module%/}"
    printf '%s\n' "$line" | tr ':' '\n' | while IFS= read -r entry; do
      case $entry in
        '') ;;
        /*) printf '%s\n' "$entry" ;;
        *) printf '%s\n' "$root/${entry#./}" ;;
      esac
    done >"$store/classpath-$count"
    while IFS= read -r entry; do
      case $entry in
        "$root"/*) [ -d "$entry" ] && printf '%s\n' "$entry" ;;
      esac
    done <"$store/classpath-$count" >"$store/roots-$count"
    add_platform
  done <"$store/lines"
}

written_class_paths() {
  find . \( -name .git -o -name node_modules -o -name src \) -prune -o \
    -path '*/target/offload-classpath' -type f -print | LC_ALL=C sort
}

from_maven() {
  written_class_paths | while IFS= read -r file; do rm -f "$file"; done
  maven_compile "$plugin" -Dmdep.outputFile=target/offload-classpath -Dmdep.pathSeparator=: \
    -Dmdep.regenerateFile=true >"$store/log" 2>&1 </dev/null
  echo $? >"$store/status"
  written_class_paths >"$store/written"
  while IFS= read -r file; do
    module=${file%/target/offload-classpath}
    module=${module#./}
    target=$root/$module/target
    [ "$module" = . ] && target=$root/target
    add_module "$module"
    [ -d "$target/test-classes" ] && printf '%s\n' "$target/test-classes" >"$store/roots-$count"
    {
      printf '%s\n%s\n' "$target/test-classes" "$target/classes"
      tr ':' '\n' <"$file"
      echo
    } | sed '/^$/d' >"$store/classpath-$count"
    rm -f "$file"
    if [ -s "$store/roots-$count" ] || [ -n "$test_jars" ]; then
      add_platform
    fi
  done <"$store/written"
}

add_module() { # folder
  count=$((count + 1))
  printf '%s\n' "$1" >>"$store/modules"
  : >"$store/roots-$count"
}

# Adds what the JUnit Platform needs to run and the project leaves to its build tool: the launcher, and the engine where
# only the API is named. The versions are those of the project.
add_platform() {
  launcher='' platform='' api='' engine='' four=''
  while IFS= read -r entry; do
    case ${entry##*/} in
      junit-platform-launcher-*.jar) launcher=$entry ;;
      junit-platform-commons-*.jar) platform=$entry ;;
      junit-jupiter-api-*.jar) api=$entry ;;
      junit-jupiter-engine-*.jar) engine=$entry ;;
      junit-4.*.jar) four=$entry ;;
    esac
  done <"$store/classpath-$count"
  case ${platform##*/} in
    junit-platform-commons-1.[0-3].*)
      echo "JUnit 5.4 or newer is needed, and its class path has ${platform##*/}: raise the version of JUnit" >"$store/trouble-$count"
      return ;;
  esac
  [ -n "$launcher" ] && return
  if [ -n "$platform" ]; then
    version=${platform##*/junit-platform-commons-}
    version=${version%.jar}
    near=${platform%/junit-platform-commons/*}/junit-platform-launcher/$version/junit-platform-launcher-$version.jar
    if [ -n "$api" ] && [ -z "$engine" ]; then
      jupiter=${api##*/junit-jupiter-api-}
      fetch "org.junit.platform junit-platform-launcher $version" "org.junit.jupiter junit-jupiter-engine ${jupiter%.jar}"
    elif [ -e "$near" ]; then
      printf '%s\n' "$near" >>"$store/classpath-$count"
    else
      fetch "org.junit.platform junit-platform-launcher $version"
    fi
  elif [ -n "$four" ]; then
    fetch "org.junit.platform junit-platform-launcher 1.14.4" "org.junit.vintage junit-vintage-engine 5.14.4"
  elif [ -s "$store/roots-$count" ] && [ -n "$(find "$(sed -n 1p "$store/roots-$count")" -name '*.class' -print | head -n 1)" ]; then
    echo "its class path holds neither the JUnit Platform (JUnit 5 or 6) nor JUnit 4" >"$store/trouble-$count"
  else
    : >"$store/roots-$count"
  fi
}

# Adds libraries with all that they need.
fetch() { # "group artifact version"…
  pom=$store/pom-$count.xml
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>offload</groupId><artifactId>platform</artifactId>'
    echo '<version>1</version><packaging>pom</packaging><dependencies>'
    for artifact in "$@"; do
      printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>\n' $artifact
    done
    echo '</dependencies></project>'
  } >"$pom"
  if maven -q -f "$pom" "$plugin" -Dmdep.outputFile="$store/fetched" -Dmdep.pathSeparator=: -Dmdep.regenerateFile=true \
    >"$store/fetch-log" 2>&1 </dev/null; then
    { tr ':' '\n' <"$store/fetched"; echo; } | sed '/^$/d' >>"$store/classpath-$count"
  else
    {
      echo "the JUnit Platform could not be completed by: $*; add org.junit.platform:junit-platform-launcher to the test dependencies"
      grep -v '^WARNING' "$store/fetch-log" | head -n 5
    } | tr '\n' ' ' >"$store/trouble-$count"
  fi
}

# The entries of a file in one line.
joined() { # file
  paste -s -d : "$1"
}
