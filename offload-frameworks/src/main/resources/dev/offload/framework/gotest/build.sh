# Compiles and links the tests of those packages whose programs no listing has left. Set before it: folder, each. After it come calls
# of `build`.
token=$OFFLOAD_SIGNAL_TOKEN
unset OFFLOAD_SIGNAL_TOKEN
tab=$(printf '\t')
export OFFLOAD_GO_EACH="$each" OFFLOAD_GO_ROOT="$(pwd -P)"

say() {
  printf '\036%s built %s\n' "$token" "$1"
}

# The tool that turns what a program prints into events: for the platform of the programs.
converter() {
  tool=
  if [ "$(@go@ env GOOS GOARCH)" = "$(@go@ env GOHOSTOS GOHOSTARCH)" ]; then
    tool=$(@go@ tool -n test2json) && [ -x "$tool" ] || tool=
  fi
  if [ -n "$tool" ]; then
    ln "$tool" "$folder/test2json" 2>/dev/null || cp "$tool" "$folder/test2json"
  else
    @go@ build -o "$folder/test2json" cmd/test2json
  fi
}

# A package that does not build is left to its batch, which says why. KEY.wanted has a line for each: a program and the import path.
build() { # key, then the flags
  key=$1
  shift
  while IFS=$tab read -r program package; do
    [ -e "$folder/$program" ] || printf '%s\n' "$package"
  done <"$folder/$key.wanted" >"$folder/$key.missing"
  [ ! -s "$folder/$key.missing" ] || OFFLOAD_GO_KEEP=$folder/$key \
    xargs @go@ test -count=1 -vet=off "$@" @exec@ <"$folder/$key.missing" >/dev/null 2>&1
  while IFS=$tab read -r program package; do
    [ ! -e "$folder/$program" ] || say "$program"
  done <"$folder/$key.wanted"
}

# Who has programs run in a way of their own gets `go test` in each batch.
case " $(@go@ env GOFLAGS)" in *" -exec="* | *" --exec="*) exit 0 ;; esac
converter </dev/null >/dev/null 2>&1 || exit 0
say test2json
