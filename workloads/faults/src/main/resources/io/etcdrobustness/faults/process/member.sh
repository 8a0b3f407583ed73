# Becomes the member: busybox sh member.sh FOLDER
#
# FOLDER/run/command has one argument a line, the program first; run/environment has lines NAME=VALUE,
# set in addition to the container's own environment.
run=$1/run
while IFS= read -r line; do
  export "$line"
done <"$run/environment"
set --
while IFS= read -r line; do
  set -- "$@" "$line"
done <"$run/command"
if [ "$#" -eq 0 ]; then
  echo "member.sh: $run/command names no program" >&2
  exit 127
fi
exec "$@"
