#!/bin/sh
# usage: poll.sh SANDBOX
# Exit 0: it lives. Exit 75: it is dead. Anything else: nobody knows, for example because it is stopped.
set -u
. "$(dirname "$0")/common.sh"

lives "$1" || dead "$1"
[ "$state" != T ] || { echo "the keeper of $1 is stopped" >&2; exit 1; }
