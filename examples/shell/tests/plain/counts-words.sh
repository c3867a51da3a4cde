[ "$(echo a b c | wc -w)" -eq 3 ]
