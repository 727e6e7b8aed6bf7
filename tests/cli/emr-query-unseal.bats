#!/usr/bin/env bats
# emr-query unseal: a hospital opens its own records with archive.key, without a node or a quorum.
# Out of a copied ledger: tests/pipeline/records.bats.

bats_require_minimum_version 1.5.0

setup() {
  load ../pipeline/consortium
  consortium_setup
  consortium_found "$net" emr-archive
  archive=$net/hosp-a/institution/archive.key
  unseal=(emr-query unseal --archive-key "$archive" --institution hosp-a --output-dir out)
  mkdir his
  seq 400000 > his/scan.bin # several blocks
  echo "a note" > his/note.txt
}

# seal INSTITUTION NUMBER...: emr.sealed lines of these visits; the first one has two attachments
seal() {
  local number institution=$1
  shift
  for number in "$@"; do
    jq -cn --argjson i "$number" --arg o "$institution" '{type: "emr.record", v: 1,
      recordId: "\($o):MZ\($i):C0002", version: 1, status: "current", docType: {code: "C0002"},
      confidentiality: "N", org: {id: $o},
      patient: {localId: "P\($i)", name: "张某某", sex: "2"},
      visit: {id: "MZ\($i)", type: "1", start: "2026-11-22T01:15:00Z"},
      author: {doctorId: "D1"}, recorded: "2026-11-22T01:40:00Z",
      history: {chiefComplaint: "cough \($i)", presentIllness: "x"}}
      + if $i == 1 then {attachments: [
          {id: "a1", kind: "image", mimeType: "image/png", title: "scan.bin", path: "scan.bin"},
          {id: "a2", kind: "other", mimeType: "text/plain", title: "../x", path: "note.txt"}]}
        else {} end'
  done | emr-desensitize --in record --policy paper --attachments-root his --seal-to "$genesis" \
    --institution "$institution" --institution-key "$net/$institution/institution/tag.key" \
    --linkage-key "$net/$institution/institution/linkage.key" |
    emr-ipfs-put --attachments-root his --genesis "$genesis" --store blocks
}
folder() { jq -r '"out/" + .record + "/" + .content' <<< "$1"; } # of a row

@test "sealed lines open with archive.key alone: records, attachments, modes" {
  seal hosp-a 1 2 > sealed
  run -0 --separate-stderr "${unseal[@]}" --store blocks sealed
  assert_equal "$stderr" ""
  assert_equal "$(jq -r .outcome <<< "$output" | xargs)" "opened opened"
  for line in 0 1; do
    jq -e --arg c "cough $((line + 1))" '.history.chiefComplaint == $c and .patient.name == "张某某"' \
      "$(folder "${lines[line]}")/record.json"
    assert_equal "$(jq -r .record <<< "${lines[line]}")" \
      "$(sed -n "$((line + 1))p" sealed | jq -r .tags.record)"
  done
  first=$(folder "${lines[0]}")
  jq -e '.attachments | map([.id, .size]) == [["a1", 2688895], ["a2", 7]]' <<< "${lines[0]}"
  cmp "$first/attachments/scan.bin" his/scan.bin
  cmp "$first/attachments/a2" his/note.txt # ../x is no name of a file
  assert [ ! -e "$(folder "${lines[1]}")/attachments" ]
  assert_equal "$(find out -type d -printf '%m\n' | sort -u)" 700
  assert_equal "$(find out -type f -printf '%m\n' | sort -u)" 600
  # Again: what is there is left as it is; a new version lies beside the old one.
  run -0 "${unseal[@]}" --store blocks sealed
  assert_equal "$(jq -r .outcome <<< "$output" | xargs)" "exists exists"
  assert_equal "$(find out -name '.*')" ""
}

@test "without a place for blocks the manifest is kept, and opens the objects" {
  seal hosp-a 1 > sealed
  run -0 "${unseal[@]}" sealed
  manifest=$(folder "$output")/manifest.json
  assert_equal "$(stat -c %a "$manifest")" 600
  cid=$(jq -r '.objects[0].cidHex' "$manifest")
  emr-ipfs-put get "$cid" --store blocks --manifest "$manifest" -o scan
  cmp scan his/scan.bin
}

# An outside reviewer's find: "exists" hid what was missing, and content that was another.
@test "a version that lies there is compared: completed when it lacks files, 1 when it is another" {
  seal hosp-a 1 > sealed
  run -0 "${unseal[@]}" sealed
  place=$(folder "$output")
  run -0 "${unseal[@]}" --store blocks sealed
  assert_equal "$(jq -r .outcome <<< "$output")" completed
  cmp "$place/attachments/scan.bin" his/scan.bin
  rm "$place/attachments/a2"
  run -0 "${unseal[@]}" --store blocks sealed
  assert_equal "$(jq -r .outcome <<< "$output")" completed
  cmp "$place/attachments/a2" his/note.txt
  run -0 "${unseal[@]}" --store blocks sealed
  assert_equal "$(jq -r .outcome <<< "$output")" exists
  assert_equal "$(find out -type d -printf '%m\n' | sort -u)" 700
  for file in record.json attachments/scan.bin; do
    cp "$place/$file" kept
    echo other > "$place/$file"
    run -1 --separate-stderr "${unseal[@]}" --store blocks sealed
    [[ $stderr == *"other content"* ]] || fail "$stderr"
    assert_equal "$(cat "$place/$file")" other
    mv kept "$place/$file"
  done
  assert_equal "$(find out -name '.*')" ""
}

@test "envelopes are found wherever they stand: a transaction, a sidecar, an envelope alone" {
  seal hosp-a 2 > sealed
  account=0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
  emr-tx build records.create --from $account sealed > tx
  jq -c .sidecar tx > sidecar
  jq -c .sealed sealed > envelope
  for form in tx sidecar envelope; do
    rm -rf out
    run -0 "${unseal[@]}" $form
    jq -e '.history.chiefComplaint == "cough 2"' "$(folder "$output")/record.json"
  done
}

@test "the wrong key, another institution, a changed envelope: nothing is written, exit codes" {
  seal hosp-a 2 > sealed
  run -65 --separate-stderr emr-query unseal --institution hosp-a --output-dir out \
    --archive-key "$net/hosp-b/institution/archive.key" sealed
  [[ $stderr == *"archive key"* ]]
  run -1 --separate-stderr emr-query unseal --institution hosp-b --output-dir out \
    --archive-key "$net/hosp-b/institution/archive.key" sealed
  [[ $stderr == *"1 envelopes of other institutions"* ]]
  run -65 "${unseal[@]}" <(jq -c '.sealed.label.record = ("0" * 64)' sealed)
  run -65 "${unseal[@]}" <(jq -c '.sealed.label.institution = "hosp-a" | .sealed.archive = 1' sealed)
  run -65 "${unseal[@]}" <<< canary-110105
  [[ $output != *canary* ]]
  assert_equal "$(find out -mindepth 1)" ""
  # What others sealed is theirs, whatever else is in it; one of ours that cannot be read is named.
  run -1 --separate-stderr "${unseal[@]}" \
    <(jq -c '.sealed = {type: "emr.envelope", v: 99, label: {institution: "hosp-b"}}' sealed)
  [[ $stderr == *"1 envelopes of other institutions"* ]]
  run -65 "${unseal[@]}" <(jq -c '.sealed = {type: "emr.envelope", v: 99}' sealed)
  run -3 --separate-stderr "${unseal[@]}" <(jq -c '{a: .sealed, b: .sealed}' sealed)
  [[ $stderr == *"second envelope"* ]]
  rm -r out
  run -1 "${unseal[@]}" <<< '{"type":"emr.sealed","v":1}'
  run -1 "${unseal[@]}" < /dev/null
  # One bad line does not hold the others up, if so asked.
  { jq -c '.sealed.label.record = ("0" * 64)' sealed; cat sealed; } > mixed
  run -3 --separate-stderr "${unseal[@]}" --on-error skip --rejects rejects mixed
  assert_equal "$(jq -r .outcome <<< "$output") $(jq .line rejects)" "opened 1"
  # Files: a key that others may read, missing ones, an output that cannot be.
  chmod 644 "$archive"
  run -77 "${unseal[@]}" sealed
  chmod 600 "$archive"
  run -66 "${unseal[@]}" missing
  run -66 "${unseal[@]}" --store missing sealed
  assert [ ! -e missing ]
  run -66 "${unseal[@]}" --ledger missing
  run -73 emr-query unseal --archive-key "$archive" --institution hosp-a --output-dir /proc/x sealed
  run -2 emr-query unseal --archive-key "$archive" --output-dir out sealed
}

@test "a lost or changed block: nothing of that record appears, the next one opens" {
  seal hosp-a 1 2 > sealed
  block=$(find blocks -type f -size +100k | head -n 1)
  mv "$block" saved
  run -1 "${unseal[@]}" --store blocks sealed
  assert_equal "$(find out -mindepth 1)" ""
  tr '\0-\377' '\1-\377\0' < saved > "$block"
  run -3 --separate-stderr "${unseal[@]}" --store blocks --on-error skip sealed
  assert_equal "$(jq -r .record <<< "$output")" "$(sed -n 2p sealed | jq -r .tags.record)"
  assert_equal "$(find out -name record.json | wc -l)" 1
  # From another place, all of it.
  mkdir other
  mv saved "other/$(basename "$block")"
  cp -n blocks/* other/
  run -0 "${unseal[@]}" --store other sealed
  assert_equal "$(jq -r .outcome <<< "$output" | xargs)" "opened exists"
}
