# The setting of the emr-tx Bats files: `load emr-tx`, then `tx_setup` in setup and `stop_nodes` in
# teardown.
# shellcheck disable=SC2034,SC2015

# tx_setup: an empty directory, a ledger whose keys the scripted node knows, the test account
tx_setup() {
  load ../tool
  tool_setup
  emr-fake-node genesis > genesis.json
  genesis=$PWD/genesis.json
  secret=ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80
  account=0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
  canary=11010519491231002X
  echo passphrase > pass
  servers=()
}

# start_node MODE [ID]: the scripted node; its address is in $node
start_node() {
  rm -f port
  : > sent
  emr-fake-node run port sent "$@" 3>&- &
  servers+=($!)
  for _ in {1..100}; do [ -s port ] && break || sleep 0.05; done
  node=http://127.0.0.1:$(cat port)
}
stop_nodes() {
  [ "${#servers[@]}" -eq 0 ] || kill "${servers[@]}" 2> /dev/null || true
  servers=()
}

token() { printf '%s' "$1" | sha256sum | cut -c1-64; }

# sealed N [CONTENT]: an emr.sealed line as emr-ipfs-put writes it (the envelope is not looked into)
sealed() {
  jq -cn --arg record "$(token "record $1")" --arg content "$(token "${2:-content} $1")" \
    --arg any "$(token any)" '{type: "emr.sealed", v: 1,
      index: {institution: "hosp-a", docType: "C0002", confidentiality: "N", visitType: "1",
              month: "2026-11"},
      tags: {record: $record, content: $content, patient: $any, doctor: $any},
      public: {sex: "2"}, policy: {id: "paper", hash: $any}, sealed: {type: "emr.envelope"}}'
}

import_key() {
  echo "$secret" > secret.txt
  emr-sign import --light --from secret.txt -k key.json --passphrase-file pass > /dev/null
}

# signed N: N signed records.create lines
signed() {
  [ -e key.json ] || import_key
  for ((i = 1; i <= $1; ++i)); do sealed "$i"; done |
    emr-tx build records.create --from "$account" |
    emr-sign -k key.json --genesis "$genesis" --passphrase-file pass
}

submit() { emr-tx submit --genesis "$genesis" --node "$node" "$@"; }

# submit_in_background ARGUMENT...: the process itself, so that it can be killed, is $submitter
submit_in_background() {
  emr-tx submit --genesis "$genesis" --node "$node" "$@" > /dev/null 2>&1 3>&- &
  submitter=$!
}
kill_submitter() {
  kill -9 "$submitter" 2> /dev/null || true
  wait "$submitter" 2> /dev/null || true
}
