#!/usr/bin/env bats
# An import into four real nodes that is killed with -9 at random moments and taken up again from
# its journal: no record tag is lost, none is there twice (R-081, R-089).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=240; }

setup() {
  load consortium
  consortium_setup
}

teardown() { consortium_stop; }

# sealed COUNT: emr.sealed lines with tags of their own
sealed() {
  local i
  for ((i = 1; i <= $1; i++)); do printf 'record %d\n' "$i"; done | while read -r name; do
    printf '%s' "$name" | sha256sum | cut -c1-64
  done | jq -Rc --arg any "$(printf any | sha256sum | cut -c1-64)" '{type: "emr.sealed", v: 1,
    index: {institution: "hosp-a", docType: "C0002", confidentiality: "N", visitType: "1",
            month: "2026-11"},
    tags: {record: ., content: ., patient: $any, doctor: $any},
    public: {sex: "2"}, policy: {id: "paper", hash: $any}, sealed: {type: "emr.envelope", v: 1}}'
}

@test "kill -9 emr-tx submit at random moments, then --resume: no tag doubled, none lost" {
  new_account admin
  admins=("$(account admin)")
  consortium_found "$net" emr-test
  node_start a b c d
  sealed 300 > sealed.jsonl
  emr-tx build records.create --from "${admins[0]}" < sealed.jsonl | sign admin > tx.jsonl
  importer=(emr-tx submit --genesis "$genesis" --node "$(url a)" --node "$(url b)"
    --journal journal --batch 2 --connections 1 --timeout 60)
  killed=0
  for _ in 1 2 3; do
    "${importer[@]}" tx.jsonl > receipts 2> err 3>&- &
    pid=$!
    sleep "0.$(printf %03d $((RANDOM % 120 + 40)))"
    kill -KILL "$pid" 2> /dev/null || true
    status=0
    wait "$pid" 2> /dev/null || status=$?
    [ "$status" -ne 137 ] || killed=$((killed + 1))
  done
  assert [ "$killed" -ge 1 ]
  "${importer[@]}" --resume tx.jsonl > receipts
  # Every transaction has one outcome; lines that the journal settled are printed first.
  assert_equal "$(jq -r .txid receipts | sort -u | wc -l)" 300
  assert_equal "$(jq -r .status receipts | sort -u)" committed
  within 20 same_tip a b c d
  for member in a d; do
    emr-query records --institution hosp-a --limit 1000 --node "$(url "$member")" -k keys/admin.json \
      --passphrase-file pass --genesis "$genesis" | jq -r .record > tags
    assert_equal "$(wc -l < tags)" 300
    cmp <(sort tags) <(jq -r .tags.record sealed.jsonl | sort)
  done
  # Nor is there a second transaction for any of them in the blocks.
  emr-query blocks --limit 1000 --node "$(url a)" -k keys/admin.json --passphrase-file pass \
    --genesis "$genesis" > blocks
  assert_equal "$(jq -s 'map(.transactions) | add' blocks)" 300
}
