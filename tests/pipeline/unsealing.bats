#!/usr/bin/env bats
# emr-query unseal out of a ledger that others write too: an envelope opens only beside a transaction
# that is about its record, and what does not open holds nothing else up.

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=240; }

setup() {
  load consortium
  consortium_setup
  mkdir sessions
}

teardown() { consortium_stop; }

# sealed INSTITUTION NUMBER [COMPLAINT]: an emr.sealed line
sealed() {
  jq -cn --arg o "$1" --argjson i "$2" --arg c "${3:-cough}" '{type: "emr.record", v: 1, recordId: "\($o):MZ\($i):C0002",
    version: 1, status: "current", docType: {code: "C0002"}, confidentiality: "N", org: {id: $o},
    patient: {localId: "P\($i)", name: "张某某", sex: "2"},
    visit: {id: "MZ\($i)", type: "1", start: "2026-11-22T01:15:00Z"}, author: {doctorId: "D1"},
    recorded: "2026-11-22T01:40:00Z", history: {chiefComplaint: $c, presentIllness: "x"}}' |
    emr-desensitize --in record --policy paper --seal-to "$genesis" --institution "$1" \
      --institution-key "$net/$1/institution/tag.key" \
      --linkage-key "$net/$1/institution/linkage.key" | emr-ipfs-put --genesis "$genesis" --store b
}
put() { emr-tx build records.create --from "$(account "$1")" | sign_and_submit "$1"; }

# unseal LINES...: what of hosp-a opens, to $output and $stderr
unseal() {
  rm -rf out
  run --separate-stderr emr-query unseal --institution hosp-a --output-dir out \
    --archive-key "$net/hosp-a/institution/archive.key" "$@"
}
visits() { jq -r .visit.id out/*/*/record.json | sort | xargs; }

# An outside reviewer's finds: one foreign envelope closed its block, and any label was believed.
@test "unseal: a foreign, a bad and a wrongly labelled envelope are named; all others open" {
  found
  enrol service bot-a hosp-a > /dev/null
  enrol service bot-b hosp-b > /dev/null
  enrol auditor auditor hosp-a > /dev/null
  for i in 1 2; do sealed hosp-a $i | put bot-a > /dev/null; done
  sealed hosp-b 7 | put bot-b > /dev/null
  # Another hospital puts an envelope of this one into a record of its own, and one that is none.
  theirs=$(sealed hosp-b 8)
  sealed hosp-a 3 | jq -c --argjson t "$theirs" '.tags = $t.tags | .index = $t.index' |
    put bot-b > wrong
  sealed hosp-b 9 | jq -c '.sealed = {type: "emr.envelope", v: 99}' | put bot-b > bad
  assert_equal "$(jq -r .status wrong bad | xargs)" "committed committed"
  # What the ledger did not take for a version is none.
  sealed hosp-a 1 fever | put bot-a > conflict || true
  assert_equal "$(jq -r .error.reason conflict)" conflict
  query() { emr-query "$@" --genesis "$genesis" -k keys/auditor.json --passphrase-file pass; }
  query export --all > all
  emr-query verify --trust "$genesis" all > /dev/null
  node_kill TERM a
  cp -r "$net/hosp-a/data" copy
  for source in all "--ledger copy"; do
    # shellcheck disable=SC2086  # an option with its value
    unseal $source
    assert_equal "$status" 3
    assert_equal "$(visits)" "MZ1 MZ2"
    for txid in $(jq -r .txid wrong bad); do
      [[ $stderr == *"$txid: "*"left closed"* ]] || fail "$txid: $stderr"
    done
    [[ $stderr == *"1 envelopes of other institutions"* ]] || fail "$stderr"
    [[ $stderr == *"1 envelopes of transactions that failed"* ]] || fail "$stderr"
    assert_equal "$(jq -rs 'map(.history.chiefComplaint) | unique | join(" ")' \
      out/*/*/record.json)" cough
  done
  # What is not what its transaction committed to does not open either.
  first=$(jq -r 'select(.sidecars | length > 0) | .height' all | head -n 1)
  unseal <(jq -c --argjson h "$first" --argjson s "$(sealed hosp-a 4 | jq -c .sealed)" \
    'if .height == $h then .sidecars[].parts[-1].value = $s else . end' all)
  assert_equal "$status $(visits)" "3 MZ2"
}

@test "unseal: a damaged copy is named, with a hint, not a signal" {
  found
  enrol service bot-a hosp-a > /dev/null
  for i in 1 2 3; do sealed hosp-a $i | put bot-a > /dev/null; done
  node_kill TERM a
  cp -r "$net/hosp-a/data" whole
  pages=$(($(stat -c %s whole/data.mdb) / 4096))
  for ((page = 2; page < pages; page++)); do
    rm -rf copy
    cp -r whole copy
    dd if=/dev/zero of=copy/data.mdb bs=4096 seek=$page count=1 conv=notrunc status=none
    unseal --ledger copy
    [[ " 0 1 3 65 74 " == *" $status "* ]] || fail "page $page: $status"
    [ "$status" -ne 74 ] || { [[ $stderr == *"hint: restore a backup"* ]] || fail "$stderr"; }
    [ "$status" -ne 74 ] || hit=1
  done
  [ -n "${hit:-}" ]
}
