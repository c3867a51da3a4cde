# Goes on after keep.sh: says where the package is, and starts the program with its arguments, which list the tests of the first
# group. $OFFLOAD_GO_MORE has a regular expression in each line for the other groups.
[ -z "$directory" ] || printf 'offload directory %s\n' "$directory"
set -- $OFFLOAD_GO_VIA "$@"
more=$OFFLOAD_GO_MORE
unset OFFLOAD_GO_EACH OFFLOAD_GO_ROOT OFFLOAD_GO_KEEP OFFLOAD_GO_VIA OFFLOAD_GO_MORE
[ -n "$more" ] || exec "$@"
"$@" || exit
while IFS= read -r names; do
  printf '\noffload next group\n'
  "$@" "-test.list=$names" </dev/null || exit
done <<END
$more
END
