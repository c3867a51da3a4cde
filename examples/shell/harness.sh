#!/bin/sh
# Runs each test that is named, and tells Offload how it goes: docs/reference/streaming.md.
# Without Offload it says the same in plain words.
say() {
  if [ -n "${OFFLOAD_SIGNAL_TOKEN-}" ]; then
    printf '\036%s %s\n' "$OFFLOAD_SIGNAL_TOKEN" "$*"
  else
    echo "$*"
  fi
}

result=0
for test; do
  say start "$test"
  output=$(env -u OFFLOAD_SIGNAL_TOKEN sh "$test" 2>&1)
  code=$?
  if [ "$code" -eq 0 ]; then
    say pass "$test"
  elif [ "$code" -eq 77 ]; then
    say message "$output"
    say skip "$test"
  else
    say message "exit code $code"
    echo "$output" | while IFS= read -r line; do say detail "$line"; done
    say fail "$test"
    result=1
  fi
done
exit $result
