#!/usr/bin/env bash
# The rate that three honest members keep while the fourth, at first the primary, lies: one figure
# for each kind of liar beside that of an honest consortium. Called by bench.sh; EMR_BENCH_SECONDS
# (60) shortens it: each kind takes a quarter of that, at least 8 s.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
PATH=$EMR_BUILD/bin:$PATH
work=${EMR_BENCH_WORK:?}/byzantine
seconds=$((${EMR_BENCH_SECONDS:-60} / 4))
((seconds >= 8)) || seconds=8
mkdir -p "$work"
# shellcheck source=tests/pipeline/consortium.bash
source "$root/tests/pipeline/consortium.bash"
trap consortium_stop EXIT
mapfile -t admins < <(bench-consensus admins)

# liar_start KIND: member a, as a liar
liar_start() {
  : > "$net/a.out"
  emr-liar-node "$1" "$net/hosp-a" "${admins[3]}" > "$net/a.out" 2>> "$net/a.log" &
  node_pid[a]=$!
  within 20 grep -q emr.ready "$net/a.out"
}

# measure KIND HONEST-RATE: its figure on stdout
measure() {
  net=$work/$1
  consortium_found "$net" bench --timeout-ms 1000
  liar_start "$1"
  node_start b c d
  bench-byzantine "$1" "$net/founding/genesis.json" "$seconds" "$2" "$(url a)" \
    "$(url b),$(url c),$(url d)"
  consortium_stop
  rm -rf "$net"
}

# The machine's mood changes within the minutes that this takes: the honest rate is measured again
# before every third kind.
count=0
for kind in ${EMR_BENCH_KINDS:-silent slow equivocate empty forge flood withhold censor huge-views greedy}; do
  if ((count++ % 3 == 0)); then
    measure honest 0 > "$work/honest.jsonl"
    cat "$work/honest.jsonl"
    honest=$(jq -r 'select(.bench == "consensus.byzantine_honest").value' "$work/honest.jsonl")
  fi
  measure "$kind" "$honest"
done
