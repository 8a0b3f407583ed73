# Runs a program and kills it when whoever holds our standard input is gone: a pipe closes whatever
# its holder dies of. SIGKILL also ends a stopped program.
# Arguments: log file, program, its arguments. Prints "pid N", later "exit STATUS".
log=$1
shift
"$@" >>"$log" 2>&1 </dev/null &
child=$!
echo "pid $child"
exec 3<&0
( while read -r _ <&3; do :; done; kill -KILL "$child" 2>/dev/null ) >/dev/null 2>&1 &
watcher=$!
wait "$child"
status=$?
kill -KILL "$watcher" 2>/dev/null
echo "exit $status"
