#!/bin/sh
# Records anew what the runner says with two versions of JUnit. Run it after a change of the runner; look at the difference
# before you keep it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../../../.."
OFFLOAD_RECORD=$here mvn -q -o -Dquick -pl offload-frameworks -am test \
  -Dtest='Junit?Test#every*' -Dsurefire.failIfNoSpecifiedTests=false
