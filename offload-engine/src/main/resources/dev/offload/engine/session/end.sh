# Ends what the wrapper started. Arguments: the group as the wrapper named it, the signal to send first, the seconds until
# it is killed. A group is a negative number; a positive one is a process whose descendants are found through /proc.
group=$1 signal=$2 patience=$3

# Prints the process and all its descendants.
family() {
  printf '%s\n' "$1"
  for stat in /proc/[0-9]*/stat; do
    IFS= read -r line <"$stat" || continue
    process=${stat#/proc/}
    process=${process%/stat}
    set -- "$1" ${line##*) }
    [ "${3:-0}" = "$1" ] && family "$process"
  done 2>/dev/null
}

case $group in
  -*) members=$group ;;
  *) members=$(family "$group") ;;
esac

alive() {
  for member in $members; do
    kill -0 "$member" 2>/dev/null && return 0
  done
  return 1
}

for member in $members; do kill "-$signal" "$member" 2>/dev/null; done
while [ "$patience" -gt 0 ] && alive; do
  sleep 1
  patience=$((patience - 1))
done
for member in $members; do kill -9 "$member" 2>/dev/null; done
exit 0
