#!/usr/bin/env bats
# emr-sign from outside: signing and verifying, every exit code, and where secrets may not appear
# (R-006, R-025, R-073, R-077, R-101; field/wallet.md).

bats_require_minimum_version 1.5.0

setup() {
  load emr-sign
  sign_setup
}

@test "sign: lines in, signed lines out, in order; other members pass through" {
  import_key a.json
  for i in 1 2 3; do unsigned | jq -c --arg i "$i" '. + {visit: $i, line: ($i | tonumber)}'; done > tx.jsonl
  run -0 --separate-stderr emr-sign -k a.json --genesis "$genesis" --passphrase-file pass tx.jsonl
  assert_equal "$stderr" ""
  assert_equal "${#lines[@]}" 3
  printf '%s\n' "$output" > signed.jsonl
  assert_equal "$(jq -rs 'map(.visit) | join("")' signed.jsonl)" 123
  jq -es --arg a $account 'all(.signature.by == $a and (.signature.sig | length == 132))' signed.jsonl
  # The same key and transaction give the same signature (RFC 6979), also when signed again.
  run -0 emr-sign -k a.json --genesis "$genesis" --passphrase-file pass signed.jsonl
  assert_equal "$output" "$(cat signed.jsonl)"
  run -0 emr-sign verify --genesis "$genesis" signed.jsonl
  assert_equal "$(jq -s 'map(select(.valid and (.delegated | not))) | length' <<< "$output")" 3
}

@test "sign: passphrase from a descriptor; receipts of unchanged records pass through" {
  import_key a.json
  receipt='{"type":"emr.receipt","v":1,"line":1,"status":"unchanged"}'
  { echo "$receipt"; unsigned; } > tx.jsonl
  run -0 emr-sign -k a.json --genesis "$genesis" --passphrase-fd 3 tx.jsonl 3< pass
  assert_equal "${lines[0]}" "$receipt"
  jq -e .signature <<< "${lines[1]}"
}

@test "sign: only for the account of the key" {
  import_key a.json
  unsigned 0x70997970c51812dc3a010c7d01b50e0d17dc79c8 > other.jsonl
  run -77 --separate-stderr emr-sign -k a.json --genesis "$genesis" --passphrase-file pass other.jsonl
  assert_equal "$output" ""
  [[ $stderr == *"line 1"*"/core/from"* ]] || fail "stderr: $stderr"
  { cat other.jsonl; unsigned; } > both.jsonl
  run -3 --separate-stderr emr-sign -k a.json --genesis "$genesis" --passphrase-file pass \
    --on-error skip --rejects rejects.jsonl both.jsonl
  assert_equal "${#lines[@]}" 1
  jq -e '.line == 1 and .reason == "from"' rejects.jsonl
}

@test "sign: malformed lines exit 65 and are not quoted" {
  import_key a.json
  for line in 'canary 110101199001011234' '{"type":"emr.tx","v":1,"core":{"canary":1}}' '[]' '' \
      '{"type":"emr.tx","v":2}'; do
    run -65 --separate-stderr emr-sign -k a.json --genesis "$genesis" --passphrase-file pass <<< "$line"
    assert_equal "$output" ""
    [[ $stderr != *110101199001011234* ]] || fail "quoted: $stderr"
  done
  run -2 emr-sign -k a.json --passphrase-file pass <<< '{}'
  run -2 emr-sign --genesis "$genesis" <<< '{}'
  echo '{}' > not-genesis
  run -65 emr-sign -k a.json --genesis not-genesis --passphrase-file pass <<< '{}'
}

@test "sign: /dev/full, closed stdout, closed stdin, empty input" {
  import_key a.json
  unsigned > tx.jsonl
  sign=(emr-sign -k a.json --genesis "$genesis" --passphrase-file pass)
  run -74 bash -c '"$@" tx.jsonl > /dev/full' _ "${sign[@]}"
  run -74 bash -c '"$@" tx.jsonl >&-' _ "${sign[@]}"
  run -66 bash -c '"$@" <&-' _ "${sign[@]}"
  run -0 "${sign[@]}" < /dev/null
  assert_equal "$output" ""
  run -74 bash -c 'emr-sign create --light -k full.json --passphrase-file pass > /dev/full'
}

@test "sign -o: the file is complete or absent" {
  import_key a.json
  { unsigned; echo nonsense; } > tx.jsonl
  run -65 emr-sign -k a.json --genesis "$genesis" --passphrase-file pass -o out.jsonl tx.jsonl
  [ ! -e out.jsonl ]
}

@test "verify: a verdict for every line, exit 1 for every change (R-025)" {
  import_key a.json
  unsigned | emr-sign -k a.json --genesis "$genesis" --passphrase-file pass > good.jsonl
  run -0 emr-sign verify --genesis "$genesis" good.jsonl
  jq -e --arg a $account '.valid and .from == $a and .by == $a and (.txid | length == 64)' <<< "$output"
  invalid() {
    run -1 --separate-stderr emr-sign verify --genesis "${2:-$genesis}" <<< "$1"
    jq -e '.type == "emr.verdict" and .valid == false and (.reason | length > 0)' <<< "$output"
  }
  invalid "$(jq -c '.core.validUntil = "2026-11-23T00:00:00Z"' good.jsonl)"
  invalid "$(jq -c '.core.from = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"' good.jsonl)"
  invalid "$(jq -c '.signature.by = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"' good.jsonl)"
  invalid "$(jq -c '.signature.sig |= .[:10] + "0000" + .[14:]' good.jsonl)"
  invalid "$(jq -c 'del(.signature)' good.jsonl)"
  invalid "not JSON"
  invalid ""
  # The same bytes on another ledger.
  jq -c '.chainId = "other-chain"' "$genesis" > other.json
  invalid "$(cat good.jsonl)" other.json
  run -1 emr-sign verify --genesis "$genesis" < /dev/null
  { echo '{}'; cat good.jsonl; } > mixed.jsonl
  run -1 --separate-stderr emr-sign verify --genesis "$genesis" -o verdicts.jsonl mixed.jsonl
  assert_equal "$(jq -c .valid verdicts.jsonl | paste -sd' ')" "false true"
}

@test "typed-data and attach: a wallet signs elsewhere (R-006, R-077)" {
  import_key a.json
  unsigned > tx.jsonl
  emr-sign typed-data --genesis "$genesis" tx.jsonl > document.json
  jq -e '.domain | keys == ["name", "salt", "version"]' document.json
  jq -e '.types.EIP712Domain | length == 3' document.json
  signature=$(emr-sign --typed-data -k a.json --passphrase-file pass document.json | jq -r .signature)
  run -0 emr-sign attach --genesis "$genesis" --signature "$signature" tx.jsonl
  assert_equal "$output" "$(emr-sign -k a.json --genesis "$genesis" --passphrase-file pass tx.jsonl)"
  # MetaMask may write v as 0 or 1; the ledger gets the one form.
  short=${signature%1[bc]}$([[ $signature == *1b ]] && echo 00 || echo 01)
  run -0 emr-sign attach --genesis "$genesis" --signature "$short" tx.jsonl
  assert_equal "$(jq -r .signature.sig <<< "$output")" "$signature"
  unsigned > other.jsonl
  run -1 emr-sign attach --genesis "$genesis" --signature "$signature" other.jsonl
  run -65 emr-sign attach --genesis "$genesis" --signature 0x00 tx.jsonl
  cat tx.jsonl tx.jsonl > two.jsonl
  run -2 emr-sign attach --genesis "$genesis" --signature "$signature" two.jsonl
  run -2 emr-sign attach --genesis "$genesis" --signature "$signature" --signature "$signature" tx.jsonl
}

# --- typed data -----------------------------------------------------------------------------------

@test "digest: the EIP's own example; strict where wallets are not" {
  run -0 emr-sign digest <<< "$mail"
  assert_equal "$(jq -r .digest <<< "$output")" $mail_digest
  assert_equal "$(jq -r .primaryType <<< "$output")" Mail
  for change in '.message.contents = null' 'del(.message.contents)' '.message.extra = 1' \
      '.domain.chainId = 9007199254740993' '.message.to.wallet |= ascii_downcase[2:]' \
      '.types.Mail[2].type = "uint"' 'del(.types.EIP712Domain)' '.id = 1'; do
    run -65 --separate-stderr emr-sign digest <<< "$(jq -c "$change" <<< "$mail")"
    assert_equal "$output" ""
  done
  run -65 --separate-stderr emr-sign digest <<< "$(jq -c '.message.from.wallet = "canary"' <<< "$mail")"
  [[ $stderr == *"/message/from/wallet"* && $stderr != *canary* ]] || fail "stderr: $stderr"
}

@test "sign --typed-data and verify --typed-data" {
  import_key a.json
  run -0 emr-sign --typed-data -k a.json --passphrase-file pass <<< "$mail"
  signed=$output
  assert_equal "$(jq -r .address <<< "$signed")" $account
  assert_equal "$(jq -r .digest <<< "$signed")" $mail_digest
  signature=$(jq -r .signature <<< "$signed")
  run -0 emr-sign verify --typed-data --address $account <<< "$signed"
  jq -e '.valid' <<< "$output"
  run -0 emr-sign verify --typed-data --address $account --signature "$signature" <<< "$mail"
  run -0 emr-sign verify --typed-data --address $account \
    --signature "$(jq -r .compact <<< "$signed")" <<< "$mail"
  run -2 emr-sign verify --typed-data --signature "$signature" <<< "$mail"
  run -1 --separate-stderr emr-sign verify --typed-data \
    --address 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 <<< "$signed"
  jq -e '.valid == false and .by != .expected' <<< "$output"
  run -1 emr-sign verify --typed-data --address $account --signature "${signature%??}1d" <<< "$mail"
  run -1 --separate-stderr emr-sign verify --typed-data --address $account <<< "$mail"
  jq -e '.valid == false and .pointer == "/signature"' <<< "$output"
  run -1 emr-sign verify --typed-data --address $account <<< \
    "$(jq -c '.typedData.message.contents = "Hello, Eve!"' <<< "$signed")"
}

@test "what the real MetaMask signed verifies (R-006)" {
  vectors=$shared/vectors/metamask.json
  [ -e "$vectors" ] || skip "shared vectors are not beside the checkout"
  for name in a r2; do
    jq -c ".$name.typedData" "$vectors" > document.json
    assert_equal "$(emr-sign digest document.json | jq -r .digest)" "$(jq -r ".$name.digest" "$vectors")"
    run -0 emr-sign verify --typed-data --address "$(jq -r ".$name.signer" "$vectors")" \
      --signature "$(jq -r ".$name.signature" "$vectors")" document.json
  done
}

@test "usage: an option that has no effect beside the others is refused, not ignored" {
  import_key a.json
  key=(-k a.json --passphrase-file pass)
  while IFS='|' read -r option command; do
    # shellcheck disable=SC2086  # words of a command line
    run -2 --separate-stderr emr-sign $command <<< "$mail"
    [[ $stderr == *"$option"* && $output == "" && ! -e r ]] || fail "$command: $stderr"
  done <<COMMANDS
--genesis|${key[*]} --personal --genesis $genesis
--session|${key[*]} --personal --session s
--typed-data|${key[*]} --personal --typed-data
--genesis|${key[*]} --typed-data --genesis $genesis
--rejects|verify --genesis $genesis --on-error skip --rejects r
--address|verify --genesis $genesis --address $account
--signature|verify --genesis $genesis --signature 0x00
--genesis|verify --typed-data --address $account --genesis $genesis
--typed-data|verify --personal --typed-data --address $account --signature 0x00
COMMANDS
  EMR_GENESIS=$genesis EMR_SESSION=s run -0 emr-sign "${key[@]}" --typed-data <<< "$mail"
}

@test "personal_sign: bytes as they are, MetaMask's sign-in message among them" {
  import_key a.json
  run -0 emr-sign digest --personal < <(printf hello)
  assert_equal "$(jq -r .digest <<< "$output")" \
    0x50b2c43fd39106bafbba0da34fc430e1f91e3c96ea2acee2bc34119f92b37750
  printf '0xdeadbeef\n' > message
  signature=$(emr-sign --personal -k a.json --passphrase-file pass message | jq -r .signature)
  verify() { emr-sign verify --personal --address "${2:-$account}" --signature "$1"; }
  run -0 verify "$signature" < message
  run -1 verify "$signature" < <(printf 0xdeadbeef)
  run -1 --separate-stderr verify 0x00 < message
  jq -e '.valid == false and .reason == "signature"' <<< "$output"
  run -0 verify "${signature#0x}" < message  # as ethkey and web3.py write it
  run -2 emr-sign verify --personal --address $account < message
  [ -e "$shared/vectors/metamask.json" ] || return 0
  run -0 verify "$(jq -r .siwe.signature "$shared/vectors/metamask.json")" \
    < <(jq -j .siwe.message "$shared/vectors/metamask.json")
}
