# A consortium of real processes on loopback for Bats files: `load consortium`.
# Every process is stopped by its own pid in consortium_stop (call it from teardown).
# The caller sets $net, the directory of the consortium, and reads $node_status.
# shellcheck disable=SC2034,SC2154

# port_base COUNT: the first of COUNT neighbouring ports of which none is in use
port_base() {
  local base port try
  for try in {1..50}; do
    base=$((20000 + (RANDOM * 7 + try) % 11000))
    for ((port = base; port < base + $1; port++)); do
      if (exec 9<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then continue 2; fi
    done
    echo "$base"
    return
  done
  return 1
}

# consortium_found DIR CHAIN [GENESIS OPTION...]: the institutions hosp-a to hosp-d, or as many as
# the caller has put into `members` (at most seven), in DIR
consortium_found() {
  local dir=$1 chain=$2 i id host
  shift 2
  local codes=(12110000400686325C 12310000425006133Y 12440000455349922X 12500000202850601X
    911100001000000059 91110000100000006C 91110000100000007F)
  mkdir -p "$dir"
  base=$(port_base "$((2 * ${#members[@]}))")
  for i in "${!members[@]}"; do
    id=hosp-${members[i]}
    host=${hosts[${members[i]}]:-127.0.0.1}
    emr-pbft-node init --dir "$dir/$id" --id "$id" --name "Hospital $id" --uscc "${codes[i]}" \
      --admin "${admins[i]:-0x000000000000000000000000000000000000000$((i + 1))}" \
      --peer "$host:$((base + i))" --http "$host:$((base + ${#members[@]} + i))"
  done > "$dir/descriptors.jsonl"
  emr-pbft-node genesis "$dir/descriptors.jsonl" --chain-id "$chain" --output-dir "$dir/founding" \
    "$@" > /dev/null
  for i in "${members[@]}"; do
    emr-pbft-node join --dir "$dir/hosp-$i" --genesis "$dir/founding/genesis.json" \
      --share "$dir/founding/share-hosp-$i.json" > /dev/null
  done
}
members=(a b c d)
admins=()  # addresses of the founding administrators, where a caller has their keys
declare -gA node_pid=()
declare -gA hosts=()   # member: its address, where that is not loopback
declare -gA prefix=()  # member: words before the command that runs its node

# url MEMBER: its HTTP address
url() { jq -r '"http://" + .httpListen' "$net/hosp-$1/node.json"; }

# node_start MEMBER...: start and wait until each has said that it is ready
node_start() {
  local member
  for member in "$@"; do
    : > "$net/$member.out"
    # shellcheck disable=SC2086  # a prefix is words
    ${prefix[$member]:-} emr-pbft-node run --dir "$net/hosp-$member" > "$net/$member.out" 2>> "$net/$member.log" 3>&- &
    node_pid[$member]=$!
  done
  for member in "$@"; do
    within 20 grep -q emr.ready "$net/$member.out" || { cat "$net/$member.log" >&2; return 1; }
  done
}

# node_kill SIGNAL MEMBER: and wait until it is gone; its exit code is in $node_status
node_kill() {
  local pid=${node_pid[$2]}
  unset "node_pid[$2]"
  kill -s "$1" "$pid"
  node_status=0
  wait "$pid" 2> /dev/null || node_status=$?
}

consortium_stop() {
  local member
  for member in "${!node_pid[@]}"; do node_kill KILL "$member" || true; done
}

# within SECONDS COMMAND...: retry until it succeeds
within() {
  local stop=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < stop)) || return 1
    sleep 0.1
  done
}

# status MEMBER FILTER: jq over its status line
status() { emr-pbft-node status --node "$(url "$1")" 2> /dev/null | jq -r "$2"; }

# same_tip MEMBER...: do all of them answer, and show one height, one tip, one state?
same_tip() {
  local member
  [ "$(for member in "$@"; do status "$member" '[.height, .tip, .writesHash] | @csv'; done |
    sort | uniq -c | awk '{print $1}' | xargs)" = "$#" ]
}
