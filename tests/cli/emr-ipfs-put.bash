# Shared by the tests of emr-ipfs-put: files, sealed lines, a day of a hospital, stub nodes.
# Use: `load emr-ipfs-put`, then `put_setup` in setup and `stop_servers` in teardown.
# shellcheck disable=SC2034

put_setup() {
  load ../tool
  tool_setup
  shared=${EMR_SHARED:-$BATS_TEST_DIRNAME/../../../shared}
  canary=110101199001011234
  servers=()
}

stop_servers() {
  for pid in "${servers[@]}"; do kill "$pid" 2> /dev/null || true; done
}

# generate N: the first N bytes of the generator of the vectors
generate() {
  head -c "$1" /dev/zero |
    openssl enc -aes-256-ctr -K "$(printf '0%.0s' {1..64})" -iv "$(printf '0%.0s' {1..32})" -nosalt
}

# attachment_json ID PATH: what emr-desensitize says about a file below his/
attachment_json() {
  jq -cn --arg id "$1" --arg path "$2" --argjson size "$(stat -c %s "his/$2")" \
    --arg sha256 "$(sha256sum "his/$2" | cut -d' ' -f1)" \
    '{id: $id, path: $path, name: "胸片 \($id).dcm", mimeType: "application/dicom",
      kind: "image", size: $size, sha256: $sha256}'
}

# sealed RECORD ATTACHMENT...: an emr.sealed line whose record tag is the digest of RECORD
sealed() {
  local record=$1
  shift
  printf '%s\n' "$@" | jq -cs --arg record "$(printf %s "$record" | sha256sum | cut -d' ' -f1)" \
    '{type: "emr.sealed", v: 1,
      index: {institution: "hosp-a", docType: "C0002", confidentiality: "N", visitType: "1",
              month: "2026-11"},
      tags: {record: $record, content: ("c" * 64), patient: ("a" * 64), doctor: ("b" * 64)},
      public: {department: "A03"}, policy: {id: "paper", hash: ("d" * 64)},
      sealed: {opaque: true}, extra: "kept", local: {attachments: .}}'
}

# a_day: his/ with two files, day.jsonl with two records (one without attachments), genesis.json
a_day() {
  mkdir -p his/images
  generate 3000000 > his/images/a.dcm
  echo "$canary is the number of the patient" > his/b.txt
  sealed one "$(attachment_json a1 images/a.dcm)" "$(attachment_json a2 b.txt)" > day.jsonl
  sealed two | jq -c 'del(.local)' >> day.jsonl
  emr-put-fixture genesis .
  echo fixture > passphrase
  chmod 600 passphrase service.json
}

put_day() { emr-ipfs-put --attachments-root his --genesis genesis.json --store blocks "$@"; }

# stub_node NAME [MODE]: a node as far as this tool sees one, on a free port; sets $url
stub_node() {
  python3 "$BATS_TEST_DIRNAME/put_fixture/stub_node.py" genesis.json "$1" "${2:-honest}" \
    > "$1.out" 2> "$1.log" &
  servers+=($!)
  for _ in {1..100}; do
    url=$(head -n 1 "$1.out" 2> /dev/null || true)
    [[ -n $url ]] && return
    sleep 0.05
  done
  fail "the stub node did not start: $(cat "$1.log")"
}

needs_python() { command -v python3 > /dev/null || skip "python3 is not here (stub servers)"; }
