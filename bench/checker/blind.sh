#!/usr/bin/env bash
# How often it stays undecided whether a history without any event is linearizable, and whether a verdict is ever wrong.
#   bench/checker/blind.sh [HISTORIES [SEED [BUDGET]]]
# Half of the histories hold an injected violation. BUDGET is how often a search may look at its budget.
set -euo pipefail
cd "$(dirname "$0")/../.."
histories=${1:-1000}
seed=${2:-1}
budget=${3:-1000}

tools=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-robustness/bench
mkdir -p "$tools"
(cd bench/checker/histgen && go build -o "$tools/histgen" .)
./mvnw -q -B -pl workloads/checker -am test -Dsurefire.tags.excluded=none -Dtest=BlindRateTest \
  -Dsurefire.failIfNoSpecifiedTests=false -Dspotless.check.skip=true \
  -Dblind.histgen="$tools/histgen" -Dblind.histories="$histories" -Dblind.seed="$seed" -Dblind.budget="$budget"
