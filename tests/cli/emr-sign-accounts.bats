#!/usr/bin/env bats
# emr-sign from outside: key files, sessions and what may not leak from them (R-073, R-078;
# field/wallet.md).

bats_require_minimum_version 1.5.0

setup() {
  load emr-sign
  sign_setup
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
  # One file that no line can name does not hide the others.
  cp a.json $'\xff.json'
  run -0 --separate-stderr emr-sign list .
  assert_equal "${#lines[@]}" 2
  [[ $stderr == *"no UTF-8"* ]] || fail "$stderr"
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
  run -2 emr-sign login --from $account --genesis "$genesis" --session s.json --ttl 25h
  run -73 emr-sign login --from $account --genesis "$genesis" --session nowhere/s.json
  assert_equal "$(find . -name '.emr-*')" ""
}

@test "a secret has one source, and a descriptor that is typed beats the file that the house has set" {
  import_key a.json
  echo wrong > wrong
  run -2 --separate-stderr emr-sign address -k a.json --check --passphrase-file pass --passphrase-fd 3 3< pass
  [[ $stderr == *"either --passphrase-file or --passphrase-fd"* ]] || fail "$stderr"
  EMR_SIGN_PASSPHRASE_FILE=wrong run -0 emr-sign address -k a.json --check --passphrase-fd 3 3< pass
  run -77 emr-sign address -k a.json --check --passphrase-fd 3 3< wrong
  run -2 --separate-stderr emr-sign import --light --from secret.txt --from-fd 4 -k b.json --passphrase-file pass 4< secret.txt
  [[ $stderr == *"either --from or --from-fd"* && ! -e b.json ]] || fail "$stderr"
  # What only a mnemonic has is not passed over for a key.
  run -2 --separate-stderr emr-sign import --light --from secret.txt --path "m/44'/60'/0'/0/1" -k b.json --passphrase-file pass
  [[ $stderr == *"--path is for a mnemonic"* && ! -e b.json ]] || fail "$stderr"
  run -2 emr-sign import --light --from secret.txt --from-passphrase-file pass -k b.json --passphrase-file pass
}

@test "sign: one key is typed, and it beats the one that the house has set" {
  import_key a.json
  emr-sign login --from $account --genesis "$genesis" --session s.json > login.jsonl
  run -2 --separate-stderr emr-sign --genesis "$genesis" -k a.json --session s.json < login.jsonl
  [[ $stderr == *"either --key-file or --session"* ]] || fail "$stderr"
  # A session may not sign a login: that is what the session says, and not the keystore.
  EMR_SIGN_KEY_FILE=a.json run -77 emr-sign --genesis "$genesis" --session s.json < login.jsonl
  EMR_SESSION=s.json run -0 emr-sign --genesis "$genesis" -k a.json --passphrase-file pass < login.jsonl
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
  EMR_SIGN_PASSPHRASE_FD=3 run -78 emr-sign create --light -k fd.json 3< pass
}

@test "errors as JSON lines too" {
  run -66 --separate-stderr emr-sign address -k none.json --error-format json
  jq -e '.type == "emr.error" and .code == 66' <<< "$stderr"
}
