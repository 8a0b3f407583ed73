#!/usr/bin/env bash
# Our judge, with every property, and the peer's on the same generated histories: CPU time of the whole process, peak memory,
# verdict, time of the check without the reading, ratios.
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

printf '%-13s  %-21s  %-21s  %-9s  %-33s  %-9s  %s\n' 'ops x clients' 'JSON: CPU s, MB' 'segments: CPU s, MB' 'check ms' \
  'Porcupine: CPU s, MB, verdict' 'check ms' 'Porcupine / ours: process, check'
for case in "${cases[@]}"; do
  history=$work/h.jsonl
  "$tools/histgen" -ops "${case%x*}" -clients "${case#*x}" -unknown 0.01 -seed "$seed" \
    -o "$history" -watch "$work/h.watch" 2>/dev/null
  rm -rf "$work/segments"
  ./robustness convert "$history" "$work/segments" >/dev/null
  json=($(measure "$work/json" ./robustness check "$history" --json))
  segments=($(measure "$work/seg" ./robustness check "$work/segments" --json))
  for out in json seg; do
    verdict=$(grep -oE '"verdict" : "[A-Za-z]+"' "$work/$out" | cut -d'"' -f4 || echo none)
    [ "$verdict" = Passed ] || { echo "$out: $verdict of a history that is in order" >&2; exit 1; }
  done
  millis=$(grep -oE '"checkMillis" : [0-9]+' "$work/json" | grep -oE '[0-9]+$')
  peer=($(measure "$work/peer" "$tools/porcupinebench" -model etcd -watch "$work/h.watch" "$history"))
  answer=$(grep -oE '"verdict":"[A-Za-z]+"' "$work/peer" | cut -d'"' -f4 || echo none)
  peer_millis=$(grep -oE '"check_ms":[0-9]+' "$work/peer" | grep -oE '[0-9]+$' || echo 0)
  printf '%-13s  %12s %8s  %12s %8s  %9s  %10s %8s %-13s  %9s  %s\n' "$case" "${json[@]}" "${segments[@]}" "$millis" "${peer[@]}" \
    "$answer" "$peer_millis" "$(awk -v a="${peer[0]}" -v b="${json[0]}" -v c="$peer_millis" -v d="$millis" \
      'BEGIN { printf "%.1f, %.0f", a / b, c / (d > 0 ? d : 1) }')"
done
