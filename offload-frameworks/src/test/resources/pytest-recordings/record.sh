#!/bin/sh
# Records anew what the installed pytests send for the project `behaviours`: one file per step and version, one
# payload a line, without the paths of this machine. Run it after a change of the plug-in; look at the difference
# before you keep it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}
cd "$here/../../../../.."
OFFLOAD_RECORD=$here mvn -q -o -Dquick -pl offload-frameworks -am test \
  -Dtest='PytestBehaviourTest#every*' -Dsurefire.failIfNoSpecifiedTests=false
for name in pytest-7 pytest-8 pytest-9; do
  version=$("$tools/$name/bin/python" -c 'import pytest; print(pytest.__version__)')
  for step in discovery execution; do
    rm -f "$here/$step-$name".*.frames "$here/$step-pytest-$version.frames"
    mv "$here/$step-$name.frames" "$here/$step-pytest-$version.frames"
  done
done
