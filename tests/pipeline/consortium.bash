# A consortium of real processes on loopback for Bats files: `load consortium`, then
# `consortium_setup` in setup and `consortium_stop` in teardown, which stops every process by its pid.
# $net is the directory of the consortium, $genesis its genesis file, $node_status an exit code.
# shellcheck disable=SC2034,SC2154

# consortium_setup: an empty test directory without settings of the user, a passphrase, keys/
consortium_setup() {
  load ../tool
  tool_setup
  net=$BATS_TEST_TMPDIR/net
  genesis=$net/founding/genesis.json
  echo passphrase > pass
  mkdir keys
}

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

# found [GENESIS OPTION...]: four hospitals whose admins have keys, four running nodes
found() {
  local member
  for member in "${members[@]}"; do
    new_account "hosp-$member-admin"
    admins+=("$(account "hosp-$member-admin")")
  done
  consortium_found "$net" emr-test --timeout-ms 700 "$@"
  node_start "${members[@]}"
}

new_account() {
  emr-sign create --light -k "keys/$1.json" --passphrase-file pass > "keys/$1.created"
}
account() { jq -r .address "keys/$1.created"; }  # NAME: its address

# sign ACCOUNT: emr.tx lines on stdin, signed
sign() { emr-sign --genesis "$genesis" -k "keys/$1.json" --passphrase-file pass; }

# submit SECONDS MEMBER... [-- OPTION...]: signed lines on stdin to these nodes
submit() {
  local seconds=$1 nodes=()
  shift
  while (($# > 0)) && [ "$1" != -- ]; do
    nodes+=(--node "$(url "$1")")
    shift
  done
  emr-tx submit -q --genesis "$genesis" --timeout "$seconds" "${nodes[@]}" "${@:2}"
}

# sign_and_submit ACCOUNT [SUBMIT OPTION...]: emr.tx lines on stdin to the nodes of the genesis
sign_and_submit() { sign "$1" | submit "${patience:-40}" -- "${@:2}"; }

# send ACCOUNT METHOD ARGS [SUBMIT OPTION...]: the receipt
send() { emr-tx build "$2" --from "$(account "$1")" <<< "$3" | sign_and_submit "$1" "${@:4}"; }

# application NAME [ROLE INSTITUTION]: a signed line by which a new account registers
application() {
  new_account "$1"
  jq -cn --arg role "${2:-doctor}" --arg institution "${3:-hosp-a}" \
    --arg identity "$(printf %s "$1" | sha256sum | cut -c1-64)" '$ARGS.named' |
    emr-tx build registration.apply --from "$(account "$1")" | sign "$1"
}

# enrol ROLE ACCOUNT INSTITUTION [SUBMIT OPTION...]: registered and approved; both receipts
enrol() {
  application "$2" "$1" "$3" | submit 40 -- "${@:4}"
  send "$3-admin" registration.approve "{\"address\":\"$(account "$2")\",\"role\":\"$1\"}"
}

# record_of INSTITUTION NAME: arguments of records.create, an emr.sealed line with tags of its own
record_of() {
  jq -cn --arg institution "$1" --arg r "$(printf '%s %s' "$1" "$2" | sha256sum | cut -c1-64)" '
    {type: "emr.sealed", v: 1,
     index: {$institution, docType: "C0002", confidentiality: "N", visitType: "1",
             month: "2026-11"},
     tags: {record: $r, content: $r, patient: $r, doctor: $r},
     public: {sex: "2"}, policy: {id: "paper", hash: $r}, sealed: {type: "emr.envelope", v: 1}}'
}
