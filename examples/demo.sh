#!/usr/bin/env bash
# The main job of emr-tools, from founding a consortium to an offline audit. Read it as a tutorial:
# every command below is one that a hospital would type. It works on embedded defaults only: four
# nodes on this machine's loopback address, their own content store, no network.
#
# Usage: examples/demo.sh [--keep]     (EMR_BUILD names the build directory, default ./build)
# Exit status 0 only if every step held; the last line of stdout is one JSON object.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${EMR_BUILD:-$here/build}
# shellcheck source=examples/demo-lib.sh
source "$here/examples/demo-lib.sh"
PATH=$build/bin:$build/examples:$PATH
visits=${EMR_DEMO_VISITS:-1000}
attachments=${EMR_DEMO_ATTACHMENTS:-20}

demo_begin "$@"
hospitals=(hosp-a hosp-b hosp-c hosp-d)

# ---------------------------------------------------------------------------------------------
step "four hospitals found a consortium and start four nodes"
# ---------------------------------------------------------------------------------------------
# Every hospital makes its own keys; only the descriptor (public keys, addresses) leaves its house.
for i in 0 1 2 3; do
  hospital=${hospitals[i]}
  new_account "$hospital-admin"
  emr-pbft-node init --dir "nodes/$hospital" --id "$hospital" --name "示例医院 $hospital" \
    --uscc "$(uscc "$i")" --admin "$(address "$hospital-admin")" \
    --peer "127.0.0.1:${peer_ports[i]}" --http "127.0.0.1:${http_ports[i]}" >> descriptors.jsonl
done
# The dealer of this first version makes the genesis and one sealed key share for each hospital.
emr-pbft-node genesis --chain-id emr-demo descriptors.jsonl --output-dir founding
for hospital in "${hospitals[@]}"; do
  emr-pbft-node join --dir "nodes/$hospital" --genesis founding/genesis.json \
    --share "founding/share-$hospital.json"
  start_node "$hospital"
done
wait_until 20 all_ready
held "four nodes are ready on one chain"

# Admins are named in the genesis. Everybody else applies, and an admin of the hospital approves.
enrol service a-import hosp-a
enrol doctor c-doctor hosp-c
enrol doctor a-doctor hosp-a
enrol patient patient hosp-a
enrol auditor auditor hosp-b
held "service, doctors, patient and auditor are registered"

# ---------------------------------------------------------------------------------------------
step "hospital A exports $visits visits and $attachments attachments"
# ---------------------------------------------------------------------------------------------
demo-generate his "$visits" "$attachments"
demo-scan his/planted.txt --expect-all his/visits.csv his/patients.csv his/doctors.csv > scan-input.json
held "the scanner finds every planted identifier in the input"

# ---------------------------------------------------------------------------------------------
step "the import runs while the primary node is killed"
# ---------------------------------------------------------------------------------------------
# One pipeline, as cron would run it. Nothing after emr-desensitize sees a name.
import() {  # import RECEIPTS JOURNAL [GATE]
  emr-desensitize --in csv --map "$here/examples/his-outpatient.map.json" --lookup-dir his \
      --patients his/patients.csv --policy paper --attachments-root his/attachments \
      --seal-to founding/genesis.json --institution hosp-a \
      --institution-key nodes/hosp-a/institution/tag.key \
      --linkage-key nodes/hosp-a/institution/linkage.key his/visits.csv |
    emr-ipfs-put --attachments-root his/attachments --genesis founding/genesis.json \
      "${node_options[@]}" --key-file keys/a-import.json --passphrase-file keys/passphrase |
    emr-tx build records.create --from "$(address a-import)" --genesis founding/genesis.json \
      "${node_options[@]}" --key-file keys/a-import.json --passphrase-file keys/passphrase |
    emr-sign --genesis founding/genesis.json --key-file keys/a-import.json \
      --passphrase-file keys/passphrase |
    "${3:-cat}" |
    emr-tx submit --genesis founding/genesis.json "${node_options[@]}" --journal "$2" \
      --batch 50 --timeout 60 > "$1"
}
# The demo's only artifice: hold back the last lines until the primary is dead, so that the kill
# falls into the middle of the import on a machine of any speed.
gate() {
  awk -v last="$((visits * 6 / 10))" '{ print; fflush() }
    NR == last { system("for i in $(seq 1200); do test -e primary-killed && break; sleep 0.05; done") }'
}
import receipts-1.jsonl journal-1 gate &
import_pid=$!
wait_until 120 has_lines receipts-1.jsonl $((visits / 5))
kill_primary
touch primary-killed
wait "$import_pid"
killed_at=$(cat receipts-at-kill)
[ "$killed_at" -ge $((visits / 5)) ] && [ "$killed_at" -le $((visits * 8 / 10)) ]
held "the primary was killed with -9 after receipt $killed_at of $visits"
[ "$(jq -r .status receipts-1.jsonl | sort | uniq -c | tr -s ' ')" = " $visits committed" ]
held "every line has a receipt: $visits committed"
view_rose
held "the view rose from $view_before to $view_after"
start_node "$killed"
wait_until 60 all_same_tip
held "the killed node caught up: one tip on four nodes"
emr-desensitize --in csv --map "$here/examples/his-outpatient.map.json" --lookup-dir his \
  --patients his/patients.csv --policy paper --attachments-root his/attachments \
  --seal-to founding/genesis.json --institution hosp-a \
  --institution-key nodes/hosp-a/institution/tag.key \
  --linkage-key nodes/hosp-a/institution/linkage.key his/visits.csv > sealed.jsonl
jq -r .tags.record sealed.jsonl | sort > tags-expected
for i in 0 1 2 3; do
  emr-query records --institution hosp-a --node "$(url "$i")" --genesis founding/genesis.json \
    --key-file keys/hosp-a-admin.json --passphrase-file keys/passphrase --limit 100000 |
    jq -r .record | sort > "tags-$i"
  cmp tags-expected "tags-$i"
done
held "every node holds exactly the generator's $visits record tags"

# ---------------------------------------------------------------------------------------------
step "the same import again changes nothing"
# ---------------------------------------------------------------------------------------------
wait_until 60 content_is_everywhere
held "every node holds every content block, the killed one too"
blocks_before=$(content_blocks)
records_before=$(record_transactions)
[ "$records_before" -eq "$visits" ]
import receipts-2.jsonl journal-2
[ "$(jq -r .status receipts-2.jsonl | sort | uniq -c | tr -s ' ')" = " $visits unchanged" ]
held "$visits unchanged"
[ "$(record_transactions)" = "$records_before" ] && [ "$(content_blocks)" = "$blocks_before" ]
held "no new record transaction, no new content block"

# ---------------------------------------------------------------------------------------------
step "a doctor of hospital C: denied, granted, served, denied again"
# ---------------------------------------------------------------------------------------------
# The visit with the largest attachment, and the patient it belongs to.
visit=$(jq -c 'select(.local.attachments) | select(.local.attachments[0].size > 2000000)' \
  sealed.jsonl | head -n 1)
[ -n "$visit" ] || visit=$(jq -c 'select(.local.attachments)' sealed.jsonl | head -n 1)
record=$(jq -r .tags.record <<< "$visit")
token=$(jq -r .tags.patient <<< "$visit")
attachment=$(jq -r '.local.attachments[0].path' <<< "$visit")
# Hospital A knows the patient and attests that this wallet is hers.
send hosp-a-admin registration.attest \
  "{\"patient\":\"$token\",\"address\":\"$(address patient)\"}" > /dev/null
login c-doctor
expect 77 open_record c-doctor denied-1
held "denied without a grant (exit 77)"
emr-grant give --from "$(address patient)" --patient "$token" \
    --to "doctor:$(address c-doctor)" --records "$record" --purpose TREAT --for 30d |
  sign_and_submit patient > grant-receipt.json
grant=$(jq -r .txid grant-receipt.json)  # a rule is named by its transaction
stop_node hosp-a
open_started=$(date +%s%N)
open_record c-doctor opened
open_ms=$((($(date +%s%N) - open_started) / 1000000))
held "the patient granted 30 days; the doctor opened the record with hospital A's node stopped"
cmp "opened/attachments/$attachment" "his/attachments/$attachment"
held "the attachment is byte for byte the hospital's file"
[ "$(jq -r .patient.name opened/record.json)" = "$(patient_name_of "$attachment")" ]
held "the original names the patient as the hospital's export does"
start_node hosp-a
wait_until 60 all_same_tip
emr-grant revoke --from "$(address patient)" --grant "$grant" |
  sign_and_submit patient > /dev/null
expect 77 open_record c-doctor denied-2
held "denied again after the patient revoked (exit 77)"
login auditor
emr-query audit --action access --record "$record" --node "$(url 1)" \
  --genesis founding/genesis.json --session sessions/auditor.json > audit.jsonl
[ "$(jq -r .outcome audit.jsonl | tr '\n' ' ')" = "denied ok denied " ]
held "the audit shows the denial, the access and the second denial"
expect_release_refused
held "nodes refuse key parts without a committed access"

# ---------------------------------------------------------------------------------------------
step "at night the same patient is unconscious: an emergency, and its review"
# ---------------------------------------------------------------------------------------------
open_record c-doctor opened-emergency --emergency unconscious
cmp opened-emergency/record.json opened/record.json
held "the doctor opened the record without a rule, for a stated reason"
emergency=$(jq -r .emergency logs/open-opened-emergency.json)
[ "$(ask auditor emergencies --unreviewed | jq -r .id)" = "$emergency" ]
emr-grant review --from "$(address hosp-c-admin)" --emergency "$emergency" --outcome justified |
  sign_and_submit hosp-c-admin > /dev/null
[ -z "$(ask auditor emergencies --unreviewed)" ]
held "an auditor saw it, the hospital's admin reviewed it"

# ---------------------------------------------------------------------------------------------
step "an auditor verifies a copied directory offline"
# ---------------------------------------------------------------------------------------------
stop_node hosp-b
cp -r nodes/hosp-b/data copy
start_node hosp-b
emr-query verify --full --ledger copy --trust founding/genesis.json > verify.json
held "the copy verifies from the genesis file alone"
for class in core sidecar certificate state content; do
  rm -rf flipped && cp -r copy flipped
  flip_byte flipped "$class"
  expect 1 emr-query verify --full --ledger flipped --trust founding/genesis.json > flipped.json
  jq -e --arg class "$class" '.ok == false and .findings[0].class == $class' flipped.json > /dev/null
  held "a flipped byte in a $class is found and named"
done
rm -rf flipped

# ---------------------------------------------------------------------------------------------
step "no identifier stands anywhere outside hospital A's export"
# ---------------------------------------------------------------------------------------------
stop_all_nodes
rm -rf opened opened-emergency  # the doctor's own plain text, which she was entitled to
demo-scan his/planted.txt --expect-none . > scan-output.json
held "the scanner finds none in ledgers, stores, journals, temp files, logs, stderr, core dumps"

demo_end
