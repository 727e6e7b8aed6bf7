#!/usr/bin/env bats
# What a patient meets besides records and rules, on four real nodes: emergency access and its review
# (R-091, EMG-1, AUD-2), requests for access (R-090), appointments (R-083), deregistration (R-085).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=300; }

setup() {
  load consortium
  consortium_setup
  mkdir sessions his
}

teardown() { consortium_stop; }

login() {
  emr-sign login --genesis "$genesis" -k "keys/$1.json" --passphrase-file pass --ttl 1h \
    --session "sessions/$1" | submit 40
}
query() { # ACCOUNT KIND [OPTION...]
  emr-query "$2" --genesis "$genesis" -k "keys/$1.json" --passphrase-file pass "${@:3}"
}
say() { # ACCOUNT VERB [OPTION...]: a line of emr-grant, signed and submitted
  emr-grant "$2" --from "$(account "$1")" "${@:3}" | sign_and_submit "$1"
}
reason_of() { jq -r .error.reason <<< "$output"; }

# one_record: hosp-a writes one record of one patient, whose wallet it attests
one_record() {
  enrol service bot hosp-a > enrolled
  enrol patient patient hosp-a >> enrolled
  jq -cn '{type: "emr.record", v: 1, recordId: "hosp-a:MZ1:C0002", version: 1, status: "current",
    docType: {code: "C0002"}, confidentiality: "N", org: {id: "hosp-a"},
    patient: {localId: "P1", name: "张某某", sex: "2"},
    visit: {id: "MZ1", type: "1", start: "2026-11-22T01:15:00Z"}, author: {doctorId: "D1"},
    recorded: "2026-11-22T01:40:00Z", history: {chiefComplaint: "cough"}}' |
    emr-desensitize --in record --policy paper --seal-to "$genesis" --institution hosp-a \
      --institution-key "$net/hosp-a/institution/tag.key" \
      --linkage-key "$net/hosp-a/institution/linkage.key" > sealed
  emr-tx build records.create --from "$(account bot)" < sealed | sign_and_submit bot > imported
  record=$(jq -r .tags.record sealed)
  token=$(jq -r .tags.patient sealed)
  send hosp-a-admin registration.attest \
    "{\"patient\":\"$token\",\"address\":\"$(account patient)\"}" > attested
}

@test "break-glass: a doctor of another hospital opens without a rule, patient and auditor see it, another person reviews" {
  found
  one_record
  enrol doctor doctor hosp-b > enrolled
  enrol service nurse hosp-b >> enrolled
  enrol auditor auditor hosp-c >> enrolled
  login doctor > /dev/null
  open_record() {
    emr-query open --genesis "$genesis" --record "$record" --session sessions/doctor "$@"
  }
  run -77 --separate-stderr open_record --output-dir denied --purpose BTG
  assert_equal "$(jq -r .reason <<< "$output")" no_emergency
  run -2 open_record --output-dir denied --emergency unconscious --purpose TREAT
  run -2 open_record --output-dir denied --emergency because
  # One command at night; the writing hospital's node need not be there.
  node_kill TERM a
  run -0 --separate-stderr open_record --output-dir opened --emergency unconscious
  assert_equal "$(jq -r .basis <<< "$output")" emergency
  emergency=$(jq -r .emergency <<< "$output")
  assert_equal "$(jq -r .patient.name opened/record.json)" 张某某
  node_start a
  within 30 same_tip a b c d
  run -0 open_record --output-dir again --purpose BTG
  # Nothing else is opened by it, and no one else may declare one.
  run -77 open_record --output-dir denied --purpose TREAT
  run -77 --separate-stderr say nurse break-glass --record "$record" --reason unconscious
  assert_equal "$(reason_of)" role

  # The notice: the patient's audit and list of rules.
  run -0 query patient audit --purpose BTG
  assert_equal "$(jq -r '[.action, .outcome, .reasonCode] | join(" ")' <<< "$output" | xargs)" \
    "permission.access denied permission.emergency ok unconscious permission.access ok permission.access ok"
  run -0 query patient audit --purpose BTG --action emergency --format fhir
  assert_equal "$(jq -r '.purposeOfEvent[0].coding[0].code' <<< "$output")" BTG
  run -0 emr-grant list --genesis "$genesis" -k keys/patient.json --passphrase-file pass
  assert_equal "$(jq -r '[.source, .status, .reasonCode] | join(" ")' <<< "$output")" \
    "emergency active unconscious"
  run -0 query patient grants --format fhir
  assert_equal "$(jq -r '.provision.purpose[0].code' <<< "$output")" BTG

  # The review: not by the doctor, not by another hospital, once.
  run -0 query auditor emergencies --unreviewed
  assert_equal "$(jq -r '[.id, .institution, (.reviewed, .overdue | tostring)] | join(" ")' \
    <<< "$output")" "$emergency hosp-b false false"
  run -77 --separate-stderr say doctor review --emergency "$emergency" --outcome justified
  assert_equal "$(reason_of)" role
  run -77 --separate-stderr say hosp-a-admin review --emergency "$emergency" --outcome justified
  assert_equal "$(reason_of)" other_institution
  run -0 say hosp-b-admin review --emergency "$emergency" --outcome justified
  run -1 --separate-stderr say hosp-b-admin review --emergency "$emergency" --outcome unjustified
  assert_equal "$(reason_of)" already_reviewed
  run -1 query auditor emergencies --unreviewed --exit-status
  run -0 query patient emergencies
  assert_equal "$(jq -r '[.reviewed, .review.outcome, .review.institution] | join(" ")' \
    <<< "$output")" "true justified hosp-b"

  # A patient who forbids even this is obeyed.
  say patient give --patient "$token" --to role:doctor --records '*' --purpose BTG --deny \
    --for 30d > forbidden
  run -77 --separate-stderr open_record --output-dir never --emergency life-threat
  assert_equal "$(jq -r .reason <<< "$output")" denied_by_rule
}

@test "requests: a doctor asks, the patient says yes to one and no to another, a stranger answers nothing" {
  found
  one_record
  enrol doctor doctor hosp-c > enrolled
  enrol patient stranger hosp-b >> enrolled
  open_record() {
    emr-query open --genesis "$genesis" --record "$record" -k keys/doctor.json \
      --passphrase-file pass "$@"
  }
  run -77 --separate-stderr open_record --output-dir denied
  assert_equal "$(jq -r .reason <<< "$output")" no_rule
  [[ $stderr == *"hint: emr-grant request"* ]] || fail "$stderr"
  # The doctor asks at his desk, in a session; asking opens nothing.
  login doctor > /dev/null
  run -0 --separate-stderr bash -c 'emr-grant request --from "$1" --record "$2" --for 30d |
    emr-sign --genesis "$3" --session sessions/doctor' - "$(account doctor)" "$record" "$genesis"
  run -0 --separate-stderr submit 40 <<< "$output"
  assert_equal "$(jq -r .result.outcome <<< "$output")" pending
  request=$(jq -r .result.request <<< "$output")
  run -77 open_record --output-dir denied

  # The patient sees who asks, for what and how long; nobody else answers for him.
  run -0 query patient requests --status pending
  assert_equal "$(jq -r '[.id, .by, .institution, .purpose, .scope.records[0]] | join(" ")' \
    <<< "$output")" "$request $(account doctor) hosp-c TREAT $record"
  # A list is one node's word: what was really asked for is proved by its transaction.
  emr-tx status --proof "$request" --genesis "$genesis" --node "$(url d)" > proof
  run -0 emr-query verify --trust "$genesis" proof
  assert_equal "$(jq -r '.entry | fromjson.core | [.from, .args.record, .args.purpose] | join(" ")' proof)" \
    "$(account doctor) $record TREAT"
  run -0 query hosp-a-admin requests
  assert_equal "$(jq -r .status <<< "$output")" pending
  run -1 query stranger requests --patient "$token" --exit-status
  run -1 query hosp-b-admin requests --exit-status
  query patient requests > asked
  answer() { say "$@" < asked; } # ACCOUNT approve|deny REQUEST
  run -77 --separate-stderr answer stranger approve "$request"
  assert_equal "$(reason_of)" not_the_patient
  run -77 --separate-stderr answer doctor approve "$request"
  assert_equal "$(reason_of)" role
  run -77 answer hosp-b-admin deny "$request"

  run -65 --separate-stderr emr-grant approve --from "$(account patient)" "$request" --for 31d < asked
  [[ $output == "" && $stderr == *"longer than was asked for"* ]] || fail "$stderr"
  # A node that tells of a later end leads nobody past the ledger.
  jq -c '.until = "2040-01-01T00:00:00Z"' asked > later
  run -1 --separate-stderr say patient approve "$request" --for 31d < later
  assert_equal "$(reason_of)" wider_than_request
  run -0 --separate-stderr answer patient approve "$request" --for 7d
  grant=$(jq -r .result.grant <<< "$output")
  run -0 --separate-stderr open_record --output-dir opened
  assert_equal "$(jq -r .basis <<< "$output")" grant
  assert_equal "$(jq -r .patient.name opened/record.json)" 张某某
  run -1 --separate-stderr answer patient deny "$request"
  assert_equal "$(reason_of)" already_answered

  # The rule ends like every other; asked again, the patient says no, and that stays.
  say patient revoke --grant "$grant" > revoked
  run -0 --separate-stderr say doctor request --patient "$token" --doc-types C0002 --for 1d
  second=$(jq -r .result.request <<< "$output")
  query patient requests > asked
  # A line that a node has changed is signed as it is shown, and refused.
  jq -c --arg d "$(account stranger)" '.by = $d' asked > changed
  run -1 --separate-stderr say patient approve "$second" < changed
  assert_equal "$(reason_of)" other_request
  run -0 answer patient deny "$second"
  run -77 --separate-stderr open_record --output-dir never
  assert_equal "$(jq -r .reason <<< "$output")" no_rule
  run -0 query doctor requests
  assert_equal "$(jq -r .status <<< "$output" | xargs)" "approved denied"
  run -0 query patient audit --action answer --outcome ok
  assert_equal "$(jq -r '[.reasonCode, .rule] | join(" ")' <<< "$output" | xargs)" \
    "approve $request deny $second"
  run -0 query patient audit --action request --format fhir
  assert_equal "$(jq -r '.entity[].what.identifier | select(.system == "urn:emr-tools:request").value' \
    <<< "$output" | xargs)" "$request $second"
  # All nodes answer alike, and an auditor's replay leads to the same state (R-088).
  within 20 same_tip a b c d
  consortium_stop
  run -0 emr-query verify --full --ledger "$net/hosp-c/data" --trust "$genesis"
}

@test "appointments: two for one slot are one booking and one conflict; cancelled, it is free and kept" {
  found
  enrol service desk hosp-b > enrolled
  enrol patient patient hosp-a >> enrolled
  enrol patient other hosp-a >> enrolled
  token() { printf %s "$1" | sha256sum | cut -c1-64; }
  place=$(jq -cn '{department: "心内科", number: 7} + {start: (now | todate)}' |
    emr-tx slots --institution hosp-b --institution-key "$net/hosp-b/institution/tag.key")
  slot=$(jq -r .slot <<< "$place")
  month=$(jq -r .month <<< "$place")
  for name in patient other; do
    send hosp-a-admin registration.attest \
      "{\"patient\":\"$(token $name)\",\"address\":\"$(account $name)\"}" >> enrolled
  done
  book() { # ACCOUNT PATIENT
    send "$1" appointment.book "$(jq -c --arg patient "$(token "$2")" \
      '{institution, slot, month} + $ARGS.named' <<< "$place")"
  }
  run -0 --separate-stderr book patient patient
  booking=$(jq -r .result.booking <<< "$output")
  run -1 --separate-stderr book other other
  assert_equal "$(reason_of)" conflict
  run -0 --separate-stderr book patient patient
  assert_equal "$(jq -r .status <<< "$output")" unchanged
  run -77 --separate-stderr book other patient
  assert_equal "$(reason_of)" not_the_patient

  run -77 --separate-stderr send other appointment.cancel "{\"booking\":\"$booking\"}"
  run -0 send patient appointment.cancel "{\"booking\":\"$booking\"}"
  run -0 book desk other
  run -0 query desk appointments --institution hosp-b --slot "$slot"
  assert_equal "$(jq -r '[.status, .patient] | join(" ")' <<< "$output" | xargs)" \
    "cancelled $(token patient) booked $(token other)"
  run -0 query patient appointments
  assert_equal "$(jq -r .id <<< "$output")" "$booking"
  run -1 query patient appointments --institution hosp-b --status booked --exit-status
  run -0 query desk appointments --month "$month" --status booked
  assert_equal "$(jq -r .inTrustBy <<< "$output")" hosp-b
  # All nodes answer alike, and an auditor's replay leads to the same state (R-088).
  within 20 same_tip a b c d
  consortium_stop
  run -0 emr-query verify --full --ledger "$net/hosp-c/data" --trust "$genesis"
}

@test "deregister: rules end, later records are refused, what stays is sealed and counted" {
  found
  one_record
  enrol doctor doctor hosp-b > enrolled
  # An auditor of the alliance needs two of four.
  jq -cn --arg identity "$(printf auditor | sha256sum | cut -c1-64)" \
    '{role: "auditor"} + $ARGS.named' > application
  new_account auditor
  send auditor registration.apply "$(cat application)" >> enrolled
  for admin in hosp-a-admin hosp-b-admin; do
    send $admin registration.approve "{\"address\":\"$(account auditor)\",\"role\":\"auditor\"}"
  done >> enrolled
  open_record() {
    emr-query open --genesis "$genesis" --record "$record" -k keys/doctor.json \
      --passphrase-file pass "$@"
  }
  say patient give --patient "$token" --to "doctor:$(account doctor)" --records "$record" \
    --for 30d > granted
  run -0 open_record --output-dir opened
  run -0 say patient deregister --patient "$token"
  assert_equal "$(jq -c .result <<< "$output")" \
    "{\"account\":\"closed\",\"closed\":[\"hosp-a\"],\"patient\":\"$token\"}"

  run -77 --separate-stderr open_record --output-dir closed
  assert_equal "$(jq -r .reason <<< "$output")" patient_closed
  run -77 --separate-stderr open_record --output-dir closed --emergency unconscious
  assert_equal "$(jq -r .reason <<< "$output")" patient_closed
  run -0 query auditor grants --patient "$token"
  assert_equal "$(jq -r 'select(.source == "patient") | .status' <<< "$output")" revoked
  # The import of the next night: what is new is refused with its reason, what is there is not.
  again() { # FILTER: the sealed line once more, changed
    jq -c "$1" sealed | emr-tx build records.create --from "$(account bot)" | sign_and_submit bot
  }
  run -1 --separate-stderr again '.tags.record = ("1" * 64)'
  assert_equal "$(reason_of)" patient_closed
  run -0 --separate-stderr again .
  assert_equal "$(jq -r .status <<< "$output")" unchanged
  # The account can do nothing more, and is told what stays.
  run -77 query patient records
  run -0 query patient retained --patient "$token"
  assert_equal "$(jq -r '[.institution, (.records | tostring), .reason] | join(" ")' \
    <<< "$output")" "hosp-a 1 retention"
  run -77 say patient give --patient "$token" --to "doctor:$(account doctor)" \
    --records "$record" --for 30d
}
