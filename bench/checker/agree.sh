#!/usr/bin/env bash
# Whether our judge and the peer agree on small random histories, of which half are broken.
#   bench/checker/agree.sh [HISTORIES [SEED]]
# The peer is Porcupine with the model of etcd's robustness suite, half a second for each history.
set -euo pipefail
cd "$(dirname "$0")/../.."
histories=${1:-10000}
seed=${2:-1}

tools=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-robustness/bench
mkdir -p "$tools"
(cd bench/checker/histgen && go build -o "$tools/histgen" .)
(cd bench/checker/porcupine && go build -o "$tools/porcupinebench" .)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "$histories histories from seed $seed"
"$tools/histgen" -fuzz "$histories" -seed "$seed" -o "$work/h.jsonl"
"$tools/porcupinebench" -model etcd -batch -timeout 500ms "$work/h.jsonl" >"$work/verdicts"
./mvnw -q -B -pl workloads/checker -am test -Dsurefire.tags.excluded=none -Dtest=PeerAgreementTest \
  -Dsurefire.failIfNoSpecifiedTests=false -Dspotless.check.skip=true \
  -Dpeer.histories="$work/h.jsonl" -Dpeer.verdicts="$work/verdicts"
