#!/usr/bin/env bats
# emr-tx from outside: building, submitting with a journal, every exit code, what may not leak
# (R-081, R-089, R-101; field/domain.md ADM-1 to ADM-3). Real nodes: tests/pipeline.

bats_require_minimum_version 1.5.0

setup() {
  load emr-tx
  tx_setup
}

teardown() { stop_nodes; }

# --- methods and build ----------------------------------------------------------------------------

@test "methods: a schema for every method of the contracts that have any (R-089)" {
  run -0 --separate-stderr emr-tx methods
  assert_equal "$(jq -r .contract <<< "$output" | sort -u | xargs)" \
    "alliance appointment permission records registration"
  jq -es 'all(.[]; .type == "emr.method" and .args.additionalProperties == false
    and (.roles | length > 0) and (.typedData | endswith("bytes32 digest)")))' <<< "$output"
  run -0 emr-tx methods records
  assert_equal "${#lines[@]}" 3
  run -1 emr-tx methods nothing
}

@test "build: arguments become an unsigned transaction with a fresh nonce" {
  echo "{\"address\":\"$account\",\"role\":\"doctor\"}" > args
  run -0 --separate-stderr emr-tx build registration.approve --from $account args
  assert_equal "$stderr" ""
  jq -e --arg a $account '.type == "emr.tx" and .v == 1 and .line == 1 and .core.from == $a
    and .core.method == "approve" and (.core.nonce | length == 32) and (has("signature") | not)' \
    <<< "$output"
  first=$output
  run -0 emr-tx build registration.approve --from $account args
  refute [ "$(jq -r .core.nonce <<< "$first")" = "$(jq -r .core.nonce <<< "$output")" ]
  until=$(jq -r '.core.validUntil | fromdateiso8601' <<< "$output")
  ((until > $(date +%s) + 4 * 3600 - 60 && until <= $(date +%s) + 4 * 3600))
}

@test "build: a sealed record becomes records.create; its parts are committed with fresh salts" {
  sealed 1 > record
  run -0 emr-tx build records.create --from $account record
  jq -e '.core.payload | map(.part) == ["public", "original"]' <<< "$output"
  jq -e '.sidecar.parts[0].value == {sex: "2"}' <<< "$output"
  jq -e '.core.args.handles == [] and .core.args.month == "2026-11"' <<< "$output"
  salt=$(jq -r '.sidecar.parts[0].salt' <<< "$output")
  run -0 emr-tx build records.create --from $account record
  refute [ "$(jq -r '.sidecar.parts[0].salt' <<< "$output")" = "$salt" ]
  jq -c --arg h "$(token h)" '.attachments = {handles: [$h], manifest: {type: "emr.envelope"}}' \
    record > with
  run -0 emr-tx build records.create --from $account with
  jq -e '(.core.args.handles | length == 1) and (.core.payload | map(.part)) == ["public", "original", "manifest"]' \
    <<< "$output"
}

@test "build: nothing of a record but line and visit is copied beside the transaction" {
  sealed 1 | jq -c --arg c $canary '. + {visit: "v1", note: $c, extra: {name: $c}}' > record
  run -0 emr-tx build records.create --from $account record
  [[ $output != *$canary* ]]
  jq -e '.visit == "v1" and (keys - ["core", "line", "sidecar", "type", "v", "visit"] == [])' \
    <<< "$output"
}

@test "build: what was found unchanged upstream becomes a receipt" {
  { sealed 1; sealed 2 | jq -c '.unchanged = true'; } > records
  run -0 emr-tx build records.create --from $account records
  assert_equal "$(jq -r .type <<< "$output" | xargs)" "emr.tx emr.receipt"
  jq -e '.status == "unchanged" and .line == 2' <<< "${lines[1]}"
}

@test "build: the audit line of emr-desensitize becomes records.desensitize, and nothing rides along" {
  openssl rand -hex 32 > desensitize.key
  { echo 'name,id'; echo "王某,$canary"; } |
    emr-desensitize --in csv -p strict -k desensitize.key --report audit.json > out.csv
  run -0 --separate-stderr emr-tx build records.desensitize --from $account audit.json
  jq -e --slurpfile line audit.json '.core.args.output == $line[0].output and .core.args.records == 1
    and (.core.payload | map(.part)) == ["public"] and .sidecar.parts[0].value == $line[0]
    and (.core | tostring | contains($line[0].input) | not)' <<< "$output"
  [[ $output != *$canary* && $output != *王某* ]]
  assert_equal "$(jq -r .core.args.output <<< "$output")" "$(sha256sum < out.csv | cut -d' ' -f1)"
  for wrong in ".name = \"$canary\"" ".rules.x = \"$canary\"" '.grade = 5' 'del(.input)' \
      ".policy.name = \"$canary\"" '.records = -1' ".output = \"$canary\"" '.v = 2'; do
    jq -c "$wrong" audit.json > bad
    run -65 --separate-stderr emr-tx build records.desensitize --from $account bad
    [[ $output == "" && $stderr == *"line 1"* && $stderr != *$canary* ]] || fail "$wrong: $stderr"
  done
}

@test "build: what is wrong is pointed at where the user wrote it, not where it would go" {
  openssl rand -hex 32 > desensitize.key
  echo name | emr-desensitize --in csv -p strict -k desensitize.key --report audit.json > out.csv
  # pointed METHOD POINTER LINE
  pointed() {
    run -3 emr-tx build "$1" --from $account --on-error skip --rejects rejects <<< "$3"
    assert_equal "$(jq -r '.pointer // ""' rejects)" "$2"
    rm rejects
  }
  for wrong in '.records = "one"|/records' '.rejected = -1|/rejected' '.grade = "3"|/grade' \
      '.output = 7|/output' '.policy.hash = "x"|/policy/hash' '.suppressed = {}|/suppressed'; do
    pointed records.desensitize "${wrong#*|}" "$(jq -c "${wrong%|*}" audit.json)"
  done
  for wrong in '.tags.record = "x"|/tags/record' '.tags.doctor = 1|/tags/doctor' \
      '.index.docType = {}|/index/docType' '.policy.hash = "x"|/policy/hash' \
      '.attachments = {handles: ["x"], manifest: {}}|/attachments/handles/0'; do
    pointed records.create "${wrong#*|}" "$(sealed 1 | jq -c "${wrong%|*}")"
  done
  pointed registration.approve /role "{\"address\":\"$account\",\"role\":5}"
  pointed registration.approve /address '{"role":"doctor"}'
  pointed records.create "" "$(jq -c .core.args <<< "$(sealed 1 | emr-tx build records.create \
    --from $account)")"
}

@test "build: a record that still names local files is refused" {
  sealed 1 | jq -c --arg c $canary '.local = {attachments: [{path: $c}]}' > record
  run -65 --separate-stderr emr-tx build records.create --from $account record
  assert_equal "$output" ""
  [[ $stderr == *"/local"*"emr-ipfs-put"* && $stderr != *$canary* ]]
}

@test "build: bad lines exit 65 with line and pointer and no value; skip goes on" {
  { sealed 1; sealed 2 | jq -c --arg c $canary '.index.month = $c'; sealed 3; } > records
  run -65 --separate-stderr emr-tx build records.create --from $account records
  [[ $stderr == *"line 2"*" /index/month"* && $stderr != *$canary* ]]
  run -3 --separate-stderr emr-tx build records.create --from $account --on-error skip \
    --rejects rejects records
  assert_equal "${#lines[@]}" 2
  jq -e '.line == 2 and .pointer == "/index/month"' rejects
  for bad in "{\"type\":5,\"x\":\"$canary\"}" "$canary" '[]' '' "{\"type\":\"emr.sealed\",\"v\":2}" \
      "{\"type\":\"emr.sealed\",\"v\":1,\"tags\":\"$canary\"}" \
      "{\"role\":\"doctor\",\"role\":\"$canary\"}" "{\"address\":\"$canary\"}"; do
    run -65 --separate-stderr emr-tx build records.create --from $account <<< "$bad"
    assert_equal "$output" ""
    [[ $stderr == *"line 1"* && $stderr != *$canary* ]] || fail "stderr: $stderr"
  done
}

@test "build: a float or an inline picture does not reach the ledger" {
  run -65 --separate-stderr emr-tx build records.create --from $account \
    <<< "$(sealed 1 | jq -c '.public.value = 38.6')"
  [[ $stderr == *fraction* || $stderr == */public* ]] || fail "stderr: $stderr"
}

@test "usage: exit 2 for what the command line gets wrong" {
  run -2 emr-tx
  run -2 emr-tx build
  run -2 emr-tx build records.create < /dev/null
  run -2 emr-tx build nothing.here --from $account < /dev/null
  run -2 emr-tx build records --from $account < /dev/null
  run -2 emr-tx build records.create --from 0x12 < /dev/null
  run -2 emr-tx build records.create --from $account --valid-for 30d < /dev/null
  run -2 emr-tx build records.create --from $account --node http://127.0.0.1:1 < /dev/null
  run -2 emr-tx submit < /dev/null
  run -2 emr-tx submit --genesis "$genesis" --batch 0 < /dev/null
  run -2 emr-tx submit --genesis "$genesis" --resume < /dev/null
  run -2 emr-tx submit --genesis "$genesis" --on-conflict amend < /dev/null
  run -2 emr-tx status --genesis "$genesis" not-a-txid
  run -2 --separate-stderr emr-tx submit --error-format json --nonsense
  assert_equal "$(jq -r '[.type, .tool, .kind] | join(" ")' <<< "$stderr")" "emr.error emr-tx usage"
  echo '{}' > not-genesis
  run -78 emr-tx submit --genesis not-genesis < /dev/null
  run -66 emr-tx submit --genesis missing < /dev/null
}

@test "usage: what is to happen with a conflict is refused where no record is looked up" {
  while IFS='|' read -r option command; do
    # shellcheck disable=SC2086  # words of a command line
    run -2 --separate-stderr emr-tx build --from $account $command < /dev/null
    [[ $stderr == *"$option"* ]] || fail "$command: $stderr"
  done <<COMMANDS
--on-conflict|registration.approve --on-conflict amend
--reason-code|records.amend --reason-code typo
--on-conflict|records.create --on-conflict amend
--reason-code|records.create --reason-code typo
--reason-code|records.create --genesis $genesis --session s --on-conflict skip --reason-code typo
COMMANDS
  EMR_TX_ON_CONFLICT=amend EMR_TX_REASON_CODE=typo run -0 emr-tx build registration.approve \
    --from $account < /dev/null
}

@test "usage: what only an amendment needs is refused without one, and no session signs here" {
  unreachable=(emr-tx submit --genesis "$genesis" --node http://127.0.0.1:1)
  for option in '-k bot.json' '--passphrase-file pass' '--reason-code typo'; do
    # shellcheck disable=SC2086  # an option and its value
    run -2 --separate-stderr "${unreachable[@]}" $option < /dev/null
    [[ $stderr == *"is for --on-conflict amend"* ]] || fail "$option: $stderr"
  done
  run -2 --separate-stderr "${unreachable[@]}" --session s < /dev/null
  # What the house has set for other verbs is no mistake of this call.
  EMR_TX_KEY_FILE=bot.json EMR_TX_REASON_CODE=typo EMR_SESSION=s run -0 "${unreachable[@]}" < /dev/null
}

@test "streams: /dev/full, closed stdin and stdout, empty input, a reader that goes away" {
  sealed 1 > record
  build=(emr-tx build records.create --from $account)
  run -74 bash -c '"$@" record > /dev/full' _ "${build[@]}"
  run -74 bash -c '"$@" record >&-' _ "${build[@]}"
  run -66 bash -c '"$@" <&-' _ "${build[@]}"
  run -0 "${build[@]}" < /dev/null
  assert_equal "$output" ""
  for ((i = 0; i < 3000; ++i)); do cat record; done > many
  run -0 bash -c '"$@" many | head -n 1 > /dev/null; exit $((PIPESTATUS[0] == 141 ? 0 : 1))' _ \
    "${build[@]}"
  run -65 bash -c '{ cat record; echo nonsense; } | "$@" -o out' _ "${build[@]}"
  [ ! -e out ]
}

# --- submit ---------------------------------------------------------------------------------------

@test "submit: one receipt per line, in input order; receipts from upstream keep their place" {
  start_node commit
  signed 30 > tx
  { head -n 10 tx; echo '{"type":"emr.receipt","v":1,"line":99,"status":"unchanged"}'
    tail -n 20 tx; } > in
  run -0 --separate-stderr submit --batch 7 in
  assert_equal "${#lines[@]}" 31
  assert_equal "$(jq -r .line <<< "$output" | xargs)" "$(seq -s ' ' 1 10) 99 $(seq -s ' ' 11 30)"
  [[ $stderr == *"committed 30, amended 0, unchanged 1, skipped 0, failed 0"* ]] || fail "$stderr"
  jq -es 'map(select(.txid)) | all(.[]; .type == "emr.receipt" and .v == 1 and .height > 0 and
    .version == 1 and .contract == "records" and .retryable == false and .latencyMs >= 0)' <<< "$output"
}

@test "submit: what was not decided is sent again until it is, once each" {
  start_node once
  signed 5 > tx
  run -0 --separate-stderr submit --timeout 20 tx
  assert_equal "$(jq -r .status <<< "$output" | sort | uniq -c | xargs)" "5 committed"
  assert_equal "$(sort sent | uniq -c | awk '{print $1}' | sort -u)" 2
}

@test "submit: nothing but the transaction reaches a node" {
  start_node commit
  signed 1 | jq -c --arg c $canary '. + {visit: $c, note: $c}' > tx
  run -0 --separate-stderr submit tx
  assert_equal "$(jq -r .visit <<< "$output")" $canary # back to its owner
  [[ $(cat sent) != *$canary* ]]
}

@test "submit: denied, refused and conflicting lines have their own exit codes" {
  start_node deny
  signed 2 > tx
  run -77 --separate-stderr submit <<< "$(head -n 1 tx)"
  jq -e '.status == "failed" and .error.reason == "role" and .error.code == 77' <<< "$output"
  run -3 submit tx
  stop_nodes
  start_node refuse
  run -77 --separate-stderr submit <<< "$(head -n 1 tx)"
  jq -e '.error.reason == "not_registered"' <<< "$output"
  [[ $output$stderr != *canary* ]]
  stop_nodes
  start_node conflict
  run -1 --separate-stderr submit <<< "$(head -n 1 tx)"
  jq -e '.error.reason == "conflict" and .version == 4' <<< "$output"
  run -0 --separate-stderr submit --on-conflict skip tx
  assert_equal "$(jq -r .status <<< "$output" | xargs)" "skipped skipped"
}

@test "submit --on-conflict amend: signs an amendment of the same content on the new version" {
  start_node conflict
  signed 1 > tx
  run -0 --separate-stderr submit --on-conflict amend -k key.json --passphrase-file pass --journal j tx
  jq -e '.status == "amended" and .method == "amend" and .version == 5' <<< "$output"
  assert_equal "$(wc -l < sent)" 2
  assert_equal "$(sort -u sent | wc -l)" 2
  run -0 --separate-stderr submit --journal j --resume < /dev/null
  jq -e '.status == "amended"' <<< "$output"
  assert_equal "${#lines[@]}" 1
  assert_equal "$(wc -l < sent)" 2 # asked nobody again
}

@test "submit: unsigned and malformed lines get a receipt and an error without values" {
  start_node commit
  { signed 1; sealed 2 | emr-tx build records.create --from $account
    echo "{\"type\":\"emr.tx\",\"v\":1,\"x\":\"$canary\"}"; } > in
  run -65 --separate-stderr submit in
  assert_equal "$(jq -r .status <<< "$output" | xargs)" "committed failed"
  [[ $stderr == *"line 2"*"not signed"* && $stderr$output != *$canary* ]]
  run -3 --separate-stderr submit --on-error skip --rejects rejects in
  assert_equal "$(jq -r .status <<< "$output" | xargs)" "committed failed failed"
  assert_equal "$(jq -r .line rejects | xargs)" "2 3"
  [[ $stderr$output$(cat rejects) != *$canary* ]]
}

@test "submit: unreachable or undecided is exit 75, and the journal can go on" {
  signed 3 > tx
  node=http://127.0.0.1:1
  run -75 --separate-stderr submit --timeout 1 --journal j tx
  jq -es 'length == 3 and all(.[]; .status == "unknown" and .retryable and .error.code == 75)' \
    <<< "$output"
  assert_equal "$(stat -c %a j)" 600
  assert_equal "$(jq -r .type j | xargs)" "emr.tx emr.tx emr.tx"
  start_node commit
  run -0 --separate-stderr submit --journal j --resume < /dev/null
  assert_equal "$(jq -r '[.line, .status] | join(" ")' <<< "$output" | xargs)" \
    "1 committed 2 committed 3 committed"
  # The same input again: answered from the journal, nobody is asked.
  assert_equal "$(wc -l < sent)" 3
  run -0 --separate-stderr submit --journal j tx
  assert_equal "$(jq -r .status <<< "$output" | xargs)" "committed committed committed"
  assert_equal "$(wc -l < sent)" 3
}

@test "journal: a second process exits 75; a torn last line is dropped; damage is named" {
  start_node stall
  signed 2 > tx
  submit_in_background --timeout 30 --journal j tx
  for _ in {1..100}; do [ "$(cat j 2> /dev/null | wc -l)" -ge 2 ] && break || sleep 0.05; done
  run -75 --separate-stderr submit --journal j tx
  [[ $stderr == *"another process"* ]]
  kill_submitter
  stop_nodes
  start_node commit
  printf '{"type":"emr.tx","v":1,"core":{"contr' >> j
  run -0 --separate-stderr submit --journal j --resume < /dev/null
  assert_equal "$(jq -r .status <<< "$output" | xargs)" "committed committed"
  sed -i '1s/^/x/' j
  run -65 --separate-stderr submit --journal j --resume < /dev/null
  [[ $stderr == *"line 1"*damaged* ]]
  run -73 submit --journal no-such-folder/j tx
}

@test "submit: kill -9 at any moment and the same command again: nothing is doubled or lost" {
  start_node commit
  signed 60 > tx
  for delay in 0.01 0.02 0.03 0.05 0.08; do
    submit_in_background --batch 5 --journal j tx
    sleep "$delay"
    kill_submitter
  done
  run -0 --separate-stderr submit --batch 5 --journal j tx
  assert_equal "$(jq -r .line <<< "$output" | xargs)" "$(seq -s ' ' 60)"
  assert_equal "$(jq -r .status <<< "$output" | sort | uniq -c | xargs)" "60 committed"
  assert_equal "$(jq -r .txid <<< "$output" | sort -u | wc -l)" 60
  assert_equal "$(sort -u sent | wc -l)" 60
}

@test "status, and emr-query stats --storage: a deaf node is not waited for longer than --timeout" {
  start_node deaf
  # It was ten seconds whatever was said.
  run timeout 9 emr-tx status --genesis "$genesis" --node "$node" --timeout 1 "$(token x)"
  ((status == 69 || status == 75)) || fail "$status: $output"
  run timeout 9 emr-query stats --storage --genesis "$genesis" --node "$node" --timeout 1
  ((status == 69)) || fail "$status: $output"
}

@test "slots: a place in the hours becomes a tag under the hospital's key, and its month" {
  openssl rand -hex 32 > tag.key
  place='{"department":"心内科","start":"2026-12-01T01:30:00Z","number":7,"room":"3"}'
  slots() { emr-tx slots --institution hosp-b --institution-key "${2:-tag.key}" <<< "$1"; }
  run -0 --separate-stderr slots "$place"
  jq -e '.institution == "hosp-b" and .month == "2026-12" and .room == "3"
    and (.slot | test("^[0-9a-f]{64}$"))' <<< "$output"
  slot=$(jq -r .slot <<< "$output")
  assert_equal "$(slots "$place" | jq -r .slot)" "$slot"
  openssl rand -hex 32 > other.key
  [ "$(slots "$place" other.key | jq -r .slot)" != "$slot" ]
  [ "$(slots "${place/:7/:8}" | jq -r .slot)" != "$slot" ]
  [ "$(slots "${place/\"room\"/\"doctor\"}" | jq -r .slot)" != "$slot" ]
  # What it writes, and no more, is what appointment.book takes.
  run -0 bash -c 'jq -c ".patient = .slot | {institution, month, slot, patient}" |
    emr-tx build appointment.book --from "$1"' _ "$account" <<< "$(slots "$place")"
  assert_equal "$(jq -r .core.args.slot <<< "$output")" "$slot"
  run -65 --separate-stderr slots '{"department":"心内科","start":"9:30","number":7}'
  [[ $stderr == *"line 1"* && $stderr == *"/start"* && $stderr != *心内科* ]]
}
