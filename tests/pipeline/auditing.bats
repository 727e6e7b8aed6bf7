#!/usr/bin/env bats
# What an auditor takes from running nodes: whole lists, and exports that are verified offline from
# the genesis alone (R-030, R-031, R-032).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=300; }

setup() {
  load consortium
  load members
  consortium_setup
}

teardown() { consortium_stop; }

# cursor: the one that the notice in $stderr names, "" for none
cursor() { sed -n "s/.*--after '\([^']*\)'.*/\1/p" <<< "$stderr"; }

# pages COMMAND...: every row, two at a time, by following the notices; their number in $count
pages() {
  local after=()
  : > paged
  count=0
  while true; do
    run -0 --separate-stderr "$@" --limit 2 "${after[@]}"
    (($(wc -l <<< "$output") <= 2))
    cat <<< "$output" >> paged
    count=$((count + 1))
    [ -n "$stderr" ] || break
    after=(--after "$(cursor)")
  done
}

@test "lists: what is left is said with the cursor to go on with; --all writes everything" {
  found
  enrol patient patient hosp-a > receipts
  enrol auditor auditor hosp-a >> receipts
  enrol service bot hosp-a >> receipts
  token=$(printf 'hosp-a 1' | sha256sum | cut -c1-64)
  send hosp-a-admin registration.attest \
    "{\"patient\":\"$token\",\"address\":\"$(account patient)\"}" >> receipts
  for days in 1 2 3; do
    emr-grant give --from "$(account patient)" --patient "$token" --to institution:hosp-c \
      --records '*' --for "${days}d" | sign_and_submit patient >> receipts
  done
  for number in 1 2 3; do send bot records.create "$(record_of hosp-a $number)" >> receipts; done
  within 20 same_tip a b c d
  height=$(status a .height)

  for list in audit blocks export "records --institution hosp-a"; do
    # shellcheck disable=SC2086  # a verb with its filter
    run -0 --separate-stderr query auditor $list --all
    assert_equal "$stderr" ""
    cat <<< "$output" > all
    # shellcheck disable=SC2086
    pages query auditor $list
    ((count > 1)) || fail "$list"
    diff all paged
  done
  assert_equal "$(wc -l < all)" 3
  assert_equal "$(query auditor blocks --all | jq -s 'map(.height) == [range(1; length + 1)]')" true
  assert_equal "$(query auditor blocks --all | wc -l)" "$height"

  grants() { emr-grant list --genesis "$genesis" -k keys/patient.json --passphrase-file pass "$@"; }
  run -0 --separate-stderr grants --all
  assert_equal "$(wc -l <<< "$output") $stderr" "3 "
  cat <<< "$output" > all
  pages grants
  assert_equal $count 2
  diff all paged
  # The notice is for people: -q leaves it out, and a list that ends at its limit has none.
  run -0 --separate-stderr grants --limit 2 -q
  assert_equal "$stderr" ""
  run -0 --separate-stderr grants --limit 3
  assert_equal "$stderr" ""
}

# reasons: those of the findings in the verdict on stdout of the last run, each once
reasons() { jq -r '.findings[].reason' <<< "$output" | sort -u | xargs; }

@test "export: verified as a whole from the genesis; what is missing, moved or changed is found" {
  found
  enrol auditor auditor hosp-b > receipts
  enrol service bot hosp-a >> receipts
  for number in 1 2 3; do send bot records.create "$(record_of hosp-a $number)" >> receipts; done
  within 20 same_tip a b c d
  height=$(status a .height)
  query auditor export --all > all
  verify() { emr-query verify --trust "$genesis" "$@"; }
  run -0 --separate-stderr verify all
  jq -e --argjson h "$height" --arg tip "$(status a .tip)" '.ok and .from == 1 and .to == $h
    and .blocks == $h and .tip == $tip and .sidecars == 3 and .prunedSidecars == 0
    and .findings == []' <<< "$output"
  # A part, and parts in one: the verdict says which range.
  query auditor export --since 3 --until 5 > part
  run -0 verify part
  jq -e '.ok and .from == 3 and .to == 5 and .blocks == 3' <<< "$output"
  query auditor export --after 5 --all >> part
  run -0 verify part
  jq -e --argjson h "$height" '.ok and .from == 3 and .to == $h' <<< "$output"
  # Beside other lines, each of which has a verdict of its own.
  emr-tx status "$(jq -rs 'last.txid' receipts)" --genesis "$genesis" --proof > proof
  run -0 verify <(cat proof all)
  assert_equal "$(jq -r .ok <<< "$output" | xargs)" "true true"

  # Lines that are missing, twice there, or in another order.
  run -1 verify <(sed 4d all)
  assert_equal "$(reasons)" blocks_missing
  assert_equal "$(jq .findings[0].height <<< "$output")" 5
  run -1 verify <(sed 4p all)
  assert_equal "$(reasons)" order
  run -1 verify <(jq -cs '.[3:5] |= reverse | .[]' all)
  assert_equal "$(reasons)" "blocks_missing order"
  # Lines that were changed.
  at=$(jq "select(.sidecars != {}) | .height" all | head -n 1)
  changed() { jq -c --argjson at "$at" "if .height == \$at then $1 else . end" all; }
  run -1 verify <(changed '.receipts[0].status = "failed"')
  assert_equal "$(reasons)" receipt_root
  run -1 verify <(changed '.receipts = []')
  assert_equal "$(reasons)" receipt_root
  run -1 verify <(changed '.sidecars[].parts[0].value.sex = "1"')
  assert_equal "$(reasons)" commitment
  run -1 verify <(changed '.sidecars[("0" * 64)] = .sidecars[]')
  assert_equal "$(reasons)" no_such_transaction
  run -1 verify <(jq -cs '.[3].certificate = .[2].certificate | .[]' all)
  assert_equal "$(reasons)" certificate
  run -1 verify <(jq -cs '.[3].block = .[2].block | .[3].height = 3 | .[]' all)
  jq -e '.ok == false' <<< "$output"
  # A payload that is left out is counted; the line without it holds.
  run -0 verify <(changed '.sidecars = {}')
  jq -e '.ok and .prunedSidecars == 1 and .sidecars == 2' <<< "$output"
  # A block whose receipts and payloads come in lines of their own; lines of it that are missing.
  jq -c --argjson at "$at" 'if .height != $at then . else
    (.receipts = [] | .sidecars = {} | .more = true),
    (del(.block, .certificate, .epochs) | .receipts = [] | .sidecars = {} | .more = true),
    del(.block, .certificate, .epochs) end' all > split
  run -0 verify split
  jq -e '.ok and .sidecars == 3' <<< "$output"
  run -1 verify <(jq -c --argjson at "$at" 'select(.height != $at or .receipts == [])' split)
  [[ " $(reasons) " == *" lines_missing "* ]]
  run -1 verify <(jq -c 'if .more then del(.more) else . end' split | head -n "$at")
  # A line that cannot be read: there is a verdict all the same, and it is no good one.
  run -65 --separate-stderr verify <(sed '3s/.*/{/' all)
  jq -e '.ok == false and .to == 2 and .findings[0].reason == "unreadable"' <<< "$output"
  run -1 --separate-stderr verify --on-error skip <(sed '3s/.*/{/' all)
  jq -e --argjson h "$height" '.ok == false and .to == $h
    and ([.findings[].reason] == ["blocks_missing", "unreadable"])' <<< "$output"
  # Another chain; no export at all; and the message names what is read.
  emr-pbft-node genesis "$net/descriptors.jsonl" --chain-id other --output-dir other > /dev/null
  run -1 emr-query verify --trust other/genesis.json all
  [[ " $(reasons) " == *" another_chain "* ]]
  run -65 verify <(jq -c 'del(.block)' all)
  run -65 --separate-stderr verify <<< '{"type":"emr.record","v":1}'
  for type in emr.proof emr.state-proof emr.evidence emr.export; do
    [[ $stderr == *"$type"* ]] || fail "$type: $stderr"
  done
}

# An outside reviewer's find: neither a page nor a block beyond 16 MiB could be fetched.
@test "export: a block with payloads of 20 MB comes in several lines, page by page, and verifies" {
  found
  enrol auditor auditor hosp-b > receipts
  enrol service bot hosp-a >> receipts
  head -c 100000 /dev/zero | tr '\0' x > filling
  for ((i = 0; i < 100; i++)); do
    record_of hosp-a $i | jq -c --rawfile x filling '.public.note = $x + $x'
  done | emr-tx build records.create --from "$(account bot)" | sign bot > tx
  [ "$(stat -c %s tx)" -gt 20000000 ]
  # Without a quorum they wait for one block.
  node_kill TERM c
  node_kill TERM d
  large=(emr-tx submit --genesis "$genesis" --node "$(url a)" -q)
  split -l 10 tx part.
  waits=()
  for part in part.*; do
    "${large[@]}" --connections 10 --timeout 10 "$part" > /dev/null 2>&1 3>&- &
    waits+=($!)
  done
  for pid in "${waits[@]}"; do wait "$pid" || [ $? -eq 75 ]; done
  all_wait() { [ "$(status a .mempool)" -eq 100 ] && [ "$(status b .mempool)" -eq 100 ]; }
  within 60 all_wait
  node_start c
  node_start d
  "${large[@]}" tx > large
  assert_equal "$(jq -r .status large | sort | uniq -c | xargs)" "100 committed"
  within 60 same_tip a b c d
  query auditor export --all > all
  jq -e -s 'map(select(.more)) | length > 0' <(jq -c '{more}' all)
  run -0 --separate-stderr emr-query verify --trust "$genesis" all
  jq -e --argjson h "$(status a .height)" '.ok and .to == $h and .sidecars == 100
    and .prunedSidecars == 0' <<< "$output"
  # The same line by line.
  after=()
  for ((i = 0; i < 100; i++)); do
    run -0 --separate-stderr query auditor export --limit 1 "${after[@]}"
    cat <<< "$output" >> single
    [ -n "$(cursor)" ] || break
    after=(--after "$(cursor)")
  done
  run -0 emr-query verify --trust "$genesis" single
  jq -e '.ok and .sidecars == 100' <<< "$output"
}
