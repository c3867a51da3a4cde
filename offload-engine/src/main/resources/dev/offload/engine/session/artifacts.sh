# Packs the files below the working directory that are newer than a mark into one archive. Arguments: the mark, the archive,
# its largest size in bytes, a folder that is left out, the patterns as find takes them. For each file the archive has a line
# "file LENGTH SIZE", the name and the content, or, when it does not fit, a line "left LENGTH SIZE" and the name; the last line
# is "end". Ends with 9 when there is something in it, with 0 when not.
LC_ALL=C
export LC_ALL
mark=$1 archive=$2 most=$3 output=$4
shift 4

for pattern do
  set -- "$@" -o -path "$pattern"
  shift
done
shift

here=$(pwd -P)
case $output in
  "$here") left=./artifacts ;;
  "$here"/*) left=.${output#"$here"} ;;
  *) left=./. ;;
esac

: >"$archive" || exit 1
find . -path "$left" -prune -o -type f -newer "$mark" \( "$@" \) -exec sh -c '
  archive=$1 most=$2
  shift 2
  size() { set -- $(wc -c <"$1"); printf %s "${1:-0}"; }
  for file do
    size=$(size "$file") || continue
    if [ $(($(size "$archive") + size)) -le "$most" ] && cp "$file" "$archive.one"; then
      printf "file %s %s\n%s" "${#file}" "$(size "$archive.one")" "$file"
      cat "$archive.one"
    else
      printf "left %s %s\n%s" "${#file}" "$size" "$file"
    fi >>"$archive"
  done' pack "$archive" "$most" {} +
[ -s "$archive" ] || exit 0
printf 'end\n' >>"$archive" || exit 1
rm -f "$archive.one"
exit 9
