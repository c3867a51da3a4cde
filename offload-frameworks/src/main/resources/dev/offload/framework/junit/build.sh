# Leaves what all batches use: the runner, and for each wanted module a file with its class path. Where sandboxes do not see
# the files of this machine, what the class paths name is packed into one archive, and they name its members instead.
umask 077
unpack_runner "$folder/runner.jar"
say "built runner.jar"
class_paths
tab=$(printf '\t')
if [ "$shared" = false ]; then
  mkdir "$folder/pack"
  : >"$folder/packed"
fi

# A member of the archive for an entry of a class path, the same one for the same entry.
member() { # entry
  at=$(grep -n -x -F -e "$1" "$folder/packed" | head -n 1)
  at=${at%%:*}
  if [ -z "$at" ]; then
    printf '%s\n' "$1" >>"$folder/packed"
    at=$(($(wc -l <"$folder/packed")))
    ln -s "$1" "$folder/pack/$at-${1##*/}"
  fi
  printf '%s\n' "@/$at-${1##*/}"
}

while IFS= read -r line; do
  file=${line%%"$tab"*}
  number=$(grep -n -x -F -e "${line#*"$tab"}" "$store/modules" | head -n 1)
  number=${number%%:*}
  [ -n "$number" ] || continue
  if [ "$shared" = true ]; then
    cp "$store/classpath-$number" "$folder/$file"
  else
    while IFS= read -r entry; do
      [ ! -e "$entry" ] || member "$entry"
    done <"$store/classpath-$number" >"$folder/$file"
  fi
  say "built $file"
done <"$folder/wanted"

if [ "$shared" = false ]; then
  (cd "$folder/pack" && tar -c -h -f - .) | gzip -1 >"$folder/classpath.tgz" || exit 1
  rm -rf "$folder/pack"
  say "built classpath.tgz"
fi
