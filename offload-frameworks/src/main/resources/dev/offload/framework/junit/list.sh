# Lists the tests of all modules, or of those that are named. Only compiling matters here, so the JVM does not optimise.
shift
umask 077
unpack_runner "$folder/runner.jar"
class_paths
say "root $root"
say "prepared $(cat "$store/status")"
[ "$(cat "$store/status")" = 0 ] || {
  cat "$store/log"
  [ -n "$classpath_command" ] ||
    say "maven $(maven --version 2>/dev/null | sed -n 's/.*\(Apache Maven [0-9][0-9.]*\).*/\1/p' | head -n 1)"
}
number=0
while IFS= read -r module; do
  number=$((number + 1))
  wanted=$#
  for name in "$@"; do
    [ "$name" = "$module" ] && wanted=0
  done
  [ "$wanted" -eq 0 ] || continue
  if [ -s "$store/trouble-$number" ]; then
    say "module $module"
    say "trouble $(head -n 1 "$store/trouble-$number")"
    continue
  fi
  [ -s "$store/roots-$number" ] || [ -n "$test_jars" ] || continue
  say "module $module"
  printf '%s' "$token" >"$folder/token"
  (
    cd "$root/$module" || exit 1
    roots=$(cat "$store/roots-$number")
    IFS='
'
    # The roots are meant to be split at line ends.
    # shellcheck disable=SC2086
    exec @java@ -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$folder/runner.jar:$(joined "$store/classpath-$number")" dev.offload.junitrunner.Main \
      list "$folder" plan $roots </dev/null
  )
  say "ended $?"
done <"$store/modules"
