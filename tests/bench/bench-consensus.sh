#!/usr/bin/env bash
# The figures of the ledger: four real nodes on loopback, and the protocol alone in the simulator.
# Called by bench.sh; EMR_BENCH_SECONDS (60) is the length of the steady run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
PATH=$EMR_BUILD/bin:$PATH
work=${EMR_BENCH_WORK:?}/consensus
seconds=${EMR_BENCH_SECONDS:-60}
mkdir -p "$work"
# shellcheck source=tests/pipeline/consortium.bash
source "$root/tests/pipeline/consortium.bash"
trap consortium_stop EXIT
mapfile -t admins < <(bench-consensus admins)

urls() { for member in "$@"; do url "$member"; done | paste -sd, -; }
pids() { for member in "$@"; do echo "${node_pid[$member]}"; done | paste -sd, -; }

# fresh NAME [GENESIS OPTION...]: a new consortium that runs
fresh() {
  net=$work/$1
  shift
  consortium_found "$net" bench "$@"
  node_start a b c d
}

fresh steady
genesis=$net/founding/genesis.json
bench-consensus steady "$genesis" "$work" "$seconds" "$(pids a b c d)" "$(urls a b c d)"
bench-consensus proof "$genesis" "$(url a)"
consortium_stop

# With and without its primary, at a patience short enough for an impatient operator. No checkpoint
# falls into it: with one the office would pass to the next, and somebody else would be killed.
fresh failover --timeout-ms 1000 --checkpoint-interval 65536
primary=${node_pid[a]}
unset 'node_pid[a]'
bench-consensus failover "$net/founding/genesis.json" "$primary" "$(urls b c d)"
wait "$primary" 2> /dev/null || true
consortium_stop

bench-ordering
bench-proofs

# sim NAME [OPTION...]: sequence decisions per minute and core, faults on
sim() {
  local name=$1 rate goal=1000000
  shift
  rate=$(emr_sim --start 1 "$@" | sed -n 's/.* \([0-9]*\) decisions\/min$/\1/p')
  if [ "$name" = consensus.simulated ]; then
    jq -cn --arg n "$name" --argjson v "$rate" --argjson l $goal '{bench: $n, value: $v,
      unit: "decisions/min", limit: $l, ratio: ($v / $l), goal: "ratio >= 1", ok: ($v >= $l)}'
  else
    jq -cn --arg n "$name" --argjson v "$rate" '{bench: $n, value: $v, unit: "decisions/min"}'
  fi
}
if command -v emr_sim > /dev/null; then
  sim consensus.simulated --seeds 40
  sim consensus.simulated_real_signatures --seeds 4 --real-signatures
fi

# The step function and its types, without comments and blank lines (hotstuff 674, SmartBFT 2,456).
code_lines() { cat "$@" | sed 's|//.*||' | grep -c '[^[:space:]]'; }
core=$root/lib/consensus
jq -cn --argjson v "$(code_lines "$core"/{replica,agreement,view_change,new_view,catch_up,restart}.cpp \
  "$core"/{replica,replica_state,vote_book,types,events,effects}.h)" \
  '{bench: "consensus.step_lines", value: $v, unit: "lines", limit: 2456, ratio: ($v / 2456)}'
