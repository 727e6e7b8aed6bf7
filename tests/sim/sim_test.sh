#!/usr/bin/env bash
# The simulator as a tool: a seed replays bit for bit in another process; a failure names its seed,
# which fails again in the same way; every story prints as a Mermaid sequence diagram; a story that
# goes another way is a failure that names its line.
# Usage: sim_test.sh BIN-DIR SOURCE-DIR
set -euo pipefail

bin=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "sim_test: FAILED: $*"; exit 1; }

# The last line has the CPU seconds; every other is a seed with the hash over all that happened.
for run in 1 2; do "$bin/emr_sim" --seeds 12 --start 40 --verbose | head -n -1 > "$work/run$run"; done
cmp "$work/run1" "$work/run2" || fail "a seed does not replay"
[[ $(grep -o 'trace=[0-9a-f]*' "$work/run1" | sort -u | wc -l) == 12 ]] || fail "seeds are alike"

for run in 1 2; do "$bin/emr_sim_bugs" --bug small-quorum > "$work/bug$run"; done
grep -q 'caught by seed [1-9]' "$work/bug1" || fail "a failure does not name its seed"
cmp "$work/bug1" "$work/bug2" || fail "a failing seed does not fail again in the same way"

# The grammar of Mermaid's sequence diagrams, as far as it is used.
name='R[0-9]+'
line="  participant $name|  $name(->>|--x)$name: [^;#]+|  Note over $name: [^;#]+"
for story in "$source"/tests/scenarios/*.txt; do
  "$bin/emr_scenario" --mermaid "$story" > "$work/diagram" || fail "$story"
  [[ $(head -n 1 "$work/diagram") == sequenceDiagram ]] || fail "$story: no diagram"
  if tail -n +2 "$work/diagram" | grep -vxE "$line"; then fail "$story: no Mermaid line"; fi
  used=$(grep -oE "$name" "$work/diagram" | sort -u | wc -l)
  [[ $(grep -c '^  participant' "$work/diagram") == "$used" ]] || fail "$story: participants"
  head -n 1 "$story" | grep -q '^# [A-Z]' || fail "$story: does not begin by telling its story"
done

printf 'nodes 4\nrequest 0\nrun 10\nexpect height all 2\n' > "$work/wrong.txt"
if "$bin/emr_scenario" "$work/wrong.txt" 2> "$work/said"; then fail "a wrong story passes"; fi
grep -q 'line 4: node 0: height is 1' "$work/said" || fail "a wrong story does not name its line"
echo "sim_test: ok"
