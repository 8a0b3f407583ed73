#!/usr/bin/env bash
# Our judge and the peer's on the same generated histories: CPU time of the whole process, peak memory, verdict, ratio.
#   bench/checker/run.sh [SEED [OPERATIONSxCLIENTS...]]
# The peer is Porcupine with the model of etcd's robustness suite; it stops after 60 CPU seconds or at 8 GB.
set -euo pipefail
cd "$(dirname "$0")/../.."
seed=${1:-7}
[ $# -gt 0 ] && shift
cases=("$@")
[ ${#cases[@]} -gt 0 ] || cases=(1000x32 10000x8 10000x32 100000x8)

tools=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-robustness/bench
mkdir -p "$tools"
(cd bench/checker/histgen && go build -o "$tools/histgen" .)
(cd bench/checker/porcupine && go build -o "$tools/porcupinebench" .)
./robustness help >/dev/null # builds what is not built

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Prints CPU seconds and peak megabytes of a command, whose output goes to a file.
measure() {
  local out=$1
  shift
  /usr/bin/time -o "$work/time" -f '%U %S %M' "$@" >"$out" 2>"$out.err" || true
  awk 'END { printf "%.2f %.0f", $1 + $2, $3 / 1024 }' "$work/time"
}

printf '%-13s  %-25s  %-27s  %-36s  %s\n' 'ops x clients' 'Linearizable: CPU s, MB' 'all properties: CPU s, MB' \
  'Porcupine, etcd: CPU s, MB, verdict' 'Porcupine / Linearizable'
for case in "${cases[@]}"; do
  history=$work/h.jsonl
  "$tools/histgen" -ops "${case%x*}" -clients "${case#*x}" -unknown 0.01 -seed "$seed" \
    -o "$history" -watch "$work/h.watch" 2>/dev/null
  ours=($(measure "$work/ours" ./robustness check "$history" --property Linearizable))
  all=($(measure "$work/all" ./robustness check "$history"))
  for out in ours all; do
    verdict=$(grep -oE '^(Passed|Failed|Inconclusive|Error)' "$work/$out" || echo none)
    [ "$verdict" = Passed ] || { echo "$out: $verdict of a history that is in order" >&2; exit 1; }
  done
  peer=($(measure "$work/peer" "$tools/porcupinebench" -model etcd -watch "$work/h.watch" "$history"))
  answer=$(grep -oE '"verdict":"[A-Za-z]+"' "$work/peer" | cut -d'"' -f4 || echo none)
  printf '%-13s  %12s %11s  %14s %11s  %10s %8s %-16s  %s\n' "$case" "${ours[@]}" "${all[@]}" "${peer[@]}" "$answer" \
    "$(awk -v a="${peer[0]}" -v b="${ours[0]}" 'BEGIN { printf "%.1f", a / b }')"
done
