# Visits of hospital A on their whole way, for Bats files: `load consortium`, then `load visits`, and
# `mkdir sessions his` in setup. The account `bot` imports.
# shellcheck disable=SC2154

login() {
  emr-sign login --genesis "$genesis" -k "keys/$1.json" --passphrase-file pass --ttl 1h \
    --session "sessions/$1" | submit 40
}

# records COUNT COMPLAINT: emr.record lines of hospital A, the first with an attachment
records() {
  head -c 1500000 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 2> /dev/null > his/scan.bin
  for ((i = 1; i <= $1; ++i)); do
    jq -cn --argjson i "$i" --arg c "$2" '{type: "emr.record", v: 1, recordId: "hosp-a:MZ\($i):C0002",
      version: 1, status: "current", docType: {code: "C0002"}, confidentiality: "N",
      org: {id: "hosp-a"}, patient: {localId: "P\($i)", name: "张某某", sex: "2"},
      visit: {id: "MZ\($i)", type: "1", start: "2026-11-22T01:15:00Z"},
      author: {doctorId: "D1"}, recorded: "2026-11-22T01:40:00Z",
      history: {chiefComplaint: $c, presentIllness: "x"}}
      + if $i == 1 then {attachments: [{id: "a1", kind: "image", mimeType: "image/png",
                                        title: "scan.bin", path: "scan.bin"}]} else {} end'
  done
}
seal() { # COUNT COMPLAINT
  records "$@" | emr-desensitize --in record --policy paper --attachments-root his \
    --seal-to "$genesis" --institution hosp-a \
    --institution-key "$net/hosp-a/institution/tag.key" \
    --linkage-key "$net/hosp-a/institution/linkage.key"
}
put_and_build() { # COUNT COMPLAINT [BUILD OPTION...]
  local who=(--genesis "$genesis" --node "$(url a)" --node "$(url b)" -k keys/bot.json
             --passphrase-file pass)
  seal "$1" "$2" | emr-ipfs-put --attachments-root his "${who[@]}" |
    emr-tx build records.create --from "$(account bot)" "${who[@]}" "${@:3}"
}
import() { put_and_build "$@" | sign_and_submit bot; }
query() { emr-query "$1" --genesis "$genesis" "${@:2}"; }
open_record() { # ACCOUNT DIRECTORY
  query open --record "$record" --purpose TREAT --output-dir "$2" --session "sessions/$1"
}
