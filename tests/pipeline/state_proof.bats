#!/usr/bin/env bats
# emr-query prove and verify: that an entry is in the state, or is not, as of a certified checkpoint;
# one line, offline, from the genesis alone, across changes of the members (R-015, R-030).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=300; }

setup() {
  load consortium
  load members
  consortium_setup
}

teardown() { consortium_stop; }

verify() { emr-query verify --trust "$genesis" "$@"; }
height() { status a .height; }
tag() { printf '%s' "$1" | sha256sum | cut -c1-64; }
# past: so many blocks that everything up to now lies below a checkpoint; sets $since
past() {
  since=$(height)
  local i
  for i in 1 2; do
    send bot-a records.create "$(record_of hosp-a "filler $since $i")" > /dev/null
  done
}
prove() { # OPTION...: by the administrator of hosp-a at its own node
  query hosp-a-admin prove --node "$(url a)" "$@"
}

@test "presence and absence of records, members, accounts and keys; who may ask; every exit code" {
  found --checkpoint-interval 2
  run -75 prove --institution hosp-a
  assert_output --partial no_checkpoint
  enrol service bot-a hosp-a > /dev/null
  enrol doctor doc-a hosp-a > /dev/null
  send bot-a records.create "$(record_of hosp-a 1)" > /dev/null
  past

  # There: the line shows the value, and the verdict the height.
  prove --record "$(tag 'hosp-a 1')" --min-height "$since" > there
  assert_equal "$(jq -r .type there)" emr.state-proof
  run -0 verify there
  jq -e --argjson since "$since" '.ok and .present and .height >= $since and .epoch == 0
    and (.value | fromjson | .institution == "hosp-a")' <<< "$output"
  # Not there, in the same words; -e says so by the exit code, and the line is written all the same.
  run -1 --separate-stderr prove -e --record "$(tag nothing)" --min-height "$since"
  echo "$output" > absent
  run -0 verify absent
  jq -e '.ok and .present == false and (has("value") | not)' <<< "$output"
  for option in "--institution hosp-b" "--account $(account doc-a)" "--state-key alliance/epoch"; do
    # shellcheck disable=SC2086  # an option with its value
    prove -e $option > one
    jq -e '.ok and .present' <<< "$(verify one)"
  done
  # All kinds of lines in one file, and a node's answer is the same at every node.
  cat there absent one > lines
  assert_equal "$(verify lines | jq -s 'map(.present) | @csv')" '"true,false,true"'
  query hosp-a-admin prove --node "$(url b)" --state-key alliance/epoch > other
  assert_equal "$(jq -c '[.entries, .start]' other)" "$(jq -c '[.entries, .start]' one)"

  # Changed lines: a verdict that says why, exit 1. No proof at all: exit 65.
  jq -c 'del(.value)' there > bad1
  jq -c '.value = "{}"' absent > bad2
  jq -c '.key = "a"' there > bad3
  jq -c '.entries[0][1] = (.entries[0][1] | .[1:] + .[:1])' there > bad4
  jq -c '.chunk = 0 | .chunks = 1 | .path = []' there > bad5
  jq -c '.header = (.header | .[:-1] + (if .[-1:] == "0" then "1" else "0" end))' absent > bad6
  for pair in 1:value 2:value 3:range 4:state_path 5:state_path 6:certificate; do
    run -1 verify "bad${pair%%:*}"
    assert_equal "$(jq -r '[.ok, .reason] | @csv' <<< "$output")" "false,\"${pair#*:}\""
  done
  jq -c '.path = "x"' there > malformed
  run -65 verify malformed
  assert_output --partial /path
  refute_output --partial "$(jq -r .key there)"

  # Usage, rights, a height that no checkpoint has, nobody there.
  run -2 prove
  run -2 prove --record "$(tag 1)" --institution hosp-a
  run -2 prove --grant "$(tag 1)"
  run -2 prove --record 12
  run -2 prove --state-key $'a\nb'
  run -77 query doc-a prove --record "$(tag 'hosp-a 1')"
  run -77 query bot-a prove --institution hosp-a
  run -75 prove --institution hosp-a --min-height 1000000
  run -69 query hosp-a-admin prove --node http://127.0.0.1:9 --timeout 1 --institution hosp-a
}

@test "out of a copied data directory: right after a restart, without a node, across epochs" {
  found --checkpoint-interval 2
  enrol service bot-a hosp-a > /dev/null
  newcomer e
  send hosp-e-admin alliance.propose "$(emr-pbft-node apply e.json)" > proposed
  approve "$(jq -r .result.proposal proposed)" hosp-e hosp-a-admin hosp-b-admin hosp-c-admin
  decide '{"kind":"validator","institution":"hosp-e"}' hosp-a-admin hosp-b-admin hosp-c-admin \
    hosp-d-admin
  send bot-a records.create "$(record_of hosp-a 1)" > /dev/null
  past
  # Who answered a client may have been faster than the member whose height counts.
  within 20 same_tip a b c d
  (($(height) % 2 == 0)) || send bot-a records.create "$(record_of hosp-a even)" > /dev/null
  within 20 same_tip a b c d
  # Stopped right after a checkpoint, a node holds it when it starts; stopped behind one, not yet.
  node_kill KILL a
  node_start a
  prove --institution hosp-a > held
  verify < held | jq -e --argjson h "$(height)" '.ok and .height == $h'
  send bot-a records.create "$(record_of hosp-a odd)" > /dev/null
  within 20 same_tip a b c d
  node_kill KILL a
  node_start a
  run -75 prove --institution hosp-a
  offline() { emr-query prove --genesis "$genesis" --ledger "$@"; }
  # Whatever the last block is: one copy of a height at a checkpoint, one of a height behind it.
  for copy in one two; do
    emr-pbft-node backup --dir "$net/hosp-a" --to $copy > $copy.json
    offline $copy/data --record "$(tag 'hosp-a 1')" --min-height "$since" > there
    jq -e --argjson since "$since" '.ok and .present and .height >= $since and .epoch == 1' \
      <<< "$(verify there)"
    run -1 --separate-stderr offline $copy/data -e --record "$(tag nothing)"
    jq -e '.ok and .present == false' <<< "$(verify <<< "$output")"
    send bot-a records.create "$(record_of hosp-a "more $copy")" > /dev/null
  done
  assert_equal "$(jq -s '[.[].height % 2] | add' one.json two.json)" 1
  # The same line as a node's, once that has a checkpoint of this height.
  emr-pbft-node backup --dir "$net/hosp-a" --to three > /dev/null
  offline three/data --state-key alliance/epoch > offline
  prove --state-key alliance/epoch > online
  diff <(jq -S . offline) <(jq -S . online)
  # What does not hold proves nothing; exit codes.
  cp -r two bent
  LC_ALL=C sed -i 's/"docType":"C0002"/"docType":"C0003"/' bent/data/data.mdb
  run -1 offline bent/data --record "$(tag 'hosp-a 1')"
  run -2 offline two/data --institution hosp-a --node "$(url a)"
  run -75 offline two/data --institution hosp-a --min-height 1000000
  run -66 offline nowhere --institution hosp-a
  emr-pbft-node genesis "$net/descriptors.jsonl" --chain-id other --output-dir other > /dev/null
  run -78 emr-query prove --genesis other/genesis.json --ledger two/data --institution hosp-a
}

@test "a member that came and left: proven across two epochs" {
  found --checkpoint-interval 2
  enrol service bot-a hosp-a > /dev/null
  newcomer e
  prove_epoch() { # EPOCH OPTION...
    local epoch=$1
    shift
    past
    prove "$@" --min-height "$since" > "line$epoch"
    assert_equal "$(jq '.epochs // [] | length' "line$epoch")" "$epoch"
    verify "line$epoch" > "verdict$epoch"
  }
  prove_epoch 0 --institution hosp-e
  jq -e '.present == false' verdict0
  send hosp-e-admin alliance.propose "$(emr-pbft-node apply e.json)" > proposed
  approve "$(jq -r .result.proposal proposed)" hosp-e hosp-a-admin hosp-b-admin hosp-c-admin
  decide '{"kind":"validator","institution":"hosp-e"}' hosp-a-admin hosp-b-admin hosp-c-admin \
    hosp-d-admin
  prove_epoch 1 --institution hosp-e
  jq -e '.present and .epoch == 1 and (.value | fromjson | .node.role == "validator")' verdict1
  send hosp-e-admin alliance.leave '{"institution":"hosp-e"}' > left
  prove_epoch 2 --institution hosp-e
  jq -e '.present == false and .epoch == 2' verdict2
  # An export leads from epoch to epoch too, from its first block on.
  query hosp-a-admin export --all --node "$(url a)" > export
  run -0 verify export
  jq -e '.ok and .from == 1' <<< "$output"
  query hosp-a-admin export --all --since "$since" --node "$(url a)" > export
  run -0 verify export
  jq -e --argjson since "$since" '.ok and .from == $since' <<< "$output"
  jq -c 'del(.epochs)' export > cut
  run -1 verify cut
  jq -e '.findings | all(.reason == "unknown_epoch")' <<< "$output"
  # Each line says what was true at its height; without the chain none of them holds.
  jq -c 'del(.epochs[0])' line2 > cut
  run -1 verify cut
  assert_equal "$(jq -r .reason <<< "$output")" epoch_chain
}
