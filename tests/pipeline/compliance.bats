#!/usr/bin/env bats
# COMPLIANCE.md, command by command, as an auditor would type them (R-024, R-028, R-098).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=300; }

setup() {
  load consortium
  load visits
  consortium_setup
  mkdir sessions his
}

teardown() { consortium_stop; }

# blocks_of FILE: the commands of each sh block, as block-00, block-01, …
blocks_of() {
  awk '/^```sh$/ { file = sprintf("block-%02d", n++); inside = 1; next }
    /^```$/ { inside = 0 }
    inside { print > file }' "$1"
}

# alliance_auditor ACCOUNT: of no institution, approved by f + 1 of them
alliance_auditor() {
  new_account "$1"
  jq -cn --arg identity "$(sha256sum <<< "$1" | cut -c1-64)" '{role: "auditor", $identity}' |
    emr-tx build registration.apply --from "$(account "$1")" | sign "$1" | submit 40
  for member in a b; do
    send "hosp-$member-admin" registration.approve \
      "{\"address\":\"$(account "$1")\",\"role\":\"auditor\"}"
  done
}

@test "COMPLIANCE.md: every command runs and holds on a consortium in use" {
  found --checkpoint-interval 4
  enrol service bot hosp-a > enrolled
  enrol doctor doctor hosp-c >> enrolled
  enrol patient patient hosp-a >> enrolled
  alliance_auditor auditor >> enrolled
  import 3 咳嗽三天 > imported
  record=$(jq -rs '.[0].record' imported)
  token=$(seal 1 咳嗽三天 | jq -r .tags.patient)
  login doctor > /dev/null
  run -77 open_record doctor denied
  send hosp-a-admin registration.attest \
    "{\"patient\":\"$token\",\"address\":\"$(account patient)\"}" > attested
  emr-grant give --from "$(account patient)" --patient "$token" --to "doctor:$(account doctor)" \
    --records "$record" --for 30d | sign_and_submit patient > granted
  open_record doctor opened > /dev/null
  # Somebody else's record, in an emergency, and its review.
  urgent=$(jq -rs '.[1].record' imported)
  query open --record "$urgent" --emergency unconscious --output-dir urgent \
    --session sessions/doctor > /dev/null
  emr-grant revoke --from "$(account patient)" --grant "$(jq -r .result.grant granted)" |
    sign_and_submit patient > /dev/null
  within 20 same_tip a b c d

  # The page's own setting: a copy, the genesis, an auditor with a configuration.
  emr-pbft-node backup --dir "$net/hosp-a" --to saved > /dev/null
  cp -r saved/data copy
  cp "$genesis" genesis.json
  ln -s "$net/hosp-a" node
  mkdir -p "$XDG_CONFIG_HOME/emr"
  sed -n '/^```json$/,/^```$/p' "$EMR_SOURCE/COMPLIANCE.md" | sed '1d;$d' |
    sed "s|/srv/audit|$PWD|g" > "$XDG_CONFIG_HOME/emr/config.json"
  login auditor > /dev/null
  mv sessions/auditor auditor.session
  blocks_of "$EMR_SOURCE/COMPLIANCE.md"
  for block in block-*; do
    run --separate-stderr bash -eo pipefail "$block"
    [ "$status" -eq 0 ] || { cat "$block"; fail "$status: $output $stderr"; }
    cat <<< "$output" > "$block.out"
  done
  said() { cat block-*.out; }
  # The evidence is there: who was refused, who read, by which rule; nothing of a patient.
  said | grep -q "permission.access.*denied.*no_rule"
  said | grep -q "hosp-c.*$record.*TREAT"
  said | grep -q "unconscious	not reviewed"
  said | grep -q "$(account doctor)	doctor	hosp-c	active"
  jq -es 'length > 0 and all(.resourceType == "AuditEvent")' audit-events.ndjson > /dev/null
  run -1 grep -rF -e 张某某 -e 咳嗽 block-*.out audit-events.ndjson
}

@test "accounts: for admins and auditors, by role, institution and status, page by page" {
  found
  enrol service bot hosp-a > /dev/null
  enrol auditor auditor hosp-b > /dev/null
  list() { query accounts -k "keys/$1.json" --passphrase-file pass "${@:2}"; }
  assert_equal "$(list auditor | wc -l)" 6
  assert_equal "$(list auditor --role service | jq -r .address)" "$(account bot)"
  assert_equal "$(list hosp-a-admin --institution hosp-b | jq -r .role | sort | xargs)" "admin auditor"
  assert_equal "$(list auditor --status suspended)" ""
  run -0 --separate-stderr list auditor --limit 4
  [[ $stderr == *--after* ]]
  run -77 list bot
}

@test "fields: a free text in a block is found, values are never shown" {
  found
  enrol service bot hosp-a > /dev/null
  import 2 咳嗽三天 > /dev/null
  emr-pbft-node backup --dir "$net/hosp-a" --to saved > /dev/null
  run -0 emr-query fields --ledger saved/data
  refute_output --partial 咳嗽
  refute_output --partial "Hospital hosp-a"
  jq -es 'any(.where == "block records.create" and .path == "/core/args/record"
    and .shapes == ["hash"] and .count == 2 and .distinct == 2)' <<< "$output" > /dev/null
  jq -es 'any(.where == "sidecar" and (.shapes | index("text")))' <<< "$output" > /dev/null
  run -66 emr-query fields --ledger nowhere
  run -0 emr-query crypto
  jq -es 'length > 10 and all(.bits >= 128)' <<< "$output" > /dev/null
}
