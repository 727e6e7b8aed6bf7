#!/usr/bin/env bats
# What emr-tx believes: receipts that are proven, records that f + 1 nodes name, one ledger only.

bats_require_minimum_version 1.5.0

setup() {
  load emr-tx
  tx_setup
}

teardown() { stop_nodes; }

# An outside reviewer's find: one node's word, or that of whoever sits before it, was believed.
@test "submit: a node that lies is named and the next one asked; alone it commits nothing" {
  signed 3 > tx
  for lie in unproven forged; do
    start_node $lie
    liar=$node
    run -75 --separate-stderr submit --timeout 1 tx
    assert_equal "$(jq -r .status <<< "$output" | sort -u)" unknown
    [[ $stderr == *"$liar"*"proof does not hold"* ]] || fail "$stderr"
    start_node commit
    run -0 --separate-stderr emr-tx submit --genesis "$genesis" --connections 1 \
      --node "$liar" --node "$node" tx
    assert_equal "$(jq -r .status <<< "$output" | sort -u)" committed
    [[ $stderr == *"$liar"*"proof does not hold"* ]] || fail "$stderr"
    txid=$(jq -r .txid <<< "${lines[0]}")
    run -76 --separate-stderr emr-tx status --genesis "$genesis" --node "$liar" "$txid"
    assert_equal "$output" ""
    run -0 --separate-stderr emr-tx status --genesis "$genesis" --node "$liar" --node "$node" "$txid"
    jq -e '.state == "committed"' <<< "$output"
    [[ $stderr == *"$liar"* && $stderr != *"$node:"* ]] || fail "$stderr"
    stop_nodes
  done
}

# An outside reviewer's find: the word of one node was journalled for ever, whoever else took the line.
@test "submit: a refusal is final when f + 1 members say so; till then it can be tried again" {
  signed 2 > tx
  start_node refuse hosp-a
  liar=$node
  start_node stall hosp-b
  run -75 --separate-stderr emr-tx submit --genesis "$genesis" --connections 1 --timeout 1 \
    --journal j --node "$liar" --node "$node" tx
  assert_equal "$(jq -r '"\(.status) \(.error.reason) \(.retryable)"' <<< "$output" | sort -u)" \
    "unknown disputed true"
  start_node commit hosp-c
  run -0 --separate-stderr emr-tx submit --genesis "$genesis" --connections 1 --journal j --resume \
    --node "$liar" --node "$node" < /dev/null
  assert_equal "$(jq -r .status <<< "$output" | xargs)" "committed committed"
  start_node refuse hosp-d
  run -3 --separate-stderr emr-tx submit --genesis "$genesis" --connections 1 --journal k \
    --node "$liar" --node "$node" --node http://127.0.0.1:1 tx
  run -3 --separate-stderr emr-tx submit --genesis "$genesis" --journal k --resume \
    --node http://127.0.0.1:1 < /dev/null
  assert_equal "$(jq -r '"\(.status) \(.error.reason)"' <<< "$output" | sort -u)" \
    "failed not_registered"
}

@test "build: that a record is there is believed of f + 1 nodes; else it is sent" {
  import_key
  sealed 1 > record
  look_up() {
    run -0 --separate-stderr emr-tx build records.create --from $account -k key.json \
      --passphrase-file pass --genesis "$genesis" "$@" record
    jq -r .type <<< "$output"
  }
  start_node known hosp-a
  liar=$node
  start_node commit hosp-b
  honest=$node
  assert_equal "$(look_up --node "$liar" --node "$honest")" emr.tx
  assert_equal "$(look_up --node "$honest" --node "$liar")" emr.tx
  look_up --node "$liar" --node "$liar" # twice the same node is one voice
  [[ $output == *'"emr.tx"'* && $stderr == *"of 1 records too few nodes said the same"* ]] ||
    fail "$stderr"
  start_node known stranger # nor is who is no member
  assert_equal "$(look_up --node "$node" --node "$liar")" emr.tx
  start_node known hosp-c
  assert_equal "$(look_up --node "$liar" --node "$honest" --node "$node")" emr.receipt
}

@test "submit, status: a node of another ledger is a wrong configuration, as in emr-query" {
  start_node foreign
  signed 2 > tx
  run -78 --separate-stderr submit --timeout 20 tx
  assert_equal "$(jq -r '[.status, .error.code, .retryable] | join(" ")' <<< "$output" | sort -u)" \
    "unknown 78 false"
  [[ $stderr == *"another ledger"* ]]
  run -78 --separate-stderr emr-tx status --genesis "$genesis" --node "$node" "$(head -n 1 sent)"
  assert_equal "$output" ""
}

@test "status: what one node hides another one shows" {
  start_node commit
  signed 1 > tx
  txid=$(submit tx | jq -r .txid)
  knows=$node
  start_node commit
  run -1 emr-tx status --genesis "$genesis" --node "$node" "$txid"
  run -0 emr-tx status --genesis "$genesis" --node "$node" --node "$knows" "$txid"
  jq -e '.state == "committed"' <<< "$output"
}

@test "status: unknown transactions and unreachable nodes" {
  run -69 emr-tx status --genesis "$genesis" --node http://127.0.0.1:1 --timeout 2 "$(token x)"
}
