test "$(echo 1 2 | wc -w)" -eq 2
