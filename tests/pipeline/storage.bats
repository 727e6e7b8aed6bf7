#!/usr/bin/env bats
# Who keeps the sealed objects, on real nodes (R-055, R-056): weights that institutions set while it
# runs, copies that the alliance decides on, members that come; nothing is lost by any of it.

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=400; }

setup() {
  load consortium
  load members
  consortium_setup
}

teardown() { consortium_stop; }

# put NAME: a new object of its own, by the weights; its manifest in NAME.manifest
put() {
  printf 'object %s' "$1" | emr-ipfs-put put --genesis "$genesis" "${all[@]}" -k keys/bot-a.json \
    --passphrase-file pass --manifest "$1.manifest" > "$1.put"
}
# get MEMBER NAME: is it readable there?
get() {
  [ "$(emr-ipfs-put get --genesis "$genesis" --node "$(url "$1")" -k keys/bot-a.json \
    --passphrase-file pass --manifest "$2.manifest" -o -)" = "object $2" ]
}
blocks() { status "$1" .contentBlocks; }
holds() { [ "$(blocks "$1")" = "$2" ]; }
weigh() { # MEMBER WEIGHT
  send "hosp-$1-admin" alliance.weight "$(emr-pbft-node set-weight "$2" --dir "$net/hosp-$1")" \
    > weighed
}
# holders NAME: the members that keep it
holders() {
  query hosp-a-admin ring --key "$(jq -r .handle "$1.put")" | jq -r '.node | ltrimstr("hosp-")'
}

@test "a node of weight 0 gets no new objects and serves what it has; with a weight it catches up" {
  found
  enrol service bot-a hosp-a > /dev/null
  all=(--node "$(url d)" --node "$(url a)" --node "$(url b)" --node "$(url c)")
  put before
  for member in a b c d; do within 20 holds "$member" 1; done

  run -2 emr-pbft-node set-weight 101 --dir "$net/hosp-d"
  weigh d 0
  assert_equal "$(query hosp-b-admin ring | jq -c 'select(.node == "hosp-d").weight')" 0
  run -1 send hosp-c-admin alliance.weight '{"institution":"hosp-c","weight":0}'
  assert_output --partial too_few_storage_nodes
  within 10 is d .weight 0
  for i in 1 2 3; do put "drained$i"; done  # the first --node is d: the weights say otherwise
  for member in a b c; do within 20 holds "$member" 4; done
  assert_equal "$(holders drained1 | sort | xargs)" "a b c"
  get d before
  get d drained1  # from its peers, and without keeping it
  sleep 6         # more than one step of the repair
  holds d 1

  # An audit of its copy misses nothing that is kept elsewhere.
  sealed=$(record_of hosp-a 1 | jq -c --arg h "$(jq -r .handle drained1.put)" \
    '.attachments = {handles: [$h], manifest: {type: "emr.envelope", v: 1}}')
  send bot-a records.create "$sealed" > created
  within 20 same_tip a b c d
  node_kill TERM d
  cp -r "$net/hosp-d/data" copy
  run -0 emr-query verify --full --ledger copy --trust "$genesis"
  jq -e '.ok and .handles == 1 and .handlesElsewhere == 1' <<< "$output"
  node_start d

  weigh d 1
  within 60 holds d 4
  node_kill KILL a
  node_kill KILL b
  get d drained2
}

@test "fewer copies than nodes: shared out by weight, readable everywhere, moved when weights change" {
  found
  enrol service bot-a hosp-a > /dev/null
  all=(--node "$(url a)" --node "$(url b)" --node "$(url c)" --node "$(url d)")
  run -1 send hosp-a-admin alliance.propose \
    '{"kind":"copies","institution":"hosp-a","copies":1}'
  assert_output --partial too_few_copies
  decide '{"kind":"copies","institution":"hosp-a","copies":2}' hosp-a-admin hosp-b-admin \
    hosp-c-admin
  assert_equal "$(jq -c '[.result.status, .result.copies]' approved)" '["accepted",2]'
  for i in {1..8}; do put "few$i"; done
  for i in {1..8}; do assert_equal "$(holders "few$i" | wc -l)" 2; done
  # Two each, and perhaps one more at the node that took it.
  within 20 eval '(($(blocks a) + $(blocks b) + $(blocks c) + $(blocks d) >= 16))'
  (($(blocks a) + $(blocks b) + $(blocks c) + $(blocks d) <= 24))
  for member in a b c d; do get "$member" few1; done

  # All weight to d, which is killed while objects move: it goes on where it was.
  weigh d 100
  node_kill KILL d
  node_start d
  within 90 holds d 8
  # A newcomer gets what is its own, and nobody loses anything.
  newcomer e
  send hosp-e-admin alliance.propose "$(emr-pbft-node apply e.json)" > proposed
  approve "$(jq -r .result.proposal proposed)" hosp-e hosp-a-admin hosp-b-admin hosp-c-admin
  within 40 is e .ready true
  send hosp-e-admin alliance.weight '{"institution":"hosp-e","weight":100}' > weighed
  within 90 eval '(($(blocks e) > 0))'
  for i in {1..8}; do get e "few$i"; done

  # One that keeps a copy of everything leaves and is gone at once.
  decide '{"kind":"validator","institution":"hosp-e"}' hosp-a-admin hosp-b-admin hosp-c-admin \
    hosp-d-admin
  send hosp-d-admin alliance.leave '{"institution":"hosp-d"}' > left
  node_kill KILL d
  assert_equal "$(query hosp-a-admin ring | jq -r .node | xargs)" "hosp-a hosp-b hosp-c hosp-e"
  for i in {1..8}; do within 20 get a "few$i"; done
}
