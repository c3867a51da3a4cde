#!/bin/sh
# Records again what two real versions of nextest say:  sh record.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R "$here/crate" "$folder/crate"
cd "$folder/crate"
export NEXTEST_EXPERIMENTAL_LIBTEST_JSON=1 RUST_BACKTRACE=0
for version in 0.9.143 0.9.148; do
  nextest=$tools/nextest-$version/bin/cargo-nextest
  "$nextest" nextest list --message-format json-pretty 2>/dev/null |
    sed "s|$folder|/folder|g; s|\(\"path\": \"\).*\"|\1/lib\"|; s|x86_64-unknown-linux-gnu|host|g" >"$here/nextest-$version-list.json"
  for binary in recorded recorded::bin/recorded; do
    "$nextest" nextest run --no-fail-fast --message-format libtest-json-plus -j 1 -E "binary_id(=$binary)" 2>/dev/null || true
  done | sed "s|$folder|/folder|g" >"$here/nextest-$version-run.jsonl"
done
