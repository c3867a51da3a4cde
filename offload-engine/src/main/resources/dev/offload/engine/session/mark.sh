# Makes a file that is older than everything that is made from now on. Argument: the file.
mkdir -p "${1%/*}" && : >"$1"
