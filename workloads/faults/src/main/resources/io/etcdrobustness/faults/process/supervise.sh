# The main process of a member's container: busybox sh supervise.sh FOLDER
#
# Starts the member whenever the agent asks for it, under guard.sh; so a member that is killed does
# not end the container, and no back-off keeps it down. FOLDER is shared with the agent:
#   run/requests      a FIFO; each line names a folder under run/, one for each start, with the two
#                     FIFOs that are the guard's stdin (control) and stdout (status)
#   run/command, run/environment
#                     what is started: see member.sh
#   run/member.pid    the member that runs, as guard.sh wrote it
#   run/ending        exists once this container has been asked to end
#   log/etcd.log      what the member writes; it is told on stdout too
# SIGTERM ends the member by SIGTERM first. Nothing but busybox is needed in the container's image.
folder=$1
busybox=$folder/bin/busybox
run=$folder/run
log=$folder/log/etcd.log

guard=
ending=
ender=
end_member() {
  if [ -n "$guard" ] && [ -z "$ender" ]; then
    # It may just be starting, and tells its pid in a moment; it may be stopped, and is continued.
    (
      until read -r pid <"$run/member.pid"; do "$busybox" sleep 0.05; done
      kill -TERM "$pid"
      kill -CONT "$pid"
    ) 2>/dev/null &
    ender=$!
  fi
}
trap 'ending=1; : >"$run/ending"; end_member' TERM INT

if [ ! -p "$run/requests" ]; then
  echo "supervise.sh: $run/requests is no FIFO: 'agent --install $folder' makes it" >&2
  exit 1
fi
"$busybox" rm -f "$run/ending"
: >>"$log"
"$busybox" tail -n 0 -F "$log" 2>/dev/null &
tail=$!

# Opened both ways: neither this nor the reads below wait for an agent, or notice that one has gone.
exec 3<>"$run/requests"
while [ -z "$ending" ]; do
  read -r start <&3 || continue
  # Whoever asked may have given up since.
  [ -n "$start" ] && [ -p "$run/$start/control" ] || continue
  : >"$run/member.pid"
  (
    trap - TERM INT
    # The agent holds the other ends. Should it have died, opening one end alone would wait for ever;
    # opened both ways first, the guard finds its stdin at the end and kills the member.
    exec 3<>"$run/$start/control" 4<>"$run/$start/status"
    exec <"$run/$start/control" >"$run/$start/status" 2>>"$log" 3>&- 4>&-
    export MEMBER_PID_FILE="$run/member.pid"
    exec "$busybox" sh "$folder/bin/guard.sh" "$busybox" sh "$folder/bin/member.sh" "$folder"
  ) &
  guard=$!
  [ -z "$ending" ] || end_member
  # A signal interrupts wait, which is then taken up again.
  while kill -0 "$guard" 2>/dev/null; do wait "$guard"; done
  guard=
done

[ -z "$ender" ] || kill "$ender" 2>/dev/null
# tail looks every second; the member's last words are the ones that are wanted.
"$busybox" sleep 1.1
kill "$tail"
