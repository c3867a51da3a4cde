# Makes a file that is older than everything that is made from now on. Argument: the file.
mkdir -p "${1%/*}" && : >"$1" || exit
# The clock of files goes in steps of some milliseconds, and what is made in the same step is not newer.
newer() {
  : >"$1.now" && [ -n "$(find "$1.now" -newer "$1")" ]
}
tries=0
until newer "$1"; do
  tries=$((tries + 1))
  if [ "$tries" -gt 3 ]; then
    # Some disks, and the find of busybox, know whole seconds only: rather a file too many than one too few.
    touch -d "@$(($(date +%s) - 1))" "$1"
    break
  fi
  sleep 0.01 2>/dev/null || sleep 1
done
rm -f "$1.now"
