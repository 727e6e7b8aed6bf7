#!/usr/bin/env bats
# Three real nodes and a liar (tests/byzantine), who is the first primary: requests are committed, the
# honest members agree, and what can be proven is kept (R-061, field/ledger.md section 2).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=240; }

setup() {
  load consortium
  consortium_setup
}

teardown() { consortium_stop; }

# beside_liar KIND: member a lies, the others are honest
beside_liar() {
  consortium_found "$net" emr-test --timeout-ms 400
  : > "$net/a.out"
  emr-liar-node "$1" "$net/hosp-a" > "$net/a.out" 2> "$net/a.log" 3>&- &
  node_pid[a]=$!
  within 20 grep -q emr.ready "$net/a.out"
  node_start b c d
}

# commits_beside KIND: four requests, one after the other, and one state afterwards
commits_beside() {
  local name
  beside_liar "$1"
  for name in one two three four; do
    application "$name" | submit 30 b >> receipts
  done
  assert_equal "$(jq -r .status receipts | sort | uniq -c | xargs)" "4 committed"
  within 20 same_tip b c d
}

@test "a primary that proposes blocks of nothing is replaced" { commits_beside empty; }

@test "a primary that signs two proposals for one place is replaced" { commits_beside equivocate; }

@test "forged votes and votes in other names change nothing" { commits_beside forge; }

@test "a flood of garbage, replays and false signatures is dropped" {
  commits_beside flood
  assert [ "$(grep -c 'requests that do not verify' "$net/b.log")" -le 20 ]
}

@test "one that asks for blocks all the time waits for itself, not the others for it" {
  commits_beside greedy
}

@test "votes and view changes from the end of time move nobody" {
  commits_beside huge-views
  assert [ "$(status b .view)" -lt 100 ]
}
