# The parent of a member's process: sh -c guard.sh guard COMMAND ARGUMENT... or sh guard.sh COMMAND...
#
# stdin  a pipe from the agent; when it closes, however the agent ended, the member is killed.
#        SIGKILL also ends a process that is stopped by SIGSTOP.
# stdout two lines: /proc/PID/stat of the member's process, written by itself before it becomes the
#        member, so that even one that ends at once is known; and once it has ended its exit status
#        as sh tells it (128 + n: ended by signal n). No second line: the guard itself was killed.
# stderr the member's log: what the member writes goes there, nothing of the guard's own.
exec 3<&0 4>&2 2>/dev/null
(
  read -r stat </proc/self/stat
  # Before anybody is told that it runs, and so could stop it.
  [ -z "$MEMBER_PID_FILE" ] || echo "${stat%% *}" >"$MEMBER_PID_FILE"
  unset MEMBER_PID_FILE
  echo "$stat" >&5
  exec 5>&-
  exec "$@"
) 5>&1 </dev/null >&4 2>&4 3<&- 4>&- &
child=$!
( exec 4>&-; read -r _ <&3; kill -KILL "$child" ) </dev/null >/dev/null &
watcher=$!
exec 4>&-
# A signal that is meant for the terminal's whole group must not end the guard before the member:
# a trapped signal interrupts wait, which is then taken up again.
interrupted=1
trap 'interrupted=1' HUP INT QUIT TERM
status=127
while [ -n "$interrupted" ]; do
  interrupted=
  wait "$child"
  ended=$?
  [ "$ended" -eq 127 ] || status=$ended
done
kill -KILL "$watcher"
wait "$watcher"
echo "$status"
