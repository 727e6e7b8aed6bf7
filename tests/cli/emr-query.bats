#!/usr/bin/env bats
# emr-query from outside, as far as it needs no node: usage, who asks, exit codes, proofs that are
# none (R-030, R-094). Real answers: tests/pipeline.

bats_require_minimum_version 1.5.0

setup() {
  load ../tool
  tool_setup
  genesis=$BATS_TEST_DIRNAME/fixtures/genesis.json
  account=0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
  tag=$(printf record | sha256sum | cut -c1-64)
  dead=(--genesis "$genesis" --node http://127.0.0.1:1 --timeout 2)
}

make_session() {
  emr-sign login --from $account --genesis "$genesis" --session "$1" > login.tx
}

@test "every verb has a help page with an example" {
  for verb in record records history grants check audit runs run blocks export nodes identity orgs pending tx \
      methods contracts genesis sidecar open release verify prove state unseal accounts appointments \
      emergencies retained ring stats fields crypto; do
    run -0 emr-query "$verb" --help
    [[ $output == *"emr-query $verb"* ]] || fail "$verb"
  done
  run -2 emr-query
  run -2 emr-query nothing
}

@test "the example of each verb names all that the verb must have" {
  for verb in record history check identity proposal tx sidecar retained run; do
    run -0 emr-query "$verb" --help
    required=$(grep -o -- '--[a-z-]* [A-Z]*' <<< "$(sed -n '/^Usage/,/^$/p' <<< "$output")" | cut -d' ' -f1)
    for option in $required; do
      sed -n '/^Examples/,/^$/p' <<< "$output" | grep -q -e "$option" || fail "$verb $option"
    done
  done
}

@test "a role or a status that there is none of is wrong usage, not an empty list" {
  for query in 'accounts --role doctors' 'accounts --status gone' 'appointments --status done' 'audit --outcome bad' \
      'audit --action acess' 'audit --action permission.acess' 'requests --status asked' "check --grantee $account --purpose care"; do
    # shellcheck disable=SC2086  # a verb and its option
    run -2 --separate-stderr emr-query $query "${dead[@]}" --session none
    [[ $stderr == *"must be one of"* ]] || fail "$query: $stderr"
  done
  emr-query accounts --help | grep -q closed
  make_session s
  for query in 'audit --action access' 'audit --action permission.access' 'requests --status expired'; do
    # shellcheck disable=SC2086
    run -69 emr-query $query "${dead[@]}" --session s
  done
}

@test "queries name who asks; sessions are private and for one ledger" {
  run -2 --separate-stderr emr-query orgs "${dead[@]}"
  [[ $stderr == *"--session or --key-file"* ]]
  make_session s
  run -69 emr-query orgs "${dead[@]}" --session s
  chmod 644 s
  run -77 --separate-stderr emr-query orgs "${dead[@]}" --session s
  [[ $stderr == *"chmod"* ]]
  chmod 600 s
  jq -c '.chainId = "other-chain"' "$genesis" > other.json
  run -78 emr-query orgs --genesis other.json --node http://127.0.0.1:1 --session s
  run -66 emr-query orgs "${dead[@]}" --session missing
  echo '{"type":"emr.session","canary":1' > broken
  run -65 --separate-stderr emr-query orgs "${dead[@]}" --session broken
  [[ $stderr != *canary* ]]
}

@test "who asks: one identity is typed, and it beats the one that the house has set" {
  make_session s
  run -2 --separate-stderr emr-query orgs "${dead[@]}" --session s -k missing
  [[ $stderr == *"either --session or --key-file"* ]] || fail "$stderr"
  # A keystore that is not there would be 66: the session was taken, and the dead node asked.
  EMR_QUERY_KEY_FILE=missing run -69 emr-query orgs "${dead[@]}" --session s
  EMR_SESSION=missing run -66 emr-query orgs "${dead[@]}" -k absent
  EMR_SESSION=s EMR_QUERY_KEY_FILE=missing run -66 emr-query orgs "${dead[@]}"
  echo passphrase > pass
  run -2 --separate-stderr emr-query orgs "${dead[@]}" --session s --passphrase-file pass
  [[ $stderr == *"--passphrase-file is for a --key-file"* ]] || fail "$stderr"
}

@test "accounts in the spelling of wallets are asked for as the ledger writes them" {
  make_session s
  # EIP-55: the first is right and reaches the (dead) nodes, the second is a slip of the pen.
  for verb in identity:address audit:agent grants:grantee; do
    ask=(emr-query "${verb%:*}" "${dead[@]}" --session s "--${verb#*:}")
    run -69 "${ask[@]}" 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266
    run -65 --separate-stderr "${ask[@]}" 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92267
    [[ $stderr == *"--${verb#*:}: "* ]] || fail "$stderr"
  done
}

@test "an expired session is refused before any node is asked" {
  emr-sign login --from $account --genesis "$genesis" --session s --ttl 60 > login.tx
  jq -c '.expires = "2020-01-01T00:00:00Z"' s > old
  chmod 600 old
  run -77 emr-query orgs "${dead[@]}" --session old
}

@test "usage: exit 2 for what the command line gets wrong" {
  make_session s
  run -2 emr-query record "${dead[@]}" --session s
  run -2 emr-query records "${dead[@]}" --session s --limit 0
  run -2 emr-query identity "${dead[@]}" --session s --address 0x12
  run -2 emr-query open "${dead[@]}" --session s --record "$tag"
  run -2 emr-query open "${dead[@]}" --session s --record "$tag" --output-dir o --minutes 90
  run -2 --separate-stderr emr-query open "${dead[@]}" --session s --record "$tag" --output-dir o \
    --purpose CURIOSITY
  [[ $stderr == *"must be one of TREAT, "* && ! -e o ]] || fail "$stderr"
  run -2 --separate-stderr emr-query blocks "${dead[@]}" --session s --since 5 --until 4
  [[ $stderr == *"--since lies behind --until"* ]] || fail "$stderr"
  run -69 emr-query blocks "${dead[@]}" --session s --since 5 --until 10
  run -2 emr-query audit "${dead[@]}" --session s --since 2026-11-02T00:00:00Z --until 2026-11-01T00:00:00Z
  for which in "" "--record $tag --patient $tag"; do
    # shellcheck disable=SC2086  # options and their values
    run -2 --separate-stderr emr-query check "${dead[@]}" --session s --grantee $account --purpose TREAT $which
    [[ $stderr == *"either --record or --patient"* ]] || fail "$stderr"
  done
  run -2 --separate-stderr emr-query release "${dead[@]}" --session s --access short
  [[ $stderr == *"--access takes a transaction id"* ]] || fail "$stderr"
  run -2 --separate-stderr emr-query audit --error-format json --since
  assert_equal "$(jq -r '[.tool, .kind] | join(" ")' <<< "$stderr")" "emr-query usage"
}

@test "open: without a quorum nothing is written" {
  make_session s
  run -75 emr-query open "${dead[@]}" --session s --record "$tag" --output-dir out
  [ ! -e out ]
}

@test "open: an emergency is declared whatever purpose the house has set, and not with one typed" {
  make_session s
  open=(emr-query open "${dead[@]}" --session s --record "$tag" --output-dir o --emergency disaster)
  EMR_QUERY_PURPOSE=TREAT run -75 "${open[@]}"
  echo '{"type":"emr.config","v":1,"emr-query":{"purpose":"TREAT"}}' > house.json
  run -75 "${open[@]}" --config house.json
  run -2 "${open[@]}" --purpose TREAT
}

@test "open: one record in one private directory, which is looked at before the access is asked for" {
  make_session s
  open=(emr-query open "${dead[@]}" --session s --record "$tag" --output-dir)
  mkdir old
  echo other > old/record.json
  run -73 --separate-stderr "${open[@]}" old
  [[ $stderr == *"not empty"* ]]
  assert_equal "$(cat old/record.json)" other
  run -73 "${open[@]}" /proc/x
  run -73 "${open[@]}" missing/out
  run -73 "${open[@]}" old/record.json
  # An empty one is taken, closed to others, and not removed: it was not ours.
  mkdir -m 755 empty
  run -75 "${open[@]}" empty
  assert_equal "$(stat -c %a empty) $(ls -A empty)" "700 "
}

@test "open: an output that cannot be written is told before the access is asked for" {
  make_session s
  open=(emr-query open "${dead[@]}" --session s --record "$tag" --output-dir out)
  # 75 is the answer of a ledger that was asked.
  run -73 "${open[@]}" -o missing/report.json
  run -73 "${open[@]}" -o .
  run -74 bash -c '"$@" >&-' _ "${open[@]}"
  [ ! -e out ]
}

@test "stats: what shapes a table is refused beside --storage, not ignored" {
  for option in '--count-by month' '--min-cell 9' '--institution hosp-a' '--month 2026-11'; do
    # shellcheck disable=SC2086  # an option and its value
    run -2 --separate-stderr emr-query stats --storage $option "${dead[@]}"
    [[ $stderr == *"${option% *}"* ]] || fail "$stderr"
  done
  make_session s
  for wrong in month,month month, ,month foo; do
    run -2 --separate-stderr emr-query stats --count-by $wrong "${dead[@]}" --session s
    [[ $stderr == *"--count-by names"* ]] || fail "$wrong: $stderr"
  done
  EMR_QUERY_MONTH=2026-11 run -69 emr-query stats --storage "${dead[@]}"
}

# --- verify ---------------------------------------------------------------------------------------

@test "verify: what is no proof is bad input, and an empty input is no success" {
  for bad in canary-110105 '{}' '{"type":"emr.proof","v":2}' '[]' \
      '{"type":"emr.proof","v":1,"entry":"canary"}'; do
    run -65 --separate-stderr emr-query verify --trust "$genesis" <<< "$bad"
    [[ $stderr == *"line 1"* && $stderr$output != *canary* ]] || fail "$stderr"
  done
  run -65 emr-query verify --trust "$genesis" < /dev/null
  run -66 bash -c 'emr-query verify --trust "$0" <&-' "$genesis"
  run -2 emr-query verify < /dev/null
  run -66 emr-query verify --trust missing < /dev/null
  echo "{" > bad-genesis
  run -65 --separate-stderr emr-query verify --trust bad-genesis < /dev/null
  [[ $stderr == *"bad-genesis: "* ]]
}

@test "verify: lines and a directory are not verified in one call" {
  mkdir empty
  echo x > lines
  run -2 --separate-stderr emr-query verify --ledger empty --trust "$genesis" lines
  [[ $stderr == *"either --ledger or INPUT"* ]] || fail "$stderr"
  run -2 emr-query verify --ledger empty --trust "$genesis" --on-error skip
  run -2 emr-query verify --ledger empty --trust "$genesis" --rejects r
  [ ! -e r ]
}

@test "verify: a directory that is no ledger is named" {
  mkdir empty
  run --separate-stderr emr-query verify --full --ledger empty --trust "$genesis"
  ((status == 66 || status == 65 || status == 1 || status == 74)) || fail "exit $status"
  assert [ -z "$(ls -A empty)" ] # nothing was created in it
  run --separate-stderr emr-query verify --full --ledger missing --trust "$genesis"
  ((status != 0))
}
