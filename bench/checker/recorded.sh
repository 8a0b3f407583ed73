#!/usr/bin/env bash
# Our judge, with every property, on a history that is recorded of a real etcd here and now: 64 clients of one member that is
# stopped again and again for longer than a request may take. Prints CPU time of the whole process and peak memory.
#   bench/checker/recorded.sh [SEED [OPERATIONS]]
set -euo pipefail
cd "$(dirname "$0")/../.."
seed=${1:-7} operations=${2:-200000}

tools=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-robustness/bench
mkdir -p "$tools"
(cd bench/checker/recorder && go build -o "$tools/recorder" .)
etcd=$(./robustness etcd install v3.7.3 | tail -n 1)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$tools/recorder" -etcd "$etcd" -seed "$seed" -ops "$operations" -o "$work/h.jsonl"
./robustness convert "$work/h.jsonl" "$work/segments"
for history in h.jsonl segments; do
  /usr/bin/time -o "$work/time" -f '%U %S %M' ./robustness check "$work/$history" >"$work/out"
  awk -v what="$history" -v verdict="$(tail -n 1 "$work/out")" \
    'END { printf "%-9s  %.2f CPU s, %.0f MB  %s\n", what, $1 + $2, $3 / 1024, verdict }' "$work/time"
done
