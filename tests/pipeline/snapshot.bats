#!/usr/bin/env bats
# State transfer between real processes: a member that has lost its directory comes back by a
# verified snapshot, killed in the middle or not, does not vote before it is safe, and ends with the
# same state, the same blocks and a ledger that verifies from the genesis alone.

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=300; }

setup() {
  load consortium
  consortium_setup
}

teardown() { consortium_stop; }

# traffic FROM COUNT: that many signed requests, each of which becomes a block of its own. The account
# has applied before, so all but the first fail by the contract: that too is a receipt in a block.
traffic() {
  local i height
  height=$(status a .height)
  for ((i = $1; i < $1 + $2; i++)); do
    jq -cn --arg identity "$(printf 'person %d' "$i" | sha256sum | cut -d' ' -f1)" \
      '{role: "doctor", institution: "hosp-a", identity: $identity}' |
      emr-tx build registration.apply --from "$(account busy)"
  done | sign busy | submit 60 a > receipts || true
  within 20 at_least a $((height + $2))
}
at_least() { [ "$(status "$1" .height)" -ge "$2" ]; }  # MEMBER HEIGHT: status is a moment old

# small_steps [GENESIS OPTION...]: four nodes with a checkpoint every fourth block, one request per
# block
small_steps() {
  found --checkpoint-interval 4 --batch-max 1 "$@"
  new_account busy
}

# wipe MEMBER: stop it and lose its data, as a dead disk does
wipe() {
  node_kill TERM "$1"
  rm -r "$net/hosp-$1/data"
}

votes_again() { [ "$(status d .rejoining)" = false ]; }
complete() { [ "$(status d .missingBlocks)" = 0 ]; }

# same_dump: stopped, a and d hold the same state, and the ledger of d verifies
same_dump() {
  local member
  for member in a b c d; do node_kill TERM "$member"; done
  for member in a d; do emr-query state --ledger "$net/hosp-$member/data" > "$member.state"; done
  cmp a.state d.state
  emr-query verify --full --ledger "$net/hosp-d/data" --trust "$genesis" |
    jq -e '.ok and .findings == []'
}

@test "a wiped member comes back by snapshot, votes when it is safe, and holds the same" {
  small_steps
  assert_equal "$(status d .rejoining)" false # founders vote at once
  traffic 0 130
  wipe d
  node_start d
  within 30 same_tip a b c d
  grep -q "fetching the state at height" "$net/d.log"
  grep -q "is installed" "$net/d.log"
  within 30 complete
  assert_equal "$(status d .rejoining)" true
  traffic 130 16
  within 30 votes_again
  # Its vote counts again: with another one gone the three decide.
  node_kill KILL b
  traffic 146 2
  node_start b
  within 30 same_tip a b c d
  same_dump
}

@test "a snapshot of a later epoch: its validators are known by the chain of epochs (R-015)" {
  load members
  small_steps --contract alliance=1
  newcomer 0
  emr-pbft-node apply 0.json > application
  send hosp-0-admin alliance.propose "$(cat application)" > applied
  approve "$(jq -r .result.proposal applied)" hosp-0 hosp-a-admin hosp-b-admin hosp-c-admin
  within 30 is 0 '[.ready, .role] | @csv' 'true,"observer"'
  decide '{"kind":"validator","institution":"hosp-0"}' hosp-a-admin hosp-b-admin hosp-c-admin \
    hosp-d-admin
  within 30 is a .epoch 1
  decide '{"kind":"contract","institution":"hosp-a","contract":"alliance","version":2}' \
    hosp-a-admin hosp-b-admin hosp-c-admin hosp-d-admin  # in the state, and so in the snapshot
  traffic 0 130
  wipe d
  node_start d
  within 30 same_tip 0 a b c d
  grep -q "fetching the state at height" "$net/d.log"
  grep -q "is installed" "$net/d.log"
  is d '[.epoch, .validators] | @csv' 1,5
  run -0 query hosp-a-admin contracts --node "$(url d)"
  assert_equal "$(jq -c 'select(.name == "alliance") | [.version, .since]' <<< "$output")" \
    "[2,$(jq .result.since approved)]"
  within 30 complete
  traffic 130 16
  within 30 votes_again
  same_dump
}

@test "killed at any moment of the transfer it goes on, and ends with the same" {
  small_steps
  traffic 0 130
  wipe d
  for pause in 0.05 0.15 0.4 0.8; do
    node_start d
    sleep "$pause"
    node_kill KILL d
  done
  node_start d
  within 30 same_tip a b c d
  within 30 complete
  grep -q "is installed" "$net/d.log"
  same_dump
}

@test "a member that was away for a little catches up by blocks" {
  small_steps
  traffic 0 20
  node_kill KILL d
  traffic 20 3
  node_start d
  within 30 same_tip a b c d
  refute grep -q "fetching the state" "$net/d.log"
  assert_equal "$(status d .rejoining)" false
  same_dump
}
