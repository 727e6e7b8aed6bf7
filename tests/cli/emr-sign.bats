#!/usr/bin/env bats
# emr-sign from outside: every verb, every exit code, and where secrets may not appear
# (R-006, R-025, R-073, R-077, R-078, R-101; field/wallet.md).

bats_require_minimum_version 1.5.0

setup() {
  bats_load_library bats-support
  bats_load_library bats-assert
  PATH=$EMR_BUILD/bin:$PATH
  cd "$BATS_TEST_TMPDIR"
  shared=${EMR_SHARED:-$EMR_SOURCE/../shared}
  unset "${!EMR_@}" 2>/dev/null || true
  export HOME=$BATS_TEST_TMPDIR XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/xdg
  umask 077
  genesis=$BATS_TEST_DIRNAME/fixtures/genesis.json
  # The first account of the public test mnemonic; never use it for anything.
  secret=ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80
  account=0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
  phrase="test test test test test test test test test test test junk"
  passphrase="canary correct horse"
  echo "$passphrase" > pass
}

# import_key FILE: the test account as a keystore (cheap scrypt)
import_key() {
  echo "$secret" > secret.txt
  emr-sign import --light --from secret.txt -k "$1" --passphrase-file pass > /dev/null
}

# unsigned [ACCOUNT]: an emr.tx line to sign
unsigned() { emr-sign login --from "${1:-$account}" --genesis "$genesis" --session "s.$RANDOM$RANDOM"; }

mail='{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],"Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],"Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name":"contents","type":"string"}]},"primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","chainId":1,"verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},"message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},"to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}}'
mail_digest=0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2

# no_secrets TEXT: neither key, passphrase nor phrase may stand in it
no_secrets() {
  [[ $1 != *"$secret"* && $1 != *"$passphrase"* && $1 != *canary* && $1 != *junk* ]]
}

# --- accounts -------------------------------------------------------------------------------------

@test "create: a keystore of mode 0600 that names its address; never overwritten" {
  run -0 --separate-stderr emr-sign create --light -k a.json --passphrase-file pass
  assert_equal "$stderr" ""
  address=$(jq -r .address <<< "$output")
  assert_equal "$(stat -c %a a.json)" 600
  assert_equal "0x$(jq -r .address a.json)" "$address"
  jq -e '.version == 3 and .crypto.kdf == "scrypt" and .crypto.kdfparams.n == 4096' a.json
  run -0 emr-sign address --check -k a.json --passphrase-file pass
  assert_equal "$(jq -r .address <<< "$output")" "$address"
  cp a.json before.json
  run -73 emr-sign create --light -k a.json --passphrase-file pass
  cmp a.json before.json
}

@test "create: standard scrypt by default, and other tools open it" {
  command -v python3 || skip "python3 is not installed"
  run -0 emr-sign create -k a.json --passphrase-file pass
  jq -e '.crypto.kdfparams | .n == 262144 and .r == 8 and .p == 1 and .dklen == 32' a.json
  python3 - "$passphrase" <<'PY' || fail "python does not derive the same key"
import hashlib, json, sys
c = json.load(open("a.json"))["crypto"]
k = c["kdfparams"]
dk = hashlib.scrypt(sys.argv[1].encode(), salt=bytes.fromhex(k["salt"]), n=k["n"], r=k["r"],
                    p=k["p"], dklen=32, maxmem=2**30)
assert len(dk) == 32 and len(bytes.fromhex(c["mac"])) == 32
PY
}

@test "create: an empty passphrase is a usage error, and so is no passphrase at all" {
  echo > empty
  run -2 emr-sign create --light -k a.json --passphrase-file empty
  run -2 setsid emr-sign create --light -k a.json < /dev/null
  [ ! -e a.json ]
}

@test "import: key, mnemonic, keystore; from a file, a descriptor; English and Chinese" {
  import_key key.json
  assert_equal "$(emr-sign address -k key.json | jq -r .address)" $account
  echo "0x$secret" > hex.txt
  run -0 emr-sign import --light --from hex.txt -k hex.json --passphrase-file pass
  assert_equal "$(jq -r .address <<< "$output")" $account

  run -0 emr-sign import --light --from-fd 3 -k words.json --passphrase-file pass 3<<< "  ${phrase^^} "
  assert_equal "$(jq -r .checksum <<< "$output")" 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266
  run -0 emr-sign import --light --from-fd 3 --path "m/44'/60'/0'/0/1" -k second.json \
    --passphrase-file pass 3<<< "$phrase"
  assert_equal "$(jq -r .checksum <<< "$output")" 0x70997970C51812dc3A010C7d01b50e0d17dc79C8
  run -0 emr-sign import --light --from-fd 3 -k han.json --passphrase-file pass 3<<< 的的的的的的的的的的的在
  jq -e '.address | length == 42' <<< "$output"

  echo other > other
  run -0 emr-sign import --light --from key.json --from-passphrase-file pass -k moved.json \
    --passphrase-file other
  assert_equal "$(jq -r .address <<< "$output")" $account
  run -0 emr-sign address --check -k moved.json --passphrase-file other
}

@test "import: wrong words, wrong keys and wrong paths are refused without an echo" {
  refused() {
    local code=$1 text=$2
    shift 2
    run "-$code" --separate-stderr emr-sign import --light --from-fd 3 -k x.json \
      --passphrase-file pass "$@" 3<<< "$text"
    no_secrets "$stderr" || fail "stderr: $stderr"
    [ ! -e x.json ]
  }
  refused 65 "${phrase/junk/jnuk}"
  [[ $stderr == *"word 12"* ]]
  refused 65 "${phrase/junk/test}"
  refused 65 "${secret}00"
  refused 65 "$(printf '0%.0s' {1..64})"
  refused 65 "$phrase" --kind key
  refused 2 "$phrase" --path "44/60"
  chmod 644 pass
  run -77 emr-sign import --light --from-fd 3 -k x.json --passphrase-file pass 3<<< "$phrase"
}

@test "list and address: no passphrase is needed" {
  import_key b.json
  emr-sign create --light -k a.json --passphrase-file pass > /dev/null
  echo '{"type":"something else"}' > c.json
  chmod 644 b.json
  run -0 emr-sign list .
  assert_equal "${#lines[@]}" 2
  jq -e '.file == "./a.json" and .private' <<< "${lines[0]}"
  jq -e --arg a $account '.address == $a and (.private | not)' <<< "${lines[1]}"
  run -66 emr-sign list nowhere
  run -65 emr-sign address -k c.json
}

@test "key files that others can read, links, and missing ones" {
  import_key a.json
  ln -s a.json link.json
  unsigned > tx.jsonl
  run -77 --separate-stderr emr-sign -k link.json --genesis "$genesis" --passphrase-file pass tx.jsonl
  [[ $stderr == *"symbolic link"* ]]
  run -66 emr-sign -k none.json --genesis "$genesis" --passphrase-file pass tx.jsonl
  for mode in 640 604 660; do
    chmod $mode a.json
    run -77 --separate-stderr emr-sign -k a.json --genesis "$genesis" --passphrase-file pass tx.jsonl
    [[ $stderr == *"chmod 600 a.json"* ]]
  done
  chmod 600 a.json
  chmod 644 pass
  run -77 emr-sign -k a.json --genesis "$genesis" --passphrase-file pass tx.jsonl
}

@test "a keystore that was changed does not sign" {
  import_key a.json
  unsigned > tx.jsonl
  sign() { emr-sign -k "$1" --genesis "$genesis" --passphrase-file pass tx.jsonl; }
  jq -c '.address = "0000000000000000000000000000000000000000"' a.json > swapped.json
  run -65 sign swapped.json
  jq -c '.crypto.cipherparams.iv = "00000000000000000000000000000000"' a.json > iv.json
  run -65 sign iv.json
  jq -c '.crypto.kdfparams.n = 1073741824' a.json > bomb.json
  run -65 sign bomb.json
  echo "wrong canary" > wrong
  run -77 --separate-stderr emr-sign -k a.json --genesis "$genesis" --passphrase-file wrong tx.jsonl
  [[ $stderr == *"passphrase does not open"* ]]
  no_secrets "$stderr"
  assert_equal "$output" ""
}

# --- transactions ---------------------------------------------------------------------------------

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
  run -2 emr-sign verify --personal --address $account < message
  [ -e "$shared/vectors/metamask.json" ] || return 0
  run -0 verify "$(jq -r .siwe.signature "$shared/vectors/metamask.json")" \
    < <(jq -j .siwe.message "$shared/vectors/metamask.json")
}

# --- sessions -------------------------------------------------------------------------------------

@test "login: a session file of mode 0600 and a signed transaction that names its keys (R-078)" {
  import_key a.json
  run -0 --separate-stderr emr-sign login -k a.json --genesis "$genesis" --passphrase-file pass \
    --ttl 15m --session s.json
  assert_equal "$stderr" ""
  login=$output
  assert_equal "$(stat -c %a s.json)" 600
  jq -e --arg a $account '.type == "emr.session" and .from == $a' s.json
  jq -e --arg a $account '.core | .from == $a and .contract == "registration" and .method == "login"' <<< "$login"
  run -0 emr-sign verify --genesis "$genesis" <<< "$login"
  assert_equal "$(jq -r .core.args.until <<< "$login")" "$(jq -r .expires s.json)"
  lasts=$(( $(date -d "$(jq -r .expires s.json)" +%s) - $(date +%s) ))
  (( lasts > 880 && lasts <= 900 ))
  # Neither private key is in the transaction.
  ! grep -qe "$(jq -r .signKey s.json)" -e "$(jq -r .boxKey s.json)" <<< "$login"
  run -73 emr-sign login -k a.json --genesis "$genesis" --passphrase-file pass --session s.json
  run -0 emr-sign login -k a.json --genesis "$genesis" --passphrase-file pass --session s.json --replace
}

@test "login: nothing is left behind when it fails" {
  import_key a.json
  echo wrong > wrong
  run -77 emr-sign login -k a.json --genesis "$genesis" --passphrase-file wrong --session s.json
  [ ! -e s.json ]
  run -74 bash -c 'emr-sign login -k a.json --genesis "$1" --passphrase-file pass --session s.json > /dev/full' _ "$genesis"
  [ ! -e s.json ]
  run -2 emr-sign login --genesis "$genesis" --session s.json
  run -2 emr-sign login --from $account --genesis "$genesis" --session s.json --ttl 31d
  run -73 emr-sign login --from $account --genesis "$genesis" --session nowhere/s.json
  assert_equal "$(find . -name '.emr-*')" ""
}

@test "logout and what a session may sign" {
  import_key a.json
  emr-sign login -k a.json --genesis "$genesis" --passphrase-file pass --session s.json > login.jsonl
  run -0 emr-sign logout --genesis "$genesis" --session s.json
  logout=$output
  run -0 emr-sign verify --genesis "$genesis" <<< "$logout"
  jq -e --arg a $account '.valid and .delegated and .from == $a and .by != $a' <<< "$output"
  # $EMR_SESSION names the file as well; a session signs its closed list only.
  jq -c 'del(.signature)' <<< "$logout" > again.jsonl
  EMR_SESSION=s.json run -0 emr-sign --genesis "$genesis" again.jsonl
  assert_equal "$output" "$logout"
  jq -c 'del(.signature)' login.jsonl > forbidden.jsonl
  run -77 --separate-stderr emr-sign --session s.json --genesis "$genesis" forbidden.jsonl
  [[ $stderr == *"session key may not sign"* ]]
  chmod 644 s.json
  run -77 emr-sign logout --genesis "$genesis" --session s.json
  chmod 600 s.json
  jq -c '.expires = "2020-01-01T00:00:00Z"' s.json > old.json
  run -77 emr-sign logout --genesis "$genesis" --session old.json
  jq -c '.chainId = "other-chain"' "$genesis" > other.json
  run -78 emr-sign logout --genesis other.json --session s.json
}

# --- where secrets may not be ---------------------------------------------------------------------

@test "no key material on stderr, in the arguments, or in a core dump" {
  import_key a.json
  unsigned > tx.jsonl
  run -0 --separate-stderr emr-sign -vv -k a.json --genesis "$genesis" --passphrase-file pass tx.jsonl
  no_secrets "$stderr$output"
  run -2 --separate-stderr emr-sign --passphrase "$passphrase" < tx.jsonl
  no_secrets "$stderr" || fail "stderr: $stderr"
  EMR_PASSPHRASE_FD=3 run -2 emr-sign create --light -k fd.json 3< pass
}

@test "errors as JSON lines too" {
  run -66 --separate-stderr emr-sign address -k none.json --error-format json
  jq -e '.type == "emr.error" and .code == 66' <<< "$stderr"
}
