#!/bin/sh
# Records anew what go says of the project `fixture`: its list, a batch, and the same batch by a compiled program, without the
# paths of this machine. Arguments: versions, such as 1.23.12; go fetches them itself. Look at the difference before you keep it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$here/fixture" && find . -name '*.txt') | while read -r file; do
  mkdir -p "$work/src/$(dirname "$file")"
  cp "$here/fixture/$file" "$work/src/${file%.txt}"
done
cd "$work/src"
run='^(TestPass|TestFail|TestSkip|TestPar|TestPanic|TestSlow)$'
for version in "$@"; do
  GOTOOLCHAIN=go$version
  export GOTOOLCHAIN
  root=$(go env GOROOT)
  short=${version%.*}
  clean() {
    sed -e "s|$work||g" -e "s|$root|/go|g"
  }
  go test -json -list . ./... 2>"$work/err" | clean >"$here/go-$short-list.jsonl" || true
  clean <"$work/err" >"$here/go-$short-list.err"
  go test -json -count=1 -run "$run" ./calc | clean >"$here/go-$short-run.jsonl" || true
  go test -c -o "$work/calc.test" ./calc
  go build -o "$work/test2json" cmd/test2json
  (cd calc && "$work/test2json" -t -p example.com/fix/calc "$work/calc.test" -test.paniconexit0 -test.v=test2json \
    -test.count=1 "-test.run=^(TestPass|TestExit|TestSlow)$") | clean >"$here/go-$short-program.jsonl" || true
done
