# Compiles and links the tests of each package once. Set before it: folder. The file "wanted" has a line for each: a name, the
# import path, and flags of the build, quoted for the shell, with tabs between.
token=$OFFLOAD_SIGNAL_TOKEN
unset OFFLOAD_SIGNAL_TOKEN
root=$(pwd -P)
exec 3>&1
tab=$(printf '\t')
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || jobs=2

say() {
  printf '\036%s %s\n' "$token" "$1" >&3
}

# A package that does not build is left to its batch, which says why.
one() { # name, import path, flags
  directory=$(awk -F '\t' -v path="$2" '$1 == path { print $2; exit }' "$folder/directories")
  case $directory in
    "$root") directory=. ;;
    "$root"/*) directory=${directory#"$root"/} ;;
    *) return ;;
  esac
  eval "set -- \"\$1\" \"\$2\" $3"
  name=$1 package=$2
  shift 2
  @go@ test -c -o "$folder/$name.test" "$@" "$package" || return
  [ -e "$folder/$name.test" ] || return
  printf '%s' "$directory" >"$folder/$name.dir"
  say "built $name.test"
  say "built $name.dir"
}

@go@ build -o "$folder/test2json" cmd/test2json </dev/null || exit 0
say "built test2json"
cut -f 2 "$folder/wanted" | sort -u | xargs @go@ list -e -f "{{.ImportPath}}$tab{{.Dir}}" >"$folder/directories"
running=0
while IFS= read -r line; do
  rest=${line#*"$tab"}
  one "${line%%"$tab"*}" "${rest%%"$tab"*}" "${rest#*"$tab"}" </dev/null >/dev/null 2>&1 &
  running=$((running + 1))
  [ $((running % jobs)) -ne 0 ] || wait
done <"$folder/wanted"
wait
