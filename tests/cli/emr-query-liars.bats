#!/usr/bin/env bats
# What emr-query and emr-grant believe of nodes, and what they say when too little was answered.

bats_require_minimum_version 1.5.0

setup() {
  load emr-tx
  tx_setup
  emr-sign login --from $account --genesis "$genesis" --session me > login.tx
}

teardown() { stop_nodes; }

# An outside reviewer's find: what had not been judged was taken for permitted.
@test "check: no record judged is 1, some that were not are 3; both say so" {
  who=(--genesis "$genesis" --session me)
  query=(emr-query check "${who[@]}" --grantee $account --purpose TREAT --patient "$(token p)")
  grant=(emr-grant check "${who[@]}" --patient "$(token p)")
  start_node none
  run -1 --separate-stderr "${query[@]}" --node "$node"
  [[ $stderr == *"no record was judged"* ]] || fail "$stderr"
  run -1 --separate-stderr "${grant[@]}" --node "$node"
  [[ $stderr == *"no record was judged"* ]] || fail "$stderr"
  start_node some
  run -3 --separate-stderr "${query[@]}" --node "$node"
  assert_equal "$(jq -r .decision <<< "$output")" permit
  [[ $stderr == *"some of the records were not judged"* ]] || fail "$stderr"
  run -3 "${grant[@]}" --node "$node"
}

@test "open: a version whose transaction no node proves is none, and can be tried again" {
  start_node late
  run -75 --separate-stderr emr-query open --genesis "$genesis" --session me --node "$node" \
    --record "$(token r)" --output-dir out
  [[ $stderr == *"no node proves"* ]] || fail "$stderr"
  [ ! -e out ]
}

@test "--format fhir: a row that is no row of a ledger is the node's fault (76), not a bug" {
  for mode in odd bare; do
    start_node $mode
    run -76 --separate-stderr emr-query grants --format fhir --genesis "$genesis" --session me \
      --node "$node"
    assert_equal "$output" ""
    [[ $stderr == *"no view in FHIR"* ]] || fail "$stderr"
  done
}
