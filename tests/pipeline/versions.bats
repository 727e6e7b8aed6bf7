#!/usr/bin/env bats
# Versions of the contracts on real nodes (R-066): founded old, raised by vote, the same for whoever
# restarts, joins later or replays the ledger offline (R-088).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=400; }

setup() {
  load consortium
  load members
  consortium_setup
}

teardown() { consortium_stop; }

weight='{"institution":"hosp-b","weight":3}'
# contract FILTER [OPTION...]: of the row of the alliance contract
contract() {
  query hosp-a-admin contracts "${@:2}" | jq -r "select(.name == \"alliance\") | $1"
}

@test "a consortium founded at version 1 refuses a method of version 2 until a quorum has decided" {
  found --contract alliance=1 --checkpoint-interval 8
  assert_equal "$(contract '[.version, .since, .software] | @csv')" 1,0,2
  run -65 send hosp-b-admin alliance.weight "$weight"
  assert_output --partial not_in_version
  assert_output --partial "version 2 of the contract alliance"

  # Not what no software here can run, and not by one member.
  upgrade='{"kind":"contract","institution":"hosp-a","contract":"alliance","version":2}'
  run -65 send hosp-a-admin alliance.propose "${upgrade/:2/:9}"
  assert_output --partial unknown_version
  run -1 send hosp-a-admin alliance.propose "${upgrade/:2/:1}"
  assert_output --partial version_is_active
  send hosp-a-admin alliance.propose "$upgrade" > proposed
  id=$(jq -r .result.proposal proposed)
  approve "$id" hosp-a hosp-a-admin hosp-b-admin
  run -65 send hosp-b-admin alliance.weight "$weight"

  # The last vote comes while one member is away; it learns of the version from the blocks.
  node_kill KILL d
  approve "$id" hosp-a hosp-c-admin
  assert_equal "$(jq -c '[.result.status, .result.version]' approved)" '["accepted",2]'
  since=$(jq -r .result.since approved)
  assert_equal "$since" $(($(jq -r .height approved) + 1))
  send hosp-b-admin alliance.weight "$weight" > weighed
  assert_equal "$(jq -r .status weighed)" committed
  assert_equal "$(contract '[.version, .since, .proposal] | @csv')" "2,$since,\"$id\""
  grep -q "decided: .*alliance" "$net/a.log"
  node_start d
  within 40 same_tip a b c d

  # After a restart, and for a member that comes by a snapshot: the same versions, the same state.
  node_kill TERM a
  node_start a
  within 20 is a .ready true
  assert_equal "$(contract .version --node "$(url a)")" 2
  enrol service bot-a hosp-a > /dev/null
  for i in {1..9}; do send bot-a records.create "$(record_of hosp-a "$i")" > /dev/null; done
  newcomer e
  send hosp-e-admin alliance.propose "$(emr-pbft-node apply e.json)" > proposed
  approve "$(jq -r .result.proposal proposed)" hosp-e hosp-a-admin hosp-b-admin hosp-c-admin
  within 40 is e .ready true
  within 40 same_tip a b c d e
  assert_equal "$(contract '[.version, .since] | @csv' --node "$(url e)")" "2,$since"

  # Offline, every block by the rules of its height.
  node_kill TERM c
  cp -r "$net/hosp-c/data" copy
  run -0 emr-query verify --full --ledger copy --trust "$genesis"
  jq -e '.ok and .findings == []' <<< "$output"
}

@test "founding: versions are asked for by name, and none that this software does not run" {
  for member in a b c d; do admins+=("0x000000000000000000000000000000000000000$member"); done
  consortium_found "$net" emr-test --contract alliance=1
  assert_equal "$(jq -r '[.contracts[] | select(.name == "alliance").version] | @csv' "$genesis")" 1
  for wish in alliance=9 alliance=0 alliance nothing=1; do
    run -2 emr-pbft-node genesis "$net/descriptors.jsonl" --chain-id other --output-dir other \
      --contract "$wish"
    assert_output --partial NAME=VERSION
  done
  [ ! -e other ]
}
