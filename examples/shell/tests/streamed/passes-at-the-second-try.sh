# Unreliable on purpose: fails unless it failed before in this run.
mark=examples/shell/test-results/tried-$OFFLOAD_RUN_ID
[ -e "$mark" ] && rm "$mark" && exit 0
: >"$mark"
echo "the server did not answer"
exit 1
