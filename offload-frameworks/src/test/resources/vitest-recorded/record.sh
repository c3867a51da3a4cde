#!/bin/sh
# Records again what our reporter says with two real versions of vitest:  sh record.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
modules=$here/../../../main/resources/dev/offload/framework/vitest
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

record() { # version, mode, arguments…
  version=$1 mode=$2
  shift 2
  project=$folder/project
  rm -rf "$project" && mkdir -p "$project"
  cp "$here/recorded.test.js" "$here/broken.test.js" "$project"
  ln -s "$tools/vitest-$version/node_modules" "$project/node_modules"
  place=$folder/$version-$mode/node_modules/offload-vitest
  mkdir -p "$place"
  cp "$modules"/*.mjs "$place"
  cp "$here/plan-$mode.json" "$place/plan.json"
  (cd "$project" && OFFLOAD_SIGNAL_TOKEN=token node_modules/.bin/vitest run \
    --reporter="$place/offload-vitest-reporter.mjs" "$@" </dev/null 2>/dev/null || true) |
    LC_ALL=C sed -n "s/^$(printf '\036')token //p" | sed "s|$project|/project|g; s|$tools|/tools|g" \
    >"$here/vitest-$version-$mode.frames"
}

for version in 2 4; do
  record $version list
  record $version run --bail=0 recorded.test.js broken.test.js
done
