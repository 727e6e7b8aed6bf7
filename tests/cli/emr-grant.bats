#!/usr/bin/env bats
# emr-grant from outside: rules as unsigned transactions, exit codes, streams (R-084, R-097). Asking
# real nodes: tests/pipeline.

bats_require_minimum_version 1.5.0

setup() {
  load ../tool
  tool_setup
  genesis=$BATS_TEST_DIRNAME/fixtures/genesis.json
  account=0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
  doctor=0x70997970c51812dc3a010c7d01b50e0d17dc79c8
  token=$(printf patient | sha256sum | cut -c1-64)
  tag=$(printf record | sha256sum | cut -c1-64)
  give=(emr-grant give --from $account --patient "$token" --to "doctor:$doctor")
}

@test "give: the rule that was asked for, and nothing else" {
  run -0 --separate-stderr "${give[@]}" --records "$tag" --for 30d
  assert_equal "$stderr" ""
  jq -e --arg d $doctor --arg t "$token" --arg r "$tag" '.type == "emr.tx"
    and .core.contract == "permission" and .core.method == "grant" and .core.payload == []
    and (.core.args | .patient == $t and .to == {kind: "doctor", id: $d}
      and .scope == {records: [$r]} and .purpose == ["TREAT"] and .effect == "permit"
      and ((.until | fromdateiso8601) - (.since | fromdateiso8601) == 30 * 86400))' <<< "$output"
}

@test "give: all records must be said, scopes narrow, --deny forbids" {
  run -2 --separate-stderr "${give[@]}" --for 30d
  [[ $stderr == *"--records"* ]]
  run -0 "${give[@]}" --records '*' --until 2030-01-01T00:00:00Z --doc-types C0001 \
    --institutions hosp-a --purpose TREAT --purpose HRESCH --deny
  jq -e '.core.args | .scope == {docTypes: ["C0001"], institutions: ["hosp-a"]}
    and .purpose == ["TREAT", "HRESCH"] and .effect == "deny"
    and .until == "2030-01-01T00:00:00Z"' <<< "$output"
  run -0 emr-grant give --from $account --patient "$token" --to institution:hosp-c --records '*' --for 1d
  jq -e '.core.args.to == {kind: "institution", id: "hosp-c"}' <<< "$output"
}

@test "give: addresses in EIP-55 spelling are accepted, wrong ones are not" {
  run -0 emr-grant give --from 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 --patient "$token" \
    --to doctor:0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --records '*' --for 1d
  jq -e --arg d $doctor '.core.args.to.id == $d' <<< "$output"
  run -65 emr-grant give --from $account --patient "$token" \
    --to doctor:0x70997970C51812dc3A010C7d01b50e0d17dc79c8 --records '*' --for 1d
}

@test "give: what makes no sense is refused" {
  run -2 "${give[@]}" --records '*'
  run -2 "${give[@]}" --records '*' --for 1d --until 2030-01-01T00:00:00Z
  run -65 "${give[@]}" --records nonsense --for 1d
  run -65 "${give[@]}" --records "$tag" --records "$tag" --for 1d
  run -2 --separate-stderr "${give[@]}" --records '*' --for 1d --purpose CURIOSITY
  [[ $stderr == *"must be one of TREAT, "* && $stderr != *CURIOSITY* ]] || fail "$stderr"
  run -2 emr-grant check --record "$tag" --purpose CURIOSITY --genesis "$genesis" --session none
  run -2 emr-grant give --from $account --patient "$token" --to nobody --records '*' --for 1d
  run -65 --separate-stderr emr-grant give --from $account --patient 11010519491231002X \
    --to institution:hosp-c --records '*' --for 1d
  [[ $stderr == *--patient:* && $stderr != *core* && $stderr != *11010519491231002X* ]]
  run -65 --separate-stderr "${give[@]}" --records nonsense --for 1d
  [[ $stderr == *--records:* && $stderr != *core* && $stderr != *nonsense* ]]
}

@test "give: a rule that has ended, or ends before it begins, is not written" {
  run -65 --separate-stderr "${give[@]}" --records '*' --until 2020-01-01T00:00:00Z
  [[ $output == "" && $stderr == *"ended already"* ]]
  run -65 "${give[@]}" --records '*' --since 2020-01-01T00:00:00Z --for 30d
  run -65 --separate-stderr "${give[@]}" --records '*' --since 2040-01-02T00:00:00Z \
    --until 2040-01-01T00:00:00Z
  [[ $output == "" && $stderr == *"before it begins"* ]]
  run -65 "${give[@]}" --records '*' --since 2040-01-01T00:00:00Z --until 2040-01-01T00:00:00Z
  run -65 --separate-stderr "${give[@]}" --records '*' --until soon
  [[ $stderr == *--until:* ]]
}

@test "give and request: a rule that lasts longer than the ledger lets it is not written" {
  run -2 "${give[@]}" --records '*' --for 7y
  run -65 --separate-stderr "${give[@]}" --records '*' --until 9000-01-01T00:00:00Z
  [[ $output == "" && $stderr == *"six years"* ]] || fail "$stderr"
  run -0 "${give[@]}" --records '*' --for 6y
  run -2 emr-grant request --from $doctor --record "$tag" --for 7y
  run -65 emr-grant request --from $doctor --record "$tag" --until 9000-01-01T00:00:00Z
}

@test "revoke: names the rule" {
  run -0 emr-grant revoke --from $account --grant "$tag"
  jq -e --arg g "$tag" '.core.method == "revoke" and .core.args == {grant: $g}' <<< "$output"
  run -65 emr-grant revoke --from $account --grant short
  run -2 emr-grant revoke --from $account
}

@test "request, approve and deny: a record or a patient in a scope, one purpose, an end" {
  ask=(emr-grant request --from $doctor)
  run -0 "${ask[@]}" --record "$tag" --until 2030-01-01T00:00:00Z
  jq -e --arg r "$tag" '.core.method == "request" and .core.args == {record: $r, scope: {},
    purpose: "TREAT", until: "2030-01-01T00:00:00Z"}' <<< "$output"
  run -0 "${ask[@]}" --patient "$token" --records "$tag" --doc-types C0001 --institutions hosp-a \
    --purpose HRESCH --for 30d
  jq -e --arg t "$token" --arg r "$tag" '.core.args | .patient == $t and .purpose == "HRESCH"
    and .scope == {records: [$r], docTypes: ["C0001"], institutions: ["hosp-a"]}' <<< "$output"
  run -2 "${ask[@]}" --for 30d
  run -2 "${ask[@]}" --patient "$token" --record "$tag" --for 30d
  run -2 "${ask[@]}" --record "$tag" --records "$tag" --for 30d
  run -2 "${ask[@]}" --record "$tag"
  run -2 "${ask[@]}" --record "$tag" --for 30d --purpose BTG
  run -65 "${ask[@]}" --record "$tag" --until 2020-01-01T00:00:00Z
  run -65 "${ask[@]}" --record short --for 30d
  jq -cn --arg q "$tag" --arg t "$token" --arg d $doctor '{type: "emr.request", id: $q, by: $d,
    patient: $t, purpose: "TREAT", scope: {}, status: "pending"}' > asked
  run -0 emr-grant approve --from $account "$tag" asked
  jq -e --arg q "$tag" --arg t "$token" --arg d $doctor '.core.method == "answer" and .core.args ==
    {request: $q, decision: "approve", patient: $t, doctor: $d, purpose: "TREAT", scope: {}}' \
    <<< "$output"
  run -0 emr-grant approve --from $account "$tag" --until 2030-01-01T00:00:00Z < asked
  jq -e '.core.args.until == "2030-01-01T00:00:00Z"' <<< "$output"
  run -2 emr-grant approve --from $account "$tag" --for 1d --until 2030-01-01T00:00:00Z < asked
  run -2 emr-grant deny --from $account
  run -65 --separate-stderr emr-grant deny --from $account "$token" < asked
  [[ $stderr == *"emr-query requests"* ]]
  run -65 emr-grant deny --from $account "$tag" <<< '{"type":'
  run -65 emr-grant deny --from $account "$tag" < /dev/null
  # The wallet shows what is answered.
  run -0 bash -c 'emr-grant deny --from "$0" "$1" asked | emr-sign typed-data --genesis "$2"' \
    $account "$tag" "$genesis"
  jq -e --arg d $doctor '.message | .action == "REFUSE 拒绝 REQUEST 读取申请" and .doctor == $d
    and .purpose == "TREAT 治疗"' <<< "$output"
}

# asked_row FILTER: a line of emr-query requests, changed by this filter
asked_row() {
  jq -cn --arg q "$tag" --arg t "$token" --arg d $doctor '{type: "emr.request", id: $q, by: $d,
    patient: $t, purpose: "TREAT", scope: {}, status: "pending", until: "2040-01-01T00:00:00Z"} | '"$1"
}

@test "approve and deny: what is wrong in the input is told by its line and member" {
  other='{"type":"emr.end","v":1}'
  faults=('.patient = "canary"|/patient' '.by = 5|/by' 'del(.by)|/by' '.scope = {records: []}|/scope/records'
    '.purpose = "BTG"|/purpose' '.type = 5|/type' '.id = 5|/id' 'del(.scope)|/scope')
  for fault in "${faults[@]}"; do
    { echo "$other"; asked_row "${fault%|*}"; } > asked
    for verb in approve deny; do
      run -65 --separate-stderr emr-grant $verb --from $account "$tag" asked --error-format json
      jq -e --arg p "${fault#*|}" '.line == 2 and .pointer == $p' <<< "$stderr" || fail "$fault: $stderr"
      [[ $output == "" && $stderr != *canary* && $stderr != *core* ]] || fail "$fault: $stderr"
    done
  done
  run -65 --separate-stderr emr-grant deny --from $account "$tag" <<< "$other"$'\n{"type":'
  [[ $stderr == *"line 2"* ]] || fail "$stderr"
  run -65 --separate-stderr emr-grant deny --from $account short < <(asked_row '.id = "short"')
  [[ $stderr == *REQUEST* ]] || fail "$stderr"
}

@test "approve and deny: a bad line among requests is skipped where that is asked for" {
  { echo '{"type":'; asked_row .; echo; } > asked
  run -65 emr-grant deny --from $account "$tag" asked
  run -3 --separate-stderr emr-grant deny --from $account "$tag" asked --on-error skip --rejects bad
  jq -e '.core.args.decision == "deny"' <<< "$output"
  assert_equal "$(jq -c .line bad | xargs)" "1 3"
}

@test "approve and deny: all of the input is read, so that its writer is not killed" {
  asked_row . > asked
  run -0 bash -c 'set -o pipefail; { cat asked; for i in {1..20000}; do echo "{\"type\":\"emr.end\",\"v\":1}"; done; } | emr-grant deny --from "$0" "$1"' $account "$tag"
  { asked_row .; asked_row '.purpose = "HRESCH"'; } > asked
  run -65 --separate-stderr emr-grant deny --from $account "$tag" asked
  [[ $stderr == *"line 2"* ]] || fail "$stderr"
}

@test "approve and deny: what the ledger would refuse is refused before somebody signs it" {
  for status in approved denied expired; do
    asked_row ".status = \"$status\"" > asked
    run -1 --separate-stderr emr-grant approve --from $account "$tag" asked
    [[ $output == "" && $stderr == *"no answer"* ]] || fail "$stderr"
  done
  asked_row '.until = "2030-01-01T00:00:00Z"' > asked
  run -65 --separate-stderr emr-grant approve --from $account "$tag" asked --until 2030-01-02T00:00:00Z
  [[ $output == "" && $stderr == *"longer than was asked for"* ]] || fail "$stderr"
  run -0 emr-grant approve --from $account "$tag" asked --until 2030-01-01T00:00:00Z
}

@test "break-glass and review: a record or a patient, a code of the list, four hours at the most" {
  glass=(emr-grant break-glass --from $doctor --reason unconscious)
  run -0 "${glass[@]}" --patient "$token"
  jq -e --arg t "$token" '.core.method == "emergency"
    and .core.args == {patient: $t, reasonCode: "unconscious", minutes: 240}' <<< "$output"
  run -0 "${glass[@]}" --record "$tag" --for 30m
  jq -e --arg r "$tag" '.core.args == {record: $r, reasonCode: "unconscious", minutes: 30}' \
    <<< "$output"
  # It never ends before what was asked for: ninety seconds were one minute once.
  run -0 "${glass[@]}" --record "$tag" --for 90s
  jq -e '.core.args.minutes == 2' <<< "$output"
  run -0 "${glass[@]}" --record "$tag" --for 14399s
  jq -e '.core.args.minutes == 240' <<< "$output"
  run -2 "${glass[@]}"
  run -2 "${glass[@]}" --patient "$token" --record "$tag"
  run -2 "${glass[@]}" --patient "$token" --for 5h
  run -2 emr-grant break-glass --from $doctor --patient "$token" --reason 昏迷
  run -0 emr-grant review --from $account --emergency "$tag" --outcome unjustified
  jq -e --arg e "$tag" '.core.args == {emergency: $e, outcome: "unjustified"}' <<< "$output"
  run -0 bash -c '"$@" --patient "$0" | emr-sign typed-data --genesis "'"$genesis"'"' "$token" \
    "${glass[@]}"
  jq -e '.message.action == "EMERGENCY ACCESS 紧急访问"
    and (.message.reason | startswith("UNCONSCIOUS"))' <<< "$output"
}

@test "deregister: a patient's file or the account, one of them said" {
  run -0 emr-grant deregister --from $account --patient "$token"
  jq -e --arg t "$token" '.core.contract == "registration" and .core.method == "deregister"
    and .core.args == {patient: $t}' <<< "$output"
  run -0 emr-grant deregister --from $account --account
  jq -e '.core.args == {}' <<< "$output"
  run -2 emr-grant deregister --from $account
  run -2 emr-grant deregister --from $account --account --patient "$token"
  run -65 --separate-stderr emr-grant deregister --from $account --patient 11010519491231002X
  [[ $stderr == *--patient:* && $stderr != *11010519491231002X* ]]
}

@test "a rule goes through emr-sign, and the wallet shows it in words" {
  run -0 bash -c '"$@" --records "*" --for 30d | emr-sign typed-data --genesis "$0"' "$genesis" \
    "${give[@]}"
  jq -e --arg d $doctor '.primaryType == "PermissionGrant" and .message.reader == $d
    and (.message.action | startswith("ALLOW")) and (.message.records | startswith("all"))
    and (.message.validUntil | endswith("UTC"))' <<< "$output"
}

@test "list and check: say who asks, and whom" {
  run -2 --separate-stderr emr-grant list --genesis "$genesis"
  [[ $stderr == *"--session or --key-file"* ]]
  run -2 emr-grant check --genesis "$genesis" --session x
  run -2 emr-grant check --genesis "$genesis" --session x --record "$tag" --patient "$token"
  run -66 emr-grant list --genesis "$genesis" --session missing
  run -66 emr-grant list --genesis missing --session missing
}

@test "streams: /dev/full and a closed stdout exit 74; usage errors are JSON when asked" {
  run -74 bash -c '"$@" --records "*" --for 1d > /dev/full' _ "${give[@]}"
  run -74 bash -c '"$@" --records "*" --for 1d >&-' _ "${give[@]}"
  run -2 --separate-stderr emr-grant give --error-format json
  assert_equal "$(jq -r '[.tool, .kind] | join(" ")' <<< "$stderr")" "emr-grant usage"
  run -2 emr-grant
  run -0 emr-grant --help
}

@test "an argument of another form is told what it should have been" {
  run -65 --separate-stderr emr-grant review --from 0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266 \
    --emergency 00 --outcome justified
  [[ $stderr == *"--emergency"*"hint: 64 lower-case hex digits"* ]] || fail "$stderr"
}
