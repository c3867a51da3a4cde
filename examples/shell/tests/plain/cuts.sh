[ "$(echo abc | cut -c 2)" = b ]
