#!/usr/bin/env bats
# The life of records on four real nodes: import, import again, amend, deny, grant, open, revoke,
# audit, verify (R-026, R-030, R-031, R-080, R-081, R-084, R-091, R-094 to R-098).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=300; }

setup() {
  load consortium
  load visits
  consortium_setup
  mkdir sessions his
}

teardown() { consortium_stop; }

statuses() { jq -r .status "$1" | sort | uniq -c | xargs; }

@test "import, import again, amend: committed once, unchanged, then version 2 beside version 1" {
  found
  enrol service bot hosp-a > enrolled
  import 12 cough > first
  assert_equal "$(statuses first)" "12 committed"
  within 20 same_tip a b c d # a status is a moment old
  before=$(status a .height)
  import 12 cough > second
  assert_equal "$(statuses second)" "12 unchanged"
  assert_equal "$(status a .height)" "$before"
  import 12 fever > third || true
  assert_equal "$(statuses third)" "12 failed"
  # build says so itself, for who signs and submits later.
  run -3 --separate-stderr put_and_build 12 fever
  assert_equal "${#lines[@]}" 12
  run -1 --separate-stderr put_and_build 1 fever
  import 12 fever --on-conflict skip > fourth
  assert_equal "$(statuses fourth)" "12 skipped"
  import 12 fever --on-conflict amend > fifth
  assert_equal "$(statuses fifth)" "12 amended"
  import 12 fever > sixth
  assert_equal "$(statuses sixth)" "12 unchanged"
  record=$(jq -rs '.[0].record' first)
  run -0 query history --record "$record" -k keys/bot.json --passphrase-file pass
  assert_equal "$(jq -r .version <<< "$output" | xargs)" "1 2"
  # Every node answers alike.
  within 20 same_tip a b c d
  for member in a b c d; do
    query records --institution hosp-a --node "$(url $member)" -k keys/bot.json \
      --passphrase-file pass | jq -cS . > "rows-$member"
    assert_equal "$(wc -l < "rows-$member")" 12
    cmp rows-a "rows-$member"
  done
}

@test "deny, grant, open with the writer's node stopped, revoke, deny; the audit has it all" {
  found
  enrol service bot hosp-a > enrolled
  enrol doctor doctor hosp-c >> enrolled
  enrol patient patient hosp-a >> enrolled
  enrol auditor auditor hosp-b >> enrolled
  seal 2 cough > sealed
  record=$(jq -rs '.[0].tags.record' sealed)
  token=$(jq -rs '.[0].tags.patient' sealed)
  import 2 cough > imported
  login doctor > /dev/null
  login auditor > /dev/null

  run -77 --separate-stderr open_record doctor denied
  [ ! -e denied/record.json ]
  send hosp-a-admin registration.attest \
    "{\"patient\":\"$token\",\"address\":\"$(account patient)\"}" > attested
  emr-grant give --from "$(account patient)" --patient "$token" --to "doctor:$(account doctor)" \
    --records "$record" --for 30d | sign_and_submit patient > granted
  grant=$(jq -r .result.grant granted)
  # Rules for nobody: a doctor's address with a slip, a tag that is no record of this patient.
  rule() { # ADDRESS TAG
    emr-grant give --from "$(account patient)" --patient "$token" --to "doctor:$1" \
      --records "$2" --for 30d | sign_and_submit patient
  }
  run -1 --separate-stderr rule 0x00000000000000000000000000000000000000ff "$record"
  assert_equal "$(jq -r .error.reason <<< "$output")" unknown_reader
  run -1 --separate-stderr rule "$(account doctor)" "$(jq -rs '.[1].tags.record' sealed)"
  assert_equal "$(jq -r .error.reason <<< "$output")" unknown_record
  run -0 emr-grant check --genesis "$genesis" --record "$record" --session sessions/doctor
  run -0 query check --record "$record" --grantee "$(account doctor)" --purpose TREAT \
    --session sessions/doctor
  run -0 emr-grant list --genesis "$genesis" --session sessions/doctor
  assert_equal "$(jq -r .status <<< "$output")" active

  node_kill TERM a
  open_record doctor opened > opened.json
  assert_equal "$(jq -r .patient.name opened/record.json)" 张某某
  cmp opened/attachments/scan.bin his/scan.bin
  assert_equal "$(stat -c %a opened opened/record.json | xargs)" "700 600"
  node_start a
  within 30 same_tip a b c d
  # Into the same directory again: refused before the access is committed, nothing is mixed.
  before=$(status b .height)
  run -73 open_record doctor opened
  assert_equal "$(status b .height)" "$before"

  emr-grant revoke --from "$(account patient)" --grant "$grant" | sign_and_submit patient > revoked
  run -77 open_record doctor again
  run -1 emr-grant check --genesis "$genesis" --record "$record" --session sessions/doctor
  assert_equal "$(jq -r .decision <<< "$output")" deny
  run -1 query check --record "$record" --grantee "$(account doctor)" --purpose TREAT \
    --session sessions/doctor # the answer is the exit status, at both tools
  assert_equal "$(jq -r .decision <<< "$output")" deny
  # As a wallet shows the account, with its checksum: once an empty list.
  checksum=$(jq -r .checksum keys/doctor.created)
  run -0 query audit --agent "$checksum" --action access --exit-status --session sessions/auditor
  run -0 query grants --grantee "$checksum" --exit-status --session sessions/auditor
  run -65 --separate-stderr query records --patient zz --session sessions/auditor
  [[ $stderr == *"--patient: "* ]] || fail "$stderr"
  run -65 --separate-stderr query audit --since soon --session sessions/auditor
  [[ $stderr == *"--since: "*"hint: times are UTC"* ]] || fail "$stderr"
  run -65 --separate-stderr query blocks --since 0 --session sessions/auditor
  [[ $stderr == *"--since: "* ]] || fail "$stderr"
  run -65 --separate-stderr query audit --after zz --session sessions/auditor
  [[ $stderr == *"--after: "*"hint: a cursor goes on"* ]] || fail "$stderr"
  run -0 query audit --record "$record" --action access --session sessions/auditor
  assert_equal "$(jq -r .decision <<< "$output" | xargs)" "deny permit deny"
  check_fhir_views
  # A record without attachments opens as well.
  record=$(jq -rs '.[1].tags.record' sealed)
  emr-grant give --from "$(account patient)" --patient "$(jq -rs '.[1].tags.patient' sealed)" \
    --to "doctor:$(account doctor)" --records '*' --for 1d | sign_and_submit patient > other || true
  assert_equal "$(jq -r .error.reason other)" not_the_patient # another patient's record
  # Key parts without an access of one's own: refused by every node.
  access=$(jq -r .access opened.json)
  for member in a b c d; do
    run -77 query release --access "$access" --node "$(url $member)" --session sessions/auditor
  done
}

# The same rows for systems that speak FHIR R4 (R-021): what they say, and that they say no more.
check_fhir_views() {
  run -0 query audit --format fhir --record "$record" --action access --session sessions/auditor
  assert_equal "$(jq -r '[.resourceType, .action, .outcome, .outcomeDesc // "-"] | join(" ")' \
    <<< "$output" | paste -sd,)" \
    "AuditEvent R 4 no_rule,AuditEvent R 0 -,AuditEvent R 4 no_rule"
  assert_equal "$(jq -r '.entity[] | select(.type.display == "Person").what.identifier.value' \
    <<< "$output" | uniq)" "$token"
  assert_equal "$(jq -r '.agent[] | select(.requestor).who.identifier.value' <<< "$output" | uniq)" \
    "$(account doctor)"
  echo "$output" > fhir
  run -0 query grants --format fhir --session sessions/doctor
  jq -e --arg id "$grant" --arg patient "$token" --arg record "$record" '
    .resourceType == "Consent" and .id == $id and .status == "inactive" and
    .patient.identifier.value == $patient and .provision.type == "permit" and
    .provision.data[0].reference.identifier.value == $record' <<< "$output"
  echo "$output" >> fhir
  run -0 query records --institution hosp-a --format fhir -k keys/hosp-a-admin.json \
    --passphrase-file pass
  assert_equal "$(jq -r .resourceType <<< "$output" | sort | uniq -c | xargs)" "2 DocumentReference"
  jq -es --arg id "$record" 'map(select(.id == $id))[0] | .status == "current" and
    .custodian.identifier.value == "hosp-a" and .context.event[0].coding[0].code == "AMB"' \
    <<< "$output"
  echo "$output" >> fhir
  [[ $(cat fhir) != *张某某* ]]
  run -2 query orgs --format fhir --session sessions/auditor # a verb without such a view
}

@test "the audit line of a run: on the ledger once, found by the file it made, as it was written" {
  found
  enrol service bot hosp-a > enrolled
  enrol auditor auditor hosp-b >> enrolled
  enrol patient patient hosp-a >> enrolled
  login auditor > /dev/null
  login patient > /dev/null
  openssl rand -hex 32 > desensitize.key
  records 3 cough | emr-desensitize --in record --policy paper --no-seal -k desensitize.key \
    --verify --report audit.json > public.jsonl
  emr-tx build records.desensitize --from "$(account bot)" < audit.json > built
  # The core tells nothing that only the input could have told.
  input=$(jq -r .input audit.json)
  [[ $(jq -c .core built) != *$input* && $(jq -c .sidecar built) == *$input* ]]
  sign_and_submit bot < built > stated
  assert_equal "$(jq -r .result.outcome stated)" created
  emr-tx build records.desensitize --from "$(account bot)" < audit.json | sign_and_submit bot > again
  assert_equal "$(jq -r .result.outcome again)" unchanged
  run -0 query runs --wrote "$(sha256sum < public.jsonl | cut -d' ' -f1)" --node "$(url c)" \
    --session sessions/auditor
  assert_equal "$(jq -c '[.institution, .records, .grade, .policy]' <<< "$output")" \
    "$(jq -c '["hosp-a", 3, "2", .policy.hash]' audit.json)"
  run -0 query run --txid "$(jq -r .txid stated)" --node "$(url c)" --session sessions/auditor
  assert_equal "$(jq -cS '.parts[0].value' <<< "$output")" "$(jq -cS . audit.json)"
  run -1 query runs --wrote "$input" -e --session sessions/auditor
  run -77 query runs --session sessions/patient
  run -77 --separate-stderr send patient records.desensitize "$(jq -c . audit.json)"
  run -0 query audit --action desensitize --session sessions/auditor
  assert_equal "$(jq -r .outcome <<< "$output" | xargs)" "ok ok denied"
}

@test "a proof and a copy verify offline; a wrong genesis and a changed proof do not" {
  found
  enrol service bot hosp-a > receipts
  import 3 cough >> receipts
  txid=$(jq -rs 'last.txid' receipts)
  emr-tx status "$txid" --genesis "$genesis" --proof > proof
  run -0 emr-query verify --trust "$genesis" proof
  jq -e --arg t "$txid" '.ok and .txid == $t and .status == "ok"' <<< "$output"
  jq -c '.receipt |= sub("created"; "amended")' proof > changed
  run -1 emr-query verify --trust "$genesis" changed
  assert_equal "$(jq -r .reason <<< "$output")" receipt_path
  jq -c '.chainId = "other"' "$genesis" > other.json
  run -1 emr-query verify --trust other.json proof

  node_kill TERM b
  cp -r "$net/hosp-b/data" copy
  # Any member's copy and the archive key open the hospital's records without a consortium.
  run -0 emr-query unseal --ledger copy --institution hosp-a --output-dir out \
    --archive-key "$net/hosp-a/institution/archive.key"
  assert_equal "$(jq -r .outcome <<< "$output" | xargs)" "opened opened opened"
  assert_equal "$(jq -r .visit.id out/*/*/record.json | sort | xargs)" "MZ1 MZ2 MZ3"
  cmp out/*/*/attachments/scan.bin his/scan.bin
  run -0 emr-query verify --full --ledger copy --trust "$genesis"
  jq -e '.ok and .blocks == .to - .from + 1 and .findings == []' <<< "$output"
  run -1 emr-query verify --full --ledger copy --trust other.json
}

@test "roles on the wire: nobody writes, grants or approves what is not his (R-091)" {
  found
  enrol service bot hosp-a > enrolled
  enrol patient patient hosp-a >> enrolled
  enrol doctor doctor hosp-c >> enrolled
  run -77 --separate-stderr send patient registration.approve \
    "{\"address\":\"$(account doctor)\",\"role\":\"doctor\"}"
  assert_equal "$(jq -r .error.reason <<< "$output")" role
  run -77 --separate-stderr send hosp-b-admin registration.suspend \
    "{\"address\":\"$(account doctor)\",\"reason\":\"x\"}"
  assert_equal "$(jq -r .error.reason <<< "$output")" other_institution
  seal 2 cough | tail -n 1 > sealed
  emr-tx build records.create --from "$(account patient)" < sealed > tx
  run -77 --separate-stderr sign_and_submit patient < tx
  new_account stranger
  emr-tx build records.create --from "$(account stranger)" < sealed > tx
  run -77 --separate-stderr sign_and_submit stranger < tx
  assert_equal "$(jq -r .error.reason <<< "$output")" not_registered
  # The same signed transaction twice is one transaction.
  emr-tx build records.create --from "$(account bot)" < sealed |
    emr-sign --genesis "$genesis" -k keys/bot.json --passphrase-file pass > signed
  emr-tx submit -q --genesis "$genesis" signed > one
  emr-tx submit -q --genesis "$genesis" signed > two
  assert_equal "$(jq -c '[.txid, .height, .index]' one)" "$(jq -c '[.txid, .height, .index]' two)"
}
