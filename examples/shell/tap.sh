#!/bin/sh
# A program that prints TAP: with --list the names of its tests, otherwise the results of those that are named.
if [ "${1-}" = --list ]; then
  printf '%s\n' 'adds small numbers' 'adds large numbers' 'divides (by zero too)'
  exit
fi

number=0
check() { # what is, what should be, name
  number=$((number + 1))
  if [ "$1" = "$2" ]; then
    echo "ok $number - $3"
  else
    echo "not ok $number - $3"
    echo "# it is $1, not $2"
  fi
}

echo "TAP version 14"
echo "1..$#"
for name; do
  case $name in
    'adds small numbers') check $((1 + 1)) 2 "$name" ;;
    'adds large numbers') check $((2147483647 + 1)) 2147483648 "$name" ;;
    *) number=$((number + 1)) && echo "ok $number - $name # SKIP nobody divides here" ;;
  esac
done
