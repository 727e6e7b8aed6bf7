#!/usr/bin/env bats
# Counts of records on real nodes, without their small cells, and who may ask (R-027, R-029).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=300; }

setup() {
  load consortium
  load members
  consortium_setup
}

teardown() { consortium_stop; }

# visits TYPE FIRST LAST: records of that visit type
visits() {
  local i
  for ((i = $2; i <= $3; i++)); do record_of hosp-a "$i" | jq -c --arg t "$1" '.index.visitType = $t'; done |
    emr-tx build records.create --from "$(account bot-a)" | sign_and_submit bot-a > /dev/null
}
# table OPTION...: [[COUNT or null]...], the sum last
table() {
  query "$asker" stats "$@" | jq -sc '[.[:-1][].count, .[-1].records]'
}

@test "counts by the closed list; small cells and what gives them away are not told" {
  found
  asker=hosp-b-admin
  enrol service bot-a hosp-a > /dev/null
  assert_equal "$(table --count-by visitType)" '[0]'
  visits 1 1 8
  visits 3 9 15
  visits 2 16 16
  run -0 query hosp-b-admin stats --count-by visitType --min-cell 5
  assert_equal "$(jq -sc 'map(.visitType // "sum")' <<< "$output")" '["1","2","3","sum"]'
  assert_equal "$(jq -sc 'map([.count, .suppressed])' <<< "$output")" \
    '[[8,null],[null,true],[null,true],[null,2]]'
  assert_equal "$(jq -sc '.[-1] | [.records, .minCell, .since]' <<< "$output")" '[16,5,0]'
  assert_equal "$(table --count-by institution,month)" '[16,16]'
  assert_equal "$(table --count-by month --institution hosp-b)" '[0]'
  assert_equal "$(table --count-by docType --month 2026-11 --min-cell 17)" '[null,null]'

  # The same answer everywhere, also after a restart; and not for everybody.
  node_kill TERM d
  node_start d
  within 30 same_tip a b c d
  assert_equal "$(table --count-by visitType --node "$(url d)")" '[8,null,null,16]'
  run -77 query bot-a stats --count-by month
  run -2 query hosp-b-admin stats --count-by patient
  run -2 query hosp-b-admin stats --count-by month --min-cell 1
  run -2 query hosp-b-admin stats

  run -0 emr-query stats --storage --genesis "$genesis"
  assert_equal "$(jq -sc 'map(.node)' <<< "$output")" '["hosp-a","hosp-b","hosp-c","hosp-d"]'
  jq -se 'all(.usedBytes > 0 and has("limitBytes"))' <<< "$output"
  node_kill KILL c
  run -3 emr-query stats --storage --genesis "$genesis"
}

@test "a consortium founded before there were counts counts from the upgrade on" {
  found --contract index=1
  asker=hosp-a-admin
  enrol service bot-a hosp-a > /dev/null
  visits 1 1 6
  run -65 query hosp-a-admin stats --count-by month
  assert_output --partial "version 2 of the contract index"
  decide '{"kind":"contract","institution":"hosp-a","contract":"index","version":2}' hosp-a-admin \
    hosp-b-admin hosp-c-admin
  visits 1 7 12
  assert_equal "$(table --count-by month)" '[6,6]'
  assert_equal "$(query hosp-a-admin stats --count-by month | jq -s '.[-1].since')" \
    "$(jq .result.since approved)"
  node_kill TERM b
  cp -r "$net/hosp-b/data" copy
  run -0 emr-query verify --full --ledger copy --trust "$genesis"
  jq -e '.ok and .findings == []' <<< "$output"
}
