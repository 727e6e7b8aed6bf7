# The setting of the emr-sign Bats files: `load emr-sign`, then `sign_setup` in setup.
# shellcheck disable=SC2034,SC2154

# sign_setup: an empty directory, the public test account, a passphrase
sign_setup() {
  load ../tool
  tool_setup
  shared=${EMR_SHARED:-$EMR_SOURCE/../shared}
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
