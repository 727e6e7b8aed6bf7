#!/usr/bin/env bats
# The real Kubo as a peer (R-007): the CIDs that it computes are ours, our ciphertext goes in through
# its RPC and comes back block by block, and it finds the whole tree. Offline, on loopback, with a
# repository of its own. Then a stub that lies in every place where an RPC answer can lie.
# Kubo is built once by `make peers`; without it the tests say that they were skipped.

bats_require_minimum_version 1.5.0

setup_file() {
  export KUBO="" IPFS_PATH=$BATS_FILE_TMPDIR/ipfs KUBO_WHY=""
  KUBO=$("$BATS_TEST_DIRNAME/../../scripts/install-kubo.sh" --check 2>&1) || {
    KUBO_WHY=$KUBO
    KUBO=""
    return 0
  }
  start_kubo > "$BATS_FILE_TMPDIR/setup.log" 2>&1 || {
    cat "$BATS_FILE_TMPDIR/setup.log" >&2
    return 1
  }
}

teardown_file() {
  if [[ -s $BATS_FILE_TMPDIR/kubo.pid ]]; then kill "$(cat "$BATS_FILE_TMPDIR/kubo.pid")" || true; fi
}

# A private node: nothing to dial, nobody to find, ports that the kernel picks.
start_kubo() {
  "$KUBO" init --profile=test
  "$KUBO" bootstrap rm --all
  set_config() { "$KUBO" config --json "$@"; }
  set_config Addresses.API '"/ip4/127.0.0.1/tcp/0"'
  set_config Addresses.Gateway '""'
  set_config Addresses.Swarm '[]'
  set_config Routing.Type '"none"'
  set_config Discovery.MDNS.Enabled false
  set_config AutoConf.Enabled false
  set_config DNS.Resolvers '{}'
  set_config Ipns.DelegatedPublishers '[]'
  set_config Routing.DelegatedRouters '[]'
  set_config Bootstrap '[]'
  set_config API.Authorizations '{}'
  "$KUBO" daemon --offline > "$BATS_FILE_TMPDIR/kubo.log" 2>&1 3>&- 4>&- &
  echo $! > "$BATS_FILE_TMPDIR/kubo.pid"
  for _ in {1..200}; do
    if [[ -s $IPFS_PATH/api ]] && "$KUBO" id > /dev/null; then return 0; fi
    sleep 0.1
  done
  cat "$BATS_FILE_TMPDIR/kubo.log"
  return 1
}

setup() {
  load ../tool
  tool_setup
  stub=""
}

teardown() { if [[ -n $stub ]]; then kill "$stub" || true; fi; }

needs_kubo() {
  [[ -n $KUBO ]] || skip "$KUBO_WHY"
  # /ip4/127.0.0.1/tcp/PORT
  api=http://127.0.0.1:$(cut -d/ -f5 "$IPFS_PATH/api")
}

# lying_ipfs MODE: an RPC that lies; sets $api
lying_ipfs() {
  command -v python3 > /dev/null || skip "python3 is not here (stub server)"
  rm -f stub.out
  python3 "$BATS_TEST_DIRNAME/put_fixture/lying_ipfs.py" "$1" > stub.out 2> stub.log &
  stub=$!
  for _ in {1..100}; do
    api=$(head -n 1 stub.out 2> /dev/null || true)
    [[ -n $api ]] && return
    sleep 0.05
  done
  fail "the stub did not start: $(cat stub.log)"
}

generate() {
  head -c "$1" /dev/zero |
    openssl enc -aes-256-ctr -K "$(printf '0%.0s' {1..64})" -iv "$(printf '0%.0s' {1..32})" -nosalt
}

@test "Kubo computes the same CIDs for the same bytes and options" {
  needs_kubo
  for size in 0 1 262144 262145 1048577 50000000; do
    generate "$size" > file
    while read -r options; do
      # shellcheck disable=SC2086  # options are words
      theirs=$("$KUBO" add -Q --only-hash $options file)
      # shellcheck disable=SC2086
      ours=$(emr-ipfs-put --only-hash --plaintext $options file | jq -r .cid)
      assert_equal "$size $options $ours" "$size $options $theirs"
    done << 'EOF'
--cid-version=0
--cid-version=1
--raw-leaves
--raw-leaves=false
--cid-version=0 --raw-leaves=true
--raw-leaves --chunker=size-65536 --max-file-links=3
--cid-version=1 --raw-leaves=true
--cid-version=1 --raw-leaves=false
--cid-version=1 --chunker=size-1048576 --max-file-links=1024
--cid-version=1 --chunker=size-65536 --max-file-links=3
--cid-version=0 --chunker=size-100000 --max-file-links=2
EOF
  done
}

@test "plain bytes through Kubo's add: both name the same root, and Kubo reads them" {
  needs_kubo
  generate 5000000 > file
  for options in "--profile unixfs-v1-2025" "--profile unixfs-v0-2015" "--cid-version 1" --raw-leaves; do
    # shellcheck disable=SC2086
    cid=$(emr-ipfs-put put --plaintext --ipfs-api "$api" $options - < file | jq -r .cid)
    "$KUBO" cat "$cid" | cmp - file
    "$KUBO" pin ls --type=recursive "$cid"
    emr-ipfs-put get "$cid" --ipfs-api "$api" -o out
    cmp out file
    rm out
  done
}

@test "ciphertext goes in by blocks, is pinned as a whole, and comes back verified" {
  needs_kubo
  generate 30000000 > file
  emr-ipfs-put put --ipfs-api "$api" --manifest m file > line
  cid=$(jq -r .cid line)
  "$KUBO" pin ls --type=recursive "$cid"
  # Kubo's own reader finds exactly the sealed blob under the root, and names it the same.
  "$KUBO" cat "$cid" > sealed
  assert_equal "$(stat -c %s sealed)" "$(jq .size line)"
  assert_equal "$("$KUBO" add -Q --only-hash --cid-version=1 --chunker=size-1048576 \
    --max-file-links=1024 sealed)" "$cid"
  emr-ipfs-put get "$cid" --ipfs-api "$api" --manifest m -o out
  cmp out file
  emr-ipfs-put get "$cid" --ipfs-api "$api" --manifest m --range 20000000-20000099 > part
  cmp part <(tail -c +20000001 file | head -c 100)
  # In hex and base58 too: Kubo is asked in base32.
  emr-ipfs-put get "$(jq -r .cidHex line)" --ipfs-api "$api" --range 0-39 | cmp - <(head -c 40 sealed)
  # The whole object survives a garbage collection: everything was pinned.
  "$KUBO" repo gc > /dev/null
  emr-ipfs-put get "$cid" --ipfs-api "$api" --manifest m -o again
  cmp again file
}

@test "a block that Kubo does not have is 1, and it does not wait for ever" {
  needs_kubo
  start=$SECONDS
  run -1 emr-ipfs-put get bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e \
    --ipfs-api "$api" --timeout 5s
  assert [ $((SECONDS - start)) -le 8 ]
}

@test "a flipped byte, a trailer, a late error line, an empty 200, 403, another CID" {
  generate 100000 > file
  cid=$(emr-ipfs-put --only-hash file | jq -r .cid)
  expect() { # MODE CODE TEXT COMMAND...: the tool ends with CODE and says TEXT
    lying_ipfs "$1"
    run "-$2" --separate-stderr "${@:4}" --ipfs-api "$api"
    [[ $stderr == *"$3"* ]] || fail "$1: $stderr"
    kill "$stub"
    stub=""
    assert [ ! -e out ]
    assert [ ! -e m ]
  }
  get=(emr-ipfs-put get "$cid" -o out)
  put=(emr-ipfs-put put --manifest m file)
  plain=(emr-ipfs-put put --plaintext file)
  expect flip 76 "does not match its CID" "${get[@]}"
  expect trailer 76 "reports: it broke" "${get[@]}"
  expect empty 76 "does not match its CID" "${get[@]}"
  expect forbidden 77 "refuses this command" "${get[@]}"
  expect html 76 "not an IPFS RPC endpoint" "${get[@]}"
  expect cut 69 "connection broke" "${get[@]}"
  expect late 76 "reports: disk is full" "${put[@]}"
  expect trailer 76 "reports: it broke" "${put[@]}"
  expect empty 76 "answered with nothing" "${put[@]}"
  expect unpinned 76 "could not pin" "${put[@]}"
  expect fewer 76 "did not take every block" "${put[@]}"
  expect flip 76 "does not match its CID" "${put[@]}"
  expect other 76 "another CID than ours" "${plain[@]}"
  expect late 76 "reports: disk is full" "${plain[@]}"
  expect empty 76 "answered with nothing" "${plain[@]}"
  expect forbidden 77 "refuses this command" "${plain[@]}"
}
