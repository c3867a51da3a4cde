# Lists the tests of packages; its arguments are those of `go test`. Set before it: folder; keep, where the programs are kept, or
# nothing; more and each, for names.sh.
token=$OFFLOAD_SIGNAL_TOKEN
unset OFFLOAD_SIGNAL_TOKEN
facts=$(@go@ env GOOS GOARCH GOHOSTOS GOHOSTARCH GOVERSION GOFLAGS) || exit
{
  read -r os
  read -r arch
  read -r host_os
  read -r host_arch
  read -r version
  read -r flags
} <<END
$facts
END
printf '\036%s version %s\n' "$token" "${version:-$(@go@ version)}"

# What runs the programs if the system does not: for another platform, or by the user's wish.
via=
[ "$os $arch" = "$host_os $host_arch" ] || via=$(command -v "go_${os}_${arch}_exec")
for flag in $flags; do
  case $flag in -exec=* | --exec=*) via=${flag#*=} keep= ;; esac
done
export OFFLOAD_GO_EACH="$each" OFFLOAD_GO_ROOT="$(pwd -P)" OFFLOAD_GO_KEEP="$keep" OFFLOAD_GO_VIA="$via" OFFLOAD_GO_MORE="$more"
framed @go@ test -json "$@"
