#!/usr/bin/env bats
# emr-pbft-node's files: who may read them, what init, genesis and join check (R-016, R-070, R-073,
# R-087). Running nodes are in tests/pipeline/consortium.bats.

bats_require_minimum_version 1.5.0

setup() {
  load ../tool
  tool_setup
  codes=(12110000400686325C 12310000425006133Y 12440000455349922X 12500000202850601X)
}

# init_node NUMBER: node directory hosp-NUMBER, its descriptor on stdout
init_node() {
  emr-pbft-node init --dir "hosp-$1" --id "hosp-$1" --name "第${1}医院" --uscc "${codes[$1]}" \
    --admin "0x000000000000000000000000000000000000000$(($1 + 1))" --peer "127.0.0.1:$((7001 + $1))" --http "127.0.0.1:$((8001 + $1))"
}

# found: four descriptors and a genesis in out/
found() {
  for i in 3 1 0 2; do init_node "$i"; done > descriptors.jsonl
  emr-pbft-node genesis descriptors.jsonl --chain-id emr-test --output-dir out "$@"
}

@test "init: keys of mode 0600, a descriptor with public halves only" {
  run -0 --separate-stderr init_node 0
  assert_equal "$stderr" ""
  jq -e '.type == "emr.node" and .v == 1 and .id == "hosp-0" and .permission == "write"
         and (.node.voteKey | length == 66) and (.node.transportKey | length == 64)' <<< "$output"
  for key in hosp-0/keys/{vote,transport,box}.key hosp-0/institution/{archive,tag}.key; do
    assert_equal "$(stat -c %a "$key")" 600
    [[ $(< "$key") =~ ^[0-9a-f]{64}$ ]]
    [[ $output != *"$(< "$key")"* ]]
  done
  assert_equal "$(stat -c %a hosp-0 hosp-0/keys | sort -u)" 700
}

@test "init: never over existing keys; a wrong credit code is a usage error" {
  init_node 0
  before=$(sha256sum hosp-0/keys/vote.key)
  run -73 init_node 0
  assert_equal "$(sha256sum hosp-0/keys/vote.key)" "$before"
  codes[1]=12110000400686325A
  run -2 init_node 1
  assert [ ! -e hosp-1 ]
}

@test "genesis: chain id, contracts, primary, PBFT parameters, members sorted (R-070)" {
  run -0 found --timeout-ms 900 --primary hosp-2
  jq -e '.institutions == 4 and .quorum == 3' <<< "$output"
  jq -e '.chainId == "emr-test" and .primary == "hosp-2" and .pbft.timeoutMs == 900
         and ([.contracts[].name] == ["alliance", "appointment", "index", "permission", "records",
                                      "registration"]) and .threshold.q == 3
         and ([.institutions[].id] == ["hosp-0", "hosp-1", "hosp-2", "hosp-3"])' out/genesis.json
  assert_equal "$(ls out)" "$(printf '%s\n' genesis.json share-hosp-{0,1,2,3}.json)"
  assert_equal "$(stat -c %a out/share-*.json | sort -u)" 600
  cat out/*.json > before
  run -73 emr-pbft-node genesis descriptors.jsonl --chain-id emr-test --output-dir out
  cmp before <(cat out/*.json)  # a founding is never overwritten
}

@test "genesis: fewer than four, twice the same, and broken lines are refused" {
  for i in 0 1 2; do init_node "$i"; done > three.jsonl
  run -65 emr-pbft-node genesis three.jsonl --chain-id emr-test --output-dir out
  (cat three.jsonl; head -n 1 three.jsonl) > twice.jsonl
  run -65 emr-pbft-node genesis twice.jsonl --chain-id emr-test --output-dir out
  (cat three.jsonl; echo '{"type":"emr.node"') > broken.jsonl
  run -65 --separate-stderr emr-pbft-node genesis broken.jsonl --chain-id emr-test --output-dir out
  [[ $stderr == *"line 4"* ]]
  run -66 emr-pbft-node genesis none.jsonl --chain-id emr-test --output-dir out
}

@test "genesis: a fault of the descriptors is told by file and line, one of an option by its name" {
  for i in 3 1 0 2; do init_node "$i"; done > good.jsonl
  found=(emr-pbft-node genesis bad.jsonl --output-dir out --error-format json)
  # LINE is the line in the file, whatever place the sorted genesis gives it.
  while IFS='|' read -r line pointer filter; do
    jq -c "if input_line_number == $line then $filter else . end" good.jsonl > bad.jsonl
    run -65 --separate-stderr "${found[@]}" --chain-id emr-test
    jq -e --argjson l "$line" --arg p "$pointer" '.line == $l and .pointer == $p
      and (.message | startswith("bad.jsonl: "))' <<< "$stderr" || fail "$filter: $stderr"
    [[ $stderr != *canary* && ! -e out ]] || fail "$filter: $stderr"
  done <<'FAULTS'
1|/id|del(.id)
2|/id|.id = "Canary"
3|/id|.id = 5
4|/uscc|.uscc = "canary"
1|/node/voteKey|.node.voteKey = "canary"
2|/node/peer|del(.node.peer)
3|/extra|.extra = "canary"
4|/permission|.permission = "canary"
1|/type|.type = "emr.other"
2|/v|.v = 2
FAULTS
  # Of two that are the same the later line is named, and the earlier one said.
  (cat good.jsonl; sed -n 2p good.jsonl | jq -c '.id = "hosp-1"') > bad.jsonl
  run -65 --separate-stderr "${found[@]}" --chain-id emr-test
  jq -e '.line == 5 and .pointer == "/id" and (.message | test("line 2"))' <<< "$stderr" || fail "$stderr"
  key=$(sed -n 3p good.jsonl | jq -c .node.voteKey)
  jq -c "if input_line_number == 1 then .node.voteKey = $key else . end" good.jsonl > bad.jsonl
  run -65 --separate-stderr "${found[@]}" --chain-id emr-test
  jq -e '.line == 3 and .pointer == "/node/voteKey" and (.message | test("line 1"))' <<< "$stderr" || fail "$stderr"
  cp good.jsonl bad.jsonl
  run -65 --separate-stderr "${found[@]}" --chain-id Emr_Test
  jq -e '.message | startswith("--chain-id: ")' <<< "$stderr" || fail "$stderr"
  run -65 --separate-stderr "${found[@]}" --chain-id emr-test --primary hosp-9
  jq -e '.message | startswith("--primary: ")' <<< "$stderr" || fail "$stderr"
  head -n 3 good.jsonl > bad.jsonl
  run -65 --separate-stderr "${found[@]}" --chain-id emr-test
  jq -e '.message | test("bad.jsonl: .*4 to 64")' <<< "$stderr" || fail "$stderr"
}

@test "join: takes its own share only, and only with its own genesis" {
  found
  run -78 emr-pbft-node join --dir hosp-0 --genesis out/genesis.json --share out/share-hosp-1.json
  assert [ ! -e hosp-0/share.key ]
  run -0 emr-pbft-node join --dir hosp-0 --genesis out/genesis.json --share out/share-hosp-0.json
  assert_equal "$(jq -r .genesis <<< "$output")" "$(jq -r .genesis out/share-hosp-0.json)"
  assert_equal "$(stat -c %a hosp-0/share.key hosp-0/institution/linkage.key | sort -u)" 600
  emr-pbft-node genesis descriptors.jsonl --chain-id emr-two --output-dir two
  run -78 emr-pbft-node join --dir hosp-1 --genesis out/genesis.json --share two/share-hosp-1.json
  jq -c '.institutions[0].name = "other"' out/genesis.json > changed.json
  run -78 emr-pbft-node join --dir hosp-1 --genesis changed.json --share out/share-hosp-1.json
}

@test "join: a founder does not come later" {
  found
  run -2 --separate-stderr emr-pbft-node join --later --dir hosp-0 --genesis out/genesis.json \
    --share out/share-hosp-0.json
  [[ $stderr == *"--later is for"* && ! -e hosp-0/share.key ]] || fail "$stderr"
}

@test "all members get the same linkage key and different shares; none is in clear (R-036)" {
  found
  for i in 0 1 2 3; do
    emr-pbft-node join --dir "hosp-$i" --genesis out/genesis.json --share "out/share-hosp-$i.json"
  done
  assert_equal "$(cat hosp-?/institution/linkage.key | sort -u | wc -l)" 1
  assert_equal "$(jq -r .share hosp-?/share.key | sort -u | wc -l)" 4
  for secret in $(cat hosp-0/institution/linkage.key) $(jq -r .share hosp-?/share.key); do
    run -1 grep -rqF "$secret" out
  done
}

@test "run: refuses loose keys, a missing genesis and a foreign one" {
  found
  run -66 emr-pbft-node run --dir hosp-0
  emr-pbft-node join --dir hosp-0 --genesis out/genesis.json --share out/share-hosp-0.json
  chmod 644 hosp-0/keys/vote.key
  run -77 emr-pbft-node run --dir hosp-0
  chmod 600 hosp-0/keys/vote.key
  cp hosp-0/keys/vote.key saved
  cp hosp-1/keys/vote.key hosp-0/keys/vote.key
  run -78 emr-pbft-node run --dir hosp-0
}

@test "apply: a fault of the descriptor is told by its file" {
  init_node 0 > good.json
  run -0 emr-pbft-node apply good.json
  jq -c '.node.peer = 5' good.json > bad.json
  run -65 --separate-stderr emr-pbft-node apply bad.json --error-format json
  jq -e '.pointer == "/node/peer" and (.message | startswith("bad.json: "))' <<< "$stderr" || fail "$stderr"
  echo '{"canary' > bad.json
  run -65 --separate-stderr emr-pbft-node apply bad.json
  [[ $stderr == *"bad.json: "* && $stderr != *canary* ]] || fail "$stderr"
}

@test "options that have no effect beside each other are refused" {
  init_node 0 > good.json
  run -2 --separate-stderr emr-pbft-node rotate --dir hosp-0 --finish --vote
  [[ $stderr == *"--vote "*"--finish renews nothing"* ]] || fail "$stderr"
  assert [ ! -e hosp-0/keys/vote.next.key ]
  run -2 --separate-stderr emr-pbft-node status --dir hosp-0 --node http://127.0.0.1:9
  [[ $stderr == *"either --node or --dir"* ]] || fail "$stderr"
  # The node that the house has set does not answer for the directory that is typed.
  EMR_NODE=http://127.0.0.1:9 run -66 emr-pbft-node status --dir missing
}

@test "backup: keys have a folder of their own, and what is in its way is told before the copy" {
  init_node 0 > good.json
  ln -s . here
  mkdir old
  for keys in b b/keys ./b/keys here/b/keys old/../b; do
    run -2 --separate-stderr emr-pbft-node backup --dir hosp-0 --to b --keys-to $keys
    [[ $stderr == *"kept apart"* ]] || fail "$keys: $stderr"
  done
  run -73 --separate-stderr emr-pbft-node backup --dir hosp-0 --to b --keys-to old
  [[ $stderr == *"old exists already"* && ! -e b ]] || fail "$stderr"
  run -66 emr-pbft-node backup --dir hosp-0 --to b --keys-to bkeys
  assert_equal "$(ls -d b*)" ""
}

@test "status: 69 when nobody answers, 2 without an address" {
  run -69 emr-pbft-node status --node http://127.0.0.1:9
  run -2 emr-pbft-node status
}
