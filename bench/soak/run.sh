#!/usr/bin/env bash
# A soak on this machine, and what it took: operations a second, heap by quarters, lag, verdict.
#   bench/soak/run.sh [--damage-at SECONDS] [--report DIR] [FILE [arguments of robustness run...]]
# FILE is bench/soak/soak.yaml, an hour, if none is given. --damage-at flips values in the database of the member that is
# down next after so many seconds; the soak must then end as Failed within two windows.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
damage_at= report=soak-report
while :; do
  case ${1-} in
    --damage-at) damage_at=$2 && shift 2 ;;
    --report) report=$2 && shift 2 ;;
    *) break ;;
  esac
done
file=${1:-$here/soak.yaml}
shift $(($# > 0 ? 1 : 0))

damaging=
trap '[ -z "$damaging" ] || kill "$damaging" 2>/dev/null || true' EXIT
"$here/../../robustness" --version >/dev/null # builds, if need be, before the clock runs
if [ -n "$damage_at" ]; then
  (sleep "$damage_at" && exec "$here/damage" "$report") &
  damaging=$!
fi
code=0
"$here/../../robustness" run "$file" --report "$report" "$@" || code=$?
if [ -n "$damaging" ]; then wait "$damaging" || echo "the member was not damaged" >&2; damaging=; fi
"$here/figures" "$report"
exit "$code"
