#!/usr/bin/env bash
# Real nodes under load while their world falls apart: kill -9, SIGSTOP, power cuts of all at once,
# partitions, full disks, clocks that jump; at the end nothing may be lost, nothing doubled, and
# every node must hold the same ledger, which verifies offline from the genesis file.
# Everything it makes (namespaces, bridges, small file systems) lives in namespaces of its own and
# goes with its last process. Prints one JSON line; exit 0 when all is well.
# Usage: soak.sh [--nodes 4|7] [--seconds N] [--net loopback|namespaces] [--faults LIST] [--seed S]
#                [--rate N]   transactions a second at most (default 40)
#   LIST of: kill pause blackout partition disk clock (default: all that this machine permits)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
original=("$@")
count=4 seconds=60 net_kind=loopback faults='' seed=$RANDOM rate=40
while (($# > 0)); do
  case $1 in
    --nodes) count=$2 ;;
    --seconds) seconds=$2 ;;
    --net) net_kind=$2 ;;
    --faults) faults=${2//,/ } ;;
    --seed) seed=$2 ;;
    --rate) rate=$2 ;;
    *) echo "soak: error: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done

say() { echo "soak: $*" >&2; }

# Namespaces of our own, where the system lets us: mounts for small disks, a network for partitions.
if [[ -z ${EMR_SOAK_INSIDE:-} ]]; then
  flags=(--mount)
  [[ $net_kind == namespaces ]] && flags+=(--net)
  if unshare "${flags[@]}" true 2> /dev/null; then
    EMR_SOAK_INSIDE=1 exec unshare "${flags[@]}" --propagation private "${BASH_SOURCE[0]}" \
      "${original[@]}"
  fi
  if [[ $net_kind == namespaces ]]; then
    say "skipped: network namespaces are not permitted here"
    exit 77
  fi
fi

# shellcheck source=tests/pipeline/consortium.bash
source "$here/../pipeline/consortium.bash"
PATH=$EMR_BUILD/bin:$PATH
RANDOM=$seed
work=$(mktemp -d)
net=$work/net
genesis=$net/founding/genesis.json
all=(a b c d e f g)
members=("${all[@]:0:count}")
tolerated=$(((count - 1) / 3))
declare -A faults_done=()
umask 077
export HOME=$work

# --- the world ------------------------------------------------------------------------------------

libfaketime=$(find /usr/lib -name libfaketime.so.1 -print -quit 2> /dev/null)
has_small_disks=false has_network=false

make_network() { # every member in a namespace of its own, on one bridge; a second one for partitions
  local member i=0
  mount -t tmpfs tmpfs /run/netns 2> /dev/null || { mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns; }
  ip link set lo up
  ip link add whole type bridge && ip link set whole up
  ip link add torn type bridge && ip link set torn up
  ip address add 10.77.0.254/24 dev whole
  for member in "${members[@]}"; do
    ip netns add "$member"
    ip link add "to-$member" type veth peer name eth0 netns "$member"
    ip link set "to-$member" master whole up
    ip -n "$member" link set lo up
    ip -n "$member" address add "10.77.0.$((++i))/24" dev eth0
    ip -n "$member" link set eth0 up
    hosts[$member]=10.77.0.$i
    prefix[$member]="ip netns exec $member"
  done
  has_network=true
}

make_disks() { # a file system of 192 MiB for every member's data
  local member
  for member in "${members[@]}"; do
    mkdir -p "$net/hosp-$member/data"
    mount -t tmpfs -o size=192m,mode=700 tmpfs "$net/hosp-$member/data" 2> /dev/null || return 0
  done
  has_small_disks=true
}

make_clocks() {
  local member
  for member in "${members[@]}"; do
    echo "+0" > "$work/$member.clock"
    prefix[$member]="${prefix[$member]:-} env LD_PRELOAD=$libfaketime DONT_FAKE_MONOTONIC=1
      FAKETIME_NO_CACHE=1 FAKETIME_TIMESTAMP_FILE=$work/$member.clock"
  done
}

stop_all() {
  trap - EXIT
  [[ -z ${load_pid:-} ]] || kill "$load_pid" 2> /dev/null || true
  for member in "${!node_pid[@]}"; do
    kill -CONT "${node_pid[$member]}" 2> /dev/null || true
    node_kill KILL "$member" 2> /dev/null || true
  done
  wait
  umount "$net"/hosp-*/data 2> /dev/null || true
  rm -rf "$work"
}
die() {
  say "FAILED (--seed $seed): $*"
  tail -n 3 "$net"/*.log >&2 || true
  cp -r "$work" "${EMR_SOAK_KEEP:-/tmp}/soak-failed-$seed" 2> /dev/null || true
  stop_all
  exit 1
}
trap stop_all EXIT
trap 'die "line $LINENO: a command failed"' ERR

# --- the load -------------------------------------------------------------------------------------

make_transactions() { # COUNT: signed, each with a record tag of its own
  local any
  any=$(printf any | sha256sum | cut -c1-64)
  seq "$1" | jq -Rc --arg any "$any" '("0" * 64 + .)[-64:] as $tag | {type: "emr.sealed", v: 1,
    index: {institution: "hosp-a", docType: "C0002", confidentiality: "N", visitType: "1",
            month: "2026-11"},
    tags: {record: $tag, content: $tag, patient: $any, doctor: $any},
    public: {sex: "2"}, policy: {id: "soak", hash: $any}, sealed: {type: "emr.envelope", v: 1}}' |
    emr-tx build records.create --from "${admins[0]}" |
    emr-sign -k "$work/admin.json" --passphrase-file "$work/pass" --genesis "$genesis" \
      > "$work/all.jsonl"
  mkdir "$work/chunks"
  split -l "$chunk" -d -a 5 "$work/all.jsonl" "$work/chunks/"
}

submit() { # CHUNK SECONDS: to all nodes in a random order
  local nodes=() member
  for member in $(printf '%s\n' "${members[@]}" | shuf); do nodes+=(--node "$(url "$member")"); done
  emr-tx submit --genesis "$genesis" "${nodes[@]}" --batch 5 --connections 2 --timeout "$2" "$1" \
    > "$1.receipts" 2> "$1.errors"
}

load() { # until the file `stop` is there; a chunk whose outcome is unknown is sent again at the end
  local file
  for file in "$work"/chunks/?????; do
    [[ ! -e $work/stop ]] || break
    echo "$file" >> "$work/sent"
    submit "$file" 20 || true
    sleep "$(jq -n "$chunk / $rate")"
  done
}

# --- the faults -----------------------------------------------------------------------------------

any_member() { echo "${members[RANDOM % count]}"; }
pause() { sleep "$((RANDOM % ($1 - 1))).$((RANDOM % 10))"; }

fault_kill() {
  local member=${1:-$(any_member)}
  node_kill KILL "$member"
  pause 3
  node_start "$member"
}
fault_blackout() { # everybody at once
  local member
  for member in "${members[@]}"; do node_kill KILL "$member"; done
  node_start "${members[@]}"
}
fault_pause() {
  local member
  member=$(any_member)
  kill -STOP "${node_pid[$member]}"
  pause 5
  kill -CONT "${node_pid[$member]}"
}
fault_partition() { # the bridge falls in two; who is on which side is drawn anew
  local member
  for member in "${members[@]}"; do
    ((RANDOM % 2)) || ip link set "to-$member" master torn
  done
  pause 6
  for member in "${members[@]}"; do ip link set "to-$member" master whole; done
}
fault_disk() { # the disk of one member fills up: it must stop with 75, and go on when there is room
  local member data
  member=$(any_member)
  data=$net/hosp-$member/data
  head -c 1G /dev/zero > "$data/ballast" 2> /dev/null || true
  within 60 gone "$member" || die "hosp-$member goes on although its disk is full"
  node_status=0
  wait "${node_pid[$member]}" || node_status=$?
  unset "node_pid[$member]"
  [[ $node_status == 75 ]] || die "hosp-$member ended with $node_status on a full disk, not 75"
  rm "$data/ballast"
  node_start "$member"
}
gone() { ! kill -0 "${node_pid[$1]}" 2> /dev/null; }
fault_clock() { # an hour ahead or behind for a while
  local member
  member=$(any_member)
  if ((RANDOM % 2)); then echo "+1h"; else echo "-1h"; fi > "$work/$member.clock"
  pause 6
  echo "+0" > "$work/$member.clock"
}

# --- the end --------------------------------------------------------------------------------------

resubmit() { # what has no committed receipt yet; again and again for two minutes
  local file round open
  for round in {1..6}; do
    open=0
    while read -r file; do
      [[ $(jq -r 'select(.status == "committed") | .txid' "$file.receipts" | sort -u | wc -l) -eq \
        $(wc -l < "$file") ]] && continue
      submit "$file" 20 || open=$((open + 1))
    done < "$work/sent"
    ((open > 0)) || return 0
    say "round $round: $open chunks are still open"
  done
  return 1
}

metric() { emr_metrics "$1" | sed -n "s/^emr_$2 //p"; }
emr_metrics() {
  local at
  at=$(jq -r .httpListen "$net/hosp-$1/node.json")
  exec 8<> "/dev/tcp/${at%:*}/${at#*:}"
  printf 'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&8
  timeout 10 cat <&8
  exec 8>&-
}

check() {
  local member sent height in_blocks
  within 90 same_tip "${members[@]}" || die "the nodes do not come to one tip and one state"
  sent=$(xargs cat < "$work/sent" | wc -l)
  xargs -I{} cat {}.receipts < "$work/sent" | jq -c 'select(.status == "committed")
    | [.txid, .height, .index]' | sort -u > "$work/receipts"
  [[ $(wc -l < "$work/receipts") == "$sent" ]] ||
    die "$sent transactions, $(wc -l < "$work/receipts") receipts"
  [[ $(jq -r '.[0]' "$work/receipts" | sort -u | wc -l) == "$sent" ]] ||
    die "a transaction has two different receipts"
  for member in "${members[@]}"; do
    [[ $(metric "$member" evidence_total) == 0 ]] || die "hosp-$member accuses somebody"
  done
  in_blocks=$(for ((height = 1; height <= $(status a .height); height += 500)); do
    emr-query blocks --since "$height" --until "$((height + 499))" --node "$(url a)" \
      -k "$work/admin.json" --passphrase-file "$work/pass" --genesis "$genesis"
  done | jq -s 'map(.transactions) | add')
  [[ $in_blocks == "$sent" ]] || die "$in_blocks transactions in the blocks, $sent were sent"
  emr-tx status "$(jq -r '.[0]' "$work/receipts" | shuf -n 1)" --genesis "$genesis" --proof \
    --node "$(url a)" | emr-query verify --trust "$genesis" > /dev/null
  for member in "${members[@]}"; do
    node_kill TERM "$member"
    [[ $node_status == 0 ]] || die "hosp-$member ended with $node_status"
    emr-query verify --full --ledger "$net/hosp-$member/data" --trust "$genesis" |
      jq -c 'del(.ledger, .path, .checkpoint)' > "$work/$member.verified"
    cmp -s "$work/a.verified" "$work/$member.verified" || die "hosp-$member holds another ledger"
  done
  jq -e '.ok and .findings == []' "$work/a.verified" > /dev/null || die "the ledger does not verify"
}

main() {
  local fault stop began
  [[ $net_kind != namespaces ]] || make_network
  [[ -z $libfaketime ]] || make_clocks
  echo passphrase > "$work/pass"
  emr-sign create --light -k "$work/admin.json" --passphrase-file "$work/pass" > /dev/null
  admins=("0x$(jq -r .address "$work/admin.json")")
  consortium_found "$net" emr-soak --timeout-ms 1000
  [[ -z ${EMR_SOAK_INSIDE:-} ]] || make_disks
  if [[ -z $faults ]]; then
    faults="kill pause blackout"
    if $has_network; then faults+=" partition"; fi
    if $has_small_disks; then faults+=" disk"; fi
    if [[ -n $libfaketime ]]; then faults+=" clock"; fi
  fi
  read -ra faults <<< "$faults"
  chunk=20
  make_transactions "$((rate * seconds + chunk))"
  node_start "${members[@]}"
  began=$SECONDS
  stop=$((SECONDS + seconds))
  load &
  load_pid=$!
  while ((SECONDS < stop)); do
    fault=${faults[RANDOM % ${#faults[@]}]}
    say "$((SECONDS - began)) s: $fault, height $(status "${members[0]}" .height || echo '?')"
    "fault_$fault"
    faults_done[$fault]=$((${faults_done[$fault]:-0} + 1))
    pause 4
  done
  touch "$work/stop"
  wait "$load_pid" || true
  load_pid=
  resubmit || die "not everything is committed although all nodes are up again"
  check
  summary
}

summary() {
  local fault list=()
  for fault in "${!faults_done[@]}"; do list+=("$fault" "${faults_done[$fault]}"); done
  jq -cn --argjson nodes "$count" --argjson tolerated "$tolerated" --arg net "$net_kind" \
    --argjson seconds "$seconds" --argjson transactions "$(wc -l < "$work/receipts")" \
    --argjson seed "$seed" --slurpfile verified "$work/a.verified" '{type: "emr.soak", v: 1, $nodes,
      $tolerated, $net, $seconds, $transactions, blocks: $verified[0].blocks, $seed,
      faults: ([$ARGS.positional | _nwise(2) | {(.[0]): (.[1] | tonumber)}] | add)}' \
    --args "${list[@]}"
}

main
