# Wrong on purpose.
echo "2 and 2 is not 5" >&2
[ $((2 + 2)) -eq 5 ]
