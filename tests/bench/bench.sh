#!/usr/bin/env bash
# make bench: every figure with its limit or peer from the same run, as JSON Lines on stdout.
# Nothing here fails a build: machines are noisy; figures are read, not asserted.
set -euo pipefail
build=${EMR_BUILD:?}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$build/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

note() { printf 'bench: %s\n' "$*" >&2; }

# seconds COMMAND...: best wall time of three runs, output thrown away
seconds() {
  local best="" start stop
  for _ in 1 2 3; do
    start=$(date +%s%N)
    "$@" > /dev/null 2>&1 || { note "failed: $*"; return 1; }
    stop=$(date +%s%N)
    best=$(jq -n --argjson a "${best:-1e99}" --argjson b $((stop - start)) '[$a, $b / 1e9] | min')
  done
  echo "$best"
}

# versus NAME UNIT AMOUNT OUR_SECONDS PEER_SECONDS [LEAST_RATIO]
versus() {
  jq -cn --arg name "$1" --arg unit "$2" --argjson amount "$3" --argjson ours "$4" \
    --argjson peer "$5" --argjson goal "${6:-null}" '
    {bench: $name, value: ($amount / $ours), unit: $unit, limit: ($amount / $peer),
     ratio: ($peer / $ours)} + if $goal then
       {goal: "ratio >= \($goal)", ok: ($peer / $ours >= $goal)} else {} end'
}

note "unit costs"
"$bin/bench-units"

note "hashing: emr-ipfs-put against openssl dgst"
head -c 400000000 /dev/zero | openssl enc -aes-256-ctr -K "$(printf '0%.0s' {1..64})" \
  -iv "$(printf '0%.0s' {1..32})" -nosalt > "$work/blob"
ours=$(seconds "$bin/emr-ipfs-put" --only-hash --plaintext "$work/blob")
peer=$(seconds openssl dgst -sha256 "$work/blob")
versus ipfs.hash MB/s 400 "$ours" "$peer"
rm "$work/blob"

for script in "$here"/bench-*.sh; do
  [ -e "$script" ] || continue
  note "$(basename "$script" .sh)"
  EMR_BUILD=$build EMR_BENCH_WORK=$work bash "$script" || note "$(basename "$script") failed"
done

note "start-up of each tool (no goal is asserted: budget 5 ms)"
for tool in emr-desensitize emr-ipfs-put emr-sign emr-tx emr-pbft-node emr-query emr-grant; do
  start=$(date +%s%N)
  for _ in {1..50}; do "$bin/$tool" --version > /dev/null; done
  stop=$(date +%s%N)
  jq -cn --arg tool "$tool" --argjson ns $((stop - start)) \
    '{bench: "startup.\($tool)", value: ($ns / 50 / 1e6), unit: "ms"}'
done
