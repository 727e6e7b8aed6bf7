#!/usr/bin/env bats
# Four real nodes on loopback: founding, ordering, loss of the primary, catching up, loss of the
# quorum, strangers (R-005, R-011, R-012, R-058, R-060, R-061, R-063, R-068, R-070, R-087).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=240; }

setup() {
  load consortium
  consortium_setup
}

teardown() { consortium_stop; }

@test "a request sent to any node is committed everywhere, with one tip and one state" {
  consortium_found "$net" emr-test
  node_start a b c d
  for member in a b c d; do application "user-$member" | submit 30 "$member" >> receipts; done
  assert_equal "$(jq -r .status receipts | sort | uniq -c | xargs)" "4 committed"
  within 20 same_tip a b c d
  assert [ "$(status c .height)" -ge 1 ]
  assert_equal "$(status c '[.chainId, .node, .ready, (.peers | length)] | @csv')" \
    '"emr-test","hosp-c",true,3'
  # The same lines again: the first receipts, not new blocks.
  height=$(status a .height)
  application again | tee line | submit 30 a > first
  submit 30 b < line > second
  where='[.txid, .height, .index]'
  assert_equal "$(jq -c "$where" first)" "$(jq -c "$where" second)"
  within 20 same_tip a b c d
  assert_equal "$(status a .height)" "$((height + 1))"
}

@test "kill -9 the primary: the others elect another, nothing is lost, it catches up" {
  consortium_found "$net" emr-test --timeout-ms 700
  node_start a b c d
  application before | submit 30 a > receipts
  assert_equal "$(status b .primary)" hosp-a
  node_kill KILL a
  application after | submit 60 b c >> receipts
  assert_equal "$(jq -r .status receipts | sort | uniq -c | xargs)" "2 committed"
  assert [ "$(status b .view)" -ge 1 ]
  refute [ "$(status b .primary)" = hosp-a ]
  within 20 same_tip b c d
  node_start a
  within 30 same_tip a b c d
  application back | submit 60 a >> receipts
  within 20 same_tip a b c d
}

@test "kill -9 all four at once: every one resumes where it was" {
  consortium_found "$net" emr-test --timeout-ms 700
  node_start a b c d
  application first | submit 30 a > /dev/null
  within 20 same_tip a b c d
  tip=$(status d .tip)
  for member in a b c d; do node_kill KILL "$member"; done
  node_start a b c d
  assert_equal "$(status d .tip)" "$tip"
  application second | submit 60 d > receipt
  assert_equal "$(jq -r .status receipt)" committed
  within 20 same_tip a b c d
}

@test "two of four gone: the outcome is unknown (75), the node says why, and it heals" {
  consortium_found "$net" emr-test --timeout-ms 700
  node_start a b c d
  node_kill KILL c
  node_kill KILL d
  application waiting > line
  run -75 submit 3 a b < line
  run -75 --separate-stderr emr-pbft-node status --node "$(url a)"
  jq -e '.ready == false and (.reason | startswith("no_quorum"))' <<< "$output"
  node_start c d
  submit 60 a b < line > receipt
  within 20 emr-pbft-node status --node "$(url a)/" # an address may end in a slash
  assert_equal "$(jq -r .status receipt)" committed
  within 20 same_tip a b c d
}

@test "sync: an empty directory and one peer are enough; alone, or beside a running node, 75 (R-087)" {
  consortium_found "$net" emr-test
  node_start a b c d
  for i in 1 2 3; do application "user$i" | submit 30 a > /dev/null; done
  within 20 same_tip a b c d
  tip=$(status a .tip)
  run -75 emr-pbft-node sync --dir "$net/hosp-d"
  for member in b c d; do node_kill TERM "$member"; done
  rm -r "$net/hosp-d/data"
  run -0 --separate-stderr emr-pbft-node sync --dir "$net/hosp-d" --timeout 60s
  assert_equal "$(jq -r '[.type, .tip, .missingSidecars] | @csv' <<< "$output")" \
    "\"emr.status\",\"$tip\",0"
  run -0 emr-query verify --full --ledger "$net/hosp-d/data" --trust "$genesis"
  node_kill TERM a
  run -75 --separate-stderr emr-pbft-node sync --dir "$net/hosp-d" --timeout 4s
  [[ $stderr == *"not in step"* ]]
  run -2 emr-pbft-node sync
}

@test "a node with an empty data directory comes to the same tip (R-015, R-063)" {
  consortium_found "$net" emr-test
  node_start a b c d
  for i in 1 2 3; do application "user$i" | submit 30 a > /dev/null; done
  node_kill TERM d
  assert_equal "$node_status" 0
  rm -r "$net/hosp-d/data"
  node_start d
  within 30 same_tip a b c d
}

@test "a peer of another chain is refused and logged (R-068, R-070)" {
  consortium_found "$net" emr-test
  node_start a b c
  # The fourth member joins a second consortium of the same keys: same transport key, other chain.
  emr-pbft-node genesis "$net/descriptors.jsonl" --chain-id other --output-dir "$net/other"
  rm "$net/hosp-d/share.key" "$net/hosp-d/institution/linkage.key"
  emr-pbft-node join --dir "$net/hosp-d" --genesis "$net/other/genesis.json" \
    --share "$net/other/share-hosp-d.json"
  node_start d
  within 20 grep -q "refused a connection.*wrong_chain" "$net/d.log"
  within 20 grep -q "refused a connection.*wrong_chain" "$net/a.log"
  assert_equal "$(status d '[.peers[].connected] | any')" false
  assert_equal "$(status a '.ready')" true
}

@test "a transaction for another chain, or with a changed byte, is refused (R-070, R-025)" {
  consortium_found "$net" emr-test
  node_start a b c d
  application user > line
  jq -c '.core.args.role = "patient"' line > changed
  run submit 10 a < changed
  assert_failure
  jq -e '.status == "failed" and .error.reason == "bad_signature"' <<< "${lines[0]}"
}

# http_post MEMBER PATH BODY: the whole answer
http_post() {
  local at
  at=$(jq -r .httpListen "$net/hosp-$1/node.json")
  exec 8<> "/dev/tcp/${at%:*}/${at#*:}"
  printf 'POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' \
    "$2" "${#3}" "$3" >&8
  timeout 10 cat <&8
  exec 8>&-
}

@test "a release without an access on the ledger gets no key part, whatever it claims" {
  consortium_found "$net" emr-test
  node_start a b c d
  txid=$(application user | submit 30 a | jq -r .txid)
  for access in "$txid" "$(printf '0%.0s' {1..64})"; do
    body=$(jq -cnS --arg access "$access" --arg until "$(date -ud '+1 minute' +%FT%TZ)" '
      {type: "emr.release", v: 1, access: $access, node: "hosp-a", nonce: "00000000000000aa",
       parts: ["original"], expires: $until,
       signature: {by: ("0x" + "1" * 40), sig: ("0x" + "1" * 128 + "1b")}}')
    run http_post a /v1/release "$body"
    assert_output --regexp '^HTTP/1.1 40[03] '
    assert_output --partial emr.error
    refute_output --partial emr.keypart
  done
}

@test "one process per data directory; ports and signals end with the documented codes (R-087)" {
  consortium_found "$net" emr-test
  node_start a
  run -75 --separate-stderr emr-pbft-node run --dir "$net/hosp-a" \
    --peer-listen 127.0.0.1:0 --http-listen 127.0.0.1:0
  [[ $stderr == *"another process is using this data directory"* ]]
  port=$(jq -r '.httpListen | split(":")[1]' "$net/hosp-a/node.json")
  run -69 --separate-stderr emr-pbft-node run --dir "$net/hosp-b" --http-listen "127.0.0.1:$port"
  [[ $stderr == *"cannot listen"* ]]
  node_kill TERM a
  assert_equal "$node_status" 0
  node_start a
  node_kill INT a
  assert_equal "$node_status" 0
}
