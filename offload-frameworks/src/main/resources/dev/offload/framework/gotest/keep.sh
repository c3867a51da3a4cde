# What `go test -exec` starts in the place of the program of each package, in the directory of the package. Keeps the program as
# $OFFLOAD_GO_KEEP/DIRECTORY/=.test, if the directory is below $OFFLOAD_GO_ROOT. Other listings may do the same at the same time.
here=$(pwd -P)
directory=
case $here/ in
  "$OFFLOAD_GO_ROOT/") directory=. ;;
  "$OFFLOAD_GO_ROOT"/*) directory=${here#"$OFFLOAD_GO_ROOT"/} ;;
esac
if [ -n "$OFFLOAD_GO_KEEP" ] && [ -n "$directory" ]; then
  place=$OFFLOAD_GO_KEEP
  [ "$directory" = . ] || place=$place/$directory
  mkdir -p "$place"
  [ -e "$place/=.test" ] || ln "$1" "$place/=.test" 2>/dev/null ||
    { cp "$1" "$place/=.test.$$" && mv "$place/=.test.$$" "$place/=.test"; }
fi
