#!/usr/bin/env bats
# Who belongs to the consortium, on real nodes: apply, review, observe, vote, leave, expulsion, new
# keys; and receipts of every epoch from the genesis alone (R-015, R-016, R-068, R-072, R-079).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=400; }

setup() {
  load consortium
  load members
  consortium_setup
}

teardown() { consortium_stop; }

@test "a fifth hospital applies, waits, reads, then votes; an old one leaves; receipts hold" {
  found
  enrol service bot-a hosp-a > /dev/null
  send bot-a records.create "$(record_of hosp-a 1)" > epoch0
  newcomer 0  # its id sorts before the founders': every replica index will move

  # Pending: refused by every peer, and its admin can do nothing but look at the application.
  emr-pbft-node apply 0.json > application
  send hosp-0-admin alliance.propose "$(cat application)" > applied
  assert_equal "$(jq -r .result.status applied)" pending
  proposal=$(jq -r .result.proposal applied)
  within 20 grep -q "refused a connection" "$net/a.log"
  is 0 '[.ready, .role] | @csv' 'false,"none"'
  is 0 '.reason[:12]' not_admitted
  run -77 send hosp-0-admin alliance.approve \
    "{\"proposal\":\"$proposal\",\"institution\":\"hosp-0\"}"
  run -77 query hosp-0-admin orgs
  run -0 query hosp-0-admin proposal --proposal "$proposal"
  assert_equal "$(jq -r .status <<< "$output")" open
  run -0 query hosp-a-admin nodes --pending
  assert_equal "$(jq -r '[.kind, .institution] | @csv' <<< "$output")" '"institution","hosp-0"'

  # Admitted: it catches up, follows, and answers reads; it brings no record in (R-072).
  approve "$proposal" hosp-0 hosp-a-admin hosp-b-admin hosp-c-admin
  assert_equal "$(jq -r .result.status approved)" accepted
  within 30 is 0 '[.ready, .role, .validators] | @csv' 'true,"observer",4'
  within 30 same_tip 0 a b c d
  enrol service bot-0 hosp-0 --node "$(url 0)" > /dev/null
  run -0 query hosp-0-admin orgs --node "$(url 0)"
  assert_equal "$(wc -l <<< "$output")" 5
  run -77 send bot-0 records.create "$(record_of hosp-0 1)" --node "$(url 0)"
  assert_output --partial read_only_node
  run -77 send bot-0 records.create "$(record_of hosp-0 1)"
  assert_output --partial read_only_institution

  # A validator: with one of the five gone its vote is needed, and the block is committed.
  decide '{"kind":"validator","institution":"hosp-0"}' hosp-a-admin hosp-b-admin hosp-c-admin \
    hosp-d-admin
  assert_equal "$(jq -c '[.result.epoch, .result.validators]' approved)" '[1,5]'
  within 30 is 0 '[.role, .epoch, .validators] | @csv' '"validator",1,5'
  node_kill KILL d
  send bot-0 records.create "$(record_of hosp-0 2)" > epoch1
  assert_equal "$(jq -r .status epoch1)" committed
  node_start d
  within 40 same_tip 0 a b c d

  # An old one leaves: it learns of it, votes no more, and still proves what it has.
  send hosp-d-admin alliance.leave '{"institution":"hosp-d"}' > left
  assert_equal "$(jq -c '[.result.epoch, .result.validators]' left)" '[2,4]'
  within 30 is d '[.role, .epoch] | @csv' '"none",2'
  within 30 is a '[.validators, (.peers | map(.id) | join(" "))] | @csv' '4,"hosp-b hosp-c hosp-0"'
  run -77 send hosp-d-admin alliance.leave '{"institution":"hosp-d"}'
  send bot-0 records.create "$(record_of hosp-0 3)" > epoch2
  within 30 same_tip 0 a b c

  for epoch in 0 1 2; do
    txid=$(jq -r .txid "epoch$epoch")
    emr-tx status "$txid" --genesis "$genesis" --node "$(url 0)" --proof > "proof$epoch"
    assert_equal "$(jq '.epochs // [] | length' "proof$epoch")" "$epoch"
    run -0 emr-query verify --trust "$genesis" "proof$epoch"
    jq -e --arg t "$txid" '.ok and .txid == $t' <<< "$output"
  done
  emr-tx status "$(jq -r .txid epoch1)" --genesis "$genesis" --node "$(url d)" --proof > old
  run -0 emr-query verify --trust "$genesis" old
  jq -c 'del(.epochs[0])' proof2 > cut
  run -1 emr-query verify --trust "$genesis" cut
  assert_equal "$(jq -r .reason <<< "$output")" epoch_chain

  # Restart in a later epoch, and the whole ledger from the genesis.
  node_kill KILL 0
  node_start 0
  within 30 is 0 '[.ready, .role, .epoch] | @csv' 'true,"validator",2'
  send bot-a records.create "$(record_of hosp-a 2)" > later
  within 30 same_tip 0 a b c
  # An export that goes on behind a cursor proves itself alone: its first block has the epochs.
  emr-query export --after $(($(jq -r .height later) - 1)) --all --genesis "$genesis" \
    --node "$(url 0)" -k keys/hosp-a-admin.json --passphrase-file pass > part
  run -0 emr-query verify --trust "$genesis" part
  jq -e --argjson h "$(jq -r .height later)" '.ok and .from == $h' <<< "$output"
  node_kill TERM b
  cp -r "$net/hosp-b/data" copy
  run -0 emr-query verify --full --ledger copy --trust "$genesis"
  jq -e '.ok and .findings == []' <<< "$output"
}

@test "keys are renewed while it runs; the votes of an expelled node do not count" {
  found
  newcomer e
  send hosp-e-admin alliance.propose "$(emr-pbft-node apply e.json)" > proposed
  approve "$(jq -r .result.proposal proposed)" hosp-e hosp-a-admin hosp-b-admin hosp-c-admin
  decide '{"kind":"validator","institution":"hosp-e"}' hosp-a-admin hosp-b-admin hosp-c-admin \
    hosp-d-admin
  within 30 is e '[.ready, .role] | @csv' 'true,"validator"'

  # New vote and transport keys: made, held beside the old ones, registered, used.
  emr-pbft-node rotate --dir "$net/hosp-b" --vote --transport > rotation
  node_kill TERM b
  node_start b
  within 30 is b .ready true
  send hosp-b-admin alliance.rotate "$(cat rotation)" > rotated
  assert_equal "$(jq -c '[.result.epoch, .result.validators]' rotated)" '[2,5]'
  within 30 is b '[.role, .epoch] | @csv' '"validator",2'
  node_kill KILL d
  send hosp-a-admin alliance.rotate \
    "$(jq -cn --arg p "$(jq -r .node.peer <(grep hosp-a "$net/descriptors.jsonl"))" \
      '{institution: "hosp-a", http: "http://127.0.0.1:9", peer: $p}')" > moved
  assert_equal "$(jq -r .status moved)" committed  # four of five, so with the new vote key
  emr-pbft-node rotate --dir "$net/hosp-b" --finish > finished
  assert_equal "$(jq -c .finished finished)" '["vote","transport"]'
  [ ! -e "$net/hosp-b/keys/vote.next.key" ]
  node_kill TERM b
  node_start b d
  within 40 same_tip a b c d e
  is b '[.ready, .role] | @csv' 'true,"validator"'

  decide '{"kind":"expel","institution":"hosp-e","reason":"forgery"}' hosp-a-admin hosp-b-admin \
    hosp-c-admin hosp-d-admin
  assert_equal "$(jq -c '[.result.epoch, .result.validators]' approved)" '[3,4]'
  within 30 is e .role none
  run -77 query hosp-e-admin orgs
  run -1 send hosp-a-admin alliance.leave '{"institution":"hosp-a"}'
  assert_output --partial too_few_validators
  node_kill KILL c
  node_kill KILL d
  patience=4
  run -75 send hosp-b-admin alliance.rotate '{"institution":"hosp-b","http":"http://127.0.0.1:8"}'
  node_start c
  within 30 is a .ready true
  within 45 is a '[.peers[].id] | index("hosp-e")' null
  within 60 grep -q "hosp-e disconnected: not_registered" "$net/a.log"
}

@test "a later member seals to its own archive key, which only its descriptor names" {
  local member visit sealing
  for member in a b c d; do admins+=("0x000000000000000000000000000000000000000$member"); done
  consortium_found "$net" emr-test
  emr-pbft-node init --dir e --id hosp-e --name E --uscc 123301004701000010 \
    --admin 0x000000000000000000000000000000000000000e --peer 127.0.0.1:7 --http 127.0.0.1:8 > e.json
  visit='{"type":"emr.record","v":1,"recordId":"hosp-e:1:C0002","version":1,"status":"current",
    "docType":{"code":"C0002"},"confidentiality":"N","org":{"id":"hosp-e"},
    "patient":{"localId":"P1","name":"张某某","sex":"2"},
    "visit":{"id":"1","type":"1","start":"2026-11-22T01:15:00Z"},"author":{"doctorId":"D1"},
    "recorded":"2026-11-22T01:40:00Z","history":{"chiefComplaint":"x","presentIllness":"x"},
    "attachments":[{"id":"a1","kind":"image","mimeType":"image/png","title":"t","path":"scan"}]}'
  jq -c . <<< "$visit" > visit.jsonl
  mkdir his
  head -c 1000 /dev/zero > his/scan
  sealing=(--in record --policy paper --attachments-root his --seal-to "$genesis"
    --institution hosp-e --institution-key e/institution/tag.key
    --linkage-key "$net/hosp-a/institution/linkage.key" visit.jsonl)
  run -78 emr-desensitize "${sealing[@]}"
  assert_output --partial --descriptor
  jq -c '.id = "hosp-f"' e.json > f.json
  run -78 emr-desensitize --descriptor f.json "${sealing[@]}"
  emr-desensitize --descriptor e.json "${sealing[@]}" > sealed
  run -65 emr-ipfs-put --attachments-root his --genesis "$genesis" --store blocks sealed
  emr-ipfs-put --attachments-root his --genesis "$genesis" --store blocks --descriptor e.json \
    sealed > put
  assert_equal "$(jq -r '.index.institution, (.attachments.handles | length)' put | xargs)" \
    "hosp-e 1"
}
