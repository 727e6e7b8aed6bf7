# Tables and helpers of bad-input.bats: what every verb reads, and what bad input looks like.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154

canary=110101199001011234
canary_name=欧阳金丝雀
visit='{"type":"emr.record","v":1,"recordId":"h:1:C0002","version":1,"docType":{"code":"C0002"},
"confidentiality":"N","org":{"id":"123301004701234567"},"patient":{"localId":"P1",
"identifiers":[{"type":"01","value":"11010519491231002X"}],"name":"张某某","sex":"2",
"birthDate":"1949-12-31"},"visit":{"id":"V1","type":"1","start":"2026-11-22T01:15:00Z"},
"author":{"doctorId":"D1","name":"李医生"},"recorded":"2026-11-22T01:40:00Z"}'
mail='{"types":{"EIP712Domain":[{"name":"name","type":"string"}],"Mail":[{"name":"to",
"type":"string"}]},"primaryType":"Mail","domain":{"name":"x"},"message":{"to":"Bob"}}'

# fixtures: a founded consortium and one good line of every stream, in the current directory
fixtures() {
  umask 077
  # shellcheck source=tests/pipeline/consortium.bash
  load ../pipeline/consortium
  net=. consortium_found . emr-bad
  cp founding/genesis.json founding/share-hosp-{a,b}.json .
  rm hosp-b/share.key hosp-b/institution/linkage.key hosp-b/genesis.json
  cp hosp-a/institution/tag.key hosp-a/institution/linkage.key .
  echo passphrase > pass
  echo wrong > wrong
  head -c 32 /dev/urandom > raw.key
  emr-sign create --light -k me.json --passphrase-file pass > /dev/null
  me=0x$(jq -r .address me.json)
  echo "$me" > me
  local sign=(emr-sign sign -k me.json --passphrase-file pass --genesis genesis.json)
  emr-sign login -k me.json --passphrase-file pass --genesis genesis.json --session me.session \
    > signed.jsonl
  tr -d '\n' <<< "$visit" > visit.jsonl
  echo >> visit.jsonl
  tr -d '\n' <<< "$mail" > typed.jsonl
  echo >> typed.jsonl
  emr-desensitize -p paper --seal-to genesis.json --institution hosp-a --institution-key tag.key \
    --linkage-key linkage.key < visit.jsonl > sealed.jsonl
  emr-tx build records.create --from "$me" < sealed.jsonl > tx.jsonl
  echo '{"role":"doctor","institution":"hosp-a","identity":"'"$(printf 'a%.0s' {1..64})"'"}' \
    > args.jsonl
  echo '{"type":"emr.receipt","v":1,"line":1,"status":"unchanged"}' > receipt.jsonl
  "${sign[@]}" < tx.jsonl | jq -r .signature.sig > signature
  head -n 1 descriptors.jsonl > descriptor.jsonl
  echo '{"type":"emr.proof","v":1}' > proof.jsonl
  echo '{"id":1,"text":"王"}' > text.jsonl
  openssl genrsa 2> /dev/null | head -c 700 > file.bin
  emr-ipfs-put put --store kept --manifest manifest file.bin | jq -r .cid > cid
  echo '{"type":"emr.config","v":1}' > config.json
  echo '{"type":"emr.policy","v":1,"id":"k","unknown":"keep","rules":[]}' > policy.json
  cp "$EMR_SOURCE/examples/his-outpatient.map.json" map.json
  : > journal
  head -c 100000 /dev/zero | tr '\0' '[' > deep
}

# One reader of a stream for each line: NAME, a good line to put before the bad one (- for none),
# the good line that the bad ones are made of, the profile (ours; plain: no type, no version; or
# foreign), the command. @me, @sig and @url are filled in.
stream_readers() {
  sed -e "s/@me/$(< me)/; s/@sig/--signature $(< signature) --signature $(< signature)/" \
    -e "s|@url|http://127.0.0.1:9 --timeout 1|; s/@pass/--passphrase-file pass/" << 'TABLE'
desensitize    visit   visit      ours    emr-desensitize --in record -p paper -k raw.key
sealing        visit   visit      ours    emr-desensitize --in record -p paper --seal-to genesis.json --institution hosp-a --institution-key tag.key --linkage-key linkage.key
threads        visit   visit      ours    emr-desensitize --in record -p paper -k raw.key --jobs 2
explain        visit   visit      ours    emr-desensitize --in record -p paper -k raw.key --explain
restore        text    text       foreign emr-desensitize --restore -k raw.key
json           text    text       foreign emr-desensitize --in json -p policy.json
fhir           -       text       foreign emr-desensitize --in fhir -p policy.json
detect         text    text       foreign emr-desensitize --detect
ipfs-put       sealed  sealed     ours    emr-ipfs-put --genesis genesis.json --store blocks --attachments-root .
build          args    args       plain   emr-tx build registration.apply --from @me
build-records  sealed  sealed     ours    emr-tx build records.create --from @me
sign           tx      tx         ours    emr-sign -k me.json @pass --genesis genesis.json
typed-data     tx      tx         ours    emr-sign typed-data --genesis genesis.json
attach         tx      tx         ours    emr-sign attach --genesis genesis.json @sig
digest         typed   typed      plain   emr-sign digest
sign-typed     typed   typed      plain   emr-sign sign --typed-data -k me.json @pass
submit         receipt signed     ours    emr-tx submit --genesis genesis.json --node @url
verify-proof   -       proof      ours    emr-query verify --trust genesis.json
founding       -       descriptor ours    emr-pbft-node genesis - --chain-id x --output-dir out/founding
TABLE
}

# One reader of a file for each line: exit code, the file that is bad, the command.
file_readers() {
  sed -e "s/@me/$(< me)/; s|@url|http://127.0.0.1:9 --timeout 1|; s/@pass/--passphrase-file pass/" \
    -e "s/@tag/$(printf 'a%.0s' {1..64})/g; s/@sig/--signature $(< signature)/" << 'TABLE'
65 genesis.json     emr-sign -k me.json @pass --genesis genesis.json tx.jsonl
65 genesis.json     emr-sign verify --genesis genesis.json signed.jsonl
65 genesis.json     emr-sign typed-data --genesis genesis.json tx.jsonl
65 genesis.json     emr-sign attach --genesis genesis.json @sig tx.jsonl
65 genesis.json     emr-sign login -k me.json @pass --genesis genesis.json --session out/session
65 genesis.json     emr-sign logout --genesis genesis.json --session me.session
78 genesis.json     emr-ipfs-put --genesis genesis.json --store out/blocks --attachments-root . sealed.jsonl
78 genesis.json     emr-tx build records.create --from @me --genesis genesis.json --node @url -k me.json @pass sealed.jsonl
78 genesis.json     emr-tx submit --genesis genesis.json --node @url signed.jsonl
78 genesis.json     emr-tx status --genesis genesis.json --node @url @tag
78 genesis.json     emr-query orgs --genesis genesis.json --node @url --session me.session
78 genesis.json     emr-query open --record @tag --output-dir out/open --genesis genesis.json --node @url --session me.session
65 genesis.json     emr-query verify --trust genesis.json proof.jsonl
78 genesis.json     emr-grant list --patient @tag --genesis genesis.json --node @url --session me.session
65 genesis.json     emr-pbft-node join --dir hosp-a --genesis genesis.json --share share-hosp-a.json
65 genesis.json     emr-desensitize -p paper --seal-to genesis.json --institution hosp-a --institution-key tag.key --linkage-key linkage.key visit.jsonl
65 share-hosp-a.json emr-pbft-node join --dir hosp-a --genesis founding/genesis.json --share share-hosp-a.json
78 hosp-a/node.json emr-pbft-node run --dir hosp-a
78 hosp-a/node.json emr-pbft-node status --dir hosp-a
65 hosp-a/share.key emr-pbft-node run --dir hosp-a
65 me.json          emr-sign -k me.json @pass --genesis genesis.json tx.jsonl
65 me.json          emr-sign address -k me.json
65 me.json          emr-sign address --check -k me.json @pass
65 me.json          emr-sign import --light --from me.json --kind keystore --from-passphrase-file pass @pass -k out/new.json
65 me.json          emr-ipfs-put --genesis genesis.json --node @url -k me.json @pass --attachments-root . sealed.jsonl
65 me.json          emr-tx build records.create --from @me --genesis genesis.json --node @url -k me.json @pass sealed.jsonl
65 me.json          emr-query nodes --genesis genesis.json --node @url -k me.json @pass
65 me.json          emr-grant list --patient @tag --genesis genesis.json --node @url -k me.json @pass
65 me.session       emr-sign --session me.session --genesis genesis.json tx.jsonl
65 me.session       emr-sign logout --session me.session --genesis genesis.json
65 me.session       emr-query open --record @tag --output-dir out/open --genesis genesis.json --node @url --session me.session
65 me.session       emr-query release --access @tag --genesis genesis.json --node @url --session me.session
65 tag.key          emr-desensitize -p paper --seal-to genesis.json --institution hosp-a --institution-key tag.key --linkage-key linkage.key visit.jsonl
65 linkage.key      emr-desensitize -p paper --seal-to genesis.json --institution hosp-a --institution-key tag.key --linkage-key linkage.key visit.jsonl
78 policy.json      emr-desensitize -p policy.json --in json text.jsonl
78 map.json         emr-desensitize -p paper -k raw.key --in csv --map map.json visit.jsonl
78 config.json      emr-desensitize --config config.json -p strict --in json text.jsonl
78 config.json      emr-ipfs-put --config config.json --only-hash --plaintext file.bin
78 config.json      emr-sign --config config.json digest typed.jsonl
78 config.json      emr-tx --config config.json methods
78 config.json      emr-pbft-node --config config.json status --node http://127.0.0.1:9
78 config.json      emr-query --config config.json verify --trust genesis.json proof.jsonl
78 config.json      emr-grant --config config.json revoke --grant @tag --from @me
65 journal          emr-tx submit --genesis genesis.json --node @url --journal journal receipt.jsonl
TABLE
}

# Verbs that write to stdout, given good input: name, the file on stdin (- for none), command.
writers() {
  sed -e "s/@me/$(< me)/; s/@sig/--signature $(< signature)/; s/@pass/--passphrase-file pass/" \
    -e "s|@url|http://127.0.0.1:9 --timeout 1|; s/@tag/$(printf 'a%.0s' {1..64})/g" \
    -e "s/@me/$(< me)/g; s/@cid/$(< cid)/" << 'TABLE'
desensitize  visit.jsonl      emr-desensitize --in record -p paper -k raw.key
threads      visit.jsonl      emr-desensitize --in record -p paper -k raw.key --jobs 2
explain      visit.jsonl      emr-desensitize --in record -p paper -k raw.key --explain
json         text.jsonl       emr-desensitize --in json -p policy.json
restore      text.jsonl       emr-desensitize --restore -k raw.key
detect       text.jsonl       emr-desensitize --detect
techniques   -                emr-desensitize --list-techniques
policies     -                emr-desensitize --list-policies
policy       -                emr-desensitize --print-policy paper
ipfs-put     sealed.jsonl     emr-ipfs-put --genesis genesis.json --store blocks --attachments-root .
only-hash    file.bin         emr-ipfs-put --only-hash --plaintext
put          file.bin         emr-ipfs-put put --store out/blocks --manifest out/manifest --dry-run
get          -                emr-ipfs-put get --store kept @cid
build        args.jsonl       emr-tx build registration.apply --from @me
submit       receipt.jsonl    emr-tx submit --genesis genesis.json --node @url
methods      -                emr-tx methods
sign         tx.jsonl         emr-sign -k me.json @pass --genesis genesis.json
verify       signed.jsonl     emr-sign verify --genesis genesis.json
typed-data   tx.jsonl         emr-sign typed-data --genesis genesis.json
attach       tx.jsonl         emr-sign attach --genesis genesis.json @sig
digest       typed.jsonl      emr-sign digest
personal     file.bin         emr-sign digest --personal
list         -                emr-sign list .
address      -                emr-sign address -k me.json
logout       -                emr-sign logout --genesis genesis.json --session me.session
login        -                emr-sign login -k me.json @pass --genesis genesis.json --session out/s
create       -                emr-sign create --light -k out/new.json @pass
import       -                emr-sign import --light --from tag.key -k out/new.json @pass
give         -                emr-grant give --from @me --patient @tag --to doctor:@me --records @tag --for 30d
revoke       -                emr-grant revoke --from @me --grant @tag
init         -                emr-pbft-node init --dir out/node --id hosp-x --name x --uscc 12110000400686325C --admin @me --peer 127.0.0.1:1 --http 127.0.0.1:2
founding     descriptors.jsonl emr-pbft-node genesis - --chain-id x --output-dir out/founding
join         -                emr-pbft-node join --dir hosp-b --genesis genesis.json --share share-hosp-b.json
TABLE
}

# Commands that use a private file: the code when it is not private, the file, the command.
secret_readers() {
  sed -e "s/@me/$(< me)/; s|@url|http://127.0.0.1:9 --timeout 1|; s/@pass/--passphrase-file pass/" \
    -e "s/@tag/$(printf 'a%.0s' {1..64})/g" << 'TABLE'
me.json     emr-sign -k me.json @pass --genesis genesis.json tx.jsonl
me.json     emr-sign sign --typed-data -k me.json @pass typed.jsonl
me.json     emr-sign address --check -k me.json @pass
me.json     emr-sign login -k me.json @pass --genesis genesis.json --session out/s
me.json     emr-sign import --light --from me.json --kind keystore --from-passphrase-file pass -k out/n @pass
me.json     emr-ipfs-put --genesis genesis.json --node @url -k me.json @pass --attachments-root . sealed.jsonl
me.json     emr-tx build records.create --from @me --genesis genesis.json --node @url -k me.json @pass sealed.jsonl
me.json     emr-tx submit --genesis genesis.json --node @url --on-conflict amend -k me.json @pass signed.jsonl
me.json     emr-query nodes --genesis genesis.json --node @url -k me.json @pass
me.json     emr-query open --record @tag --output-dir out/open --genesis genesis.json --node @url -k me.json @pass
me.json     emr-grant list --patient @tag --genesis genesis.json --node @url -k me.json @pass
me.session  emr-sign --session me.session --genesis genesis.json tx.jsonl
me.session  emr-sign logout --session me.session --genesis genesis.json
me.session  emr-ipfs-put --genesis genesis.json --node @url --session me.session --attachments-root . sealed.jsonl
me.session  emr-query release --access @tag --genesis genesis.json --node @url --session me.session
me.session  emr-grant check --patient @tag --genesis genesis.json --node @url --session me.session --to @me
raw.key     emr-desensitize --in record -p paper -k raw.key visit.jsonl
raw.key     emr-desensitize --restore -k raw.key text.jsonl
tag.key     emr-desensitize -p paper --seal-to genesis.json --institution hosp-a --institution-key tag.key --linkage-key linkage.key visit.jsonl
linkage.key emr-desensitize -p paper --seal-to genesis.json --institution hosp-a --institution-key tag.key --linkage-key linkage.key visit.jsonl
hosp-b/keys/box.key emr-pbft-node join --dir hosp-b --genesis genesis.json --share share-hosp-b.json
hosp-a/keys/vote.key emr-pbft-node run --dir hosp-a
hosp-a/share.key emr-pbft-node run --dir hosp-a
TABLE
}

# Verbs that ask a node; @node is replaced by --node and the address of one that does not answer.
network_verbs() {
  local verb
  for verb in nodes orgs blocks contracts pending; do
    echo "emr-query $verb --genesis genesis.json @node -k me.json @pass"
  done
  cat << 'TABLE'
emr-query records --institution hosp-a --genesis genesis.json @node -k me.json @pass
emr-query record --record @tag --genesis genesis.json @node -k me.json @pass
emr-query identity --address @me --genesis genesis.json @node -k me.json @pass
emr-query audit --genesis genesis.json @node --session me.session
emr-query export --genesis genesis.json @node --session me.session
emr-query evidence --genesis genesis.json @node --session me.session
emr-query open --record @tag --output-dir out/open --genesis genesis.json @node --session me.session
emr-query release --access @tag --genesis genesis.json @node --session me.session
emr-grant list --patient @tag --genesis genesis.json @node -k me.json @pass
emr-tx submit --genesis genesis.json @node signed.jsonl
emr-tx submit --genesis genesis.json @node --journal journal.@n signed.jsonl
emr-tx status @tag --genesis genesis.json @node
emr-tx build records.create --from @me --genesis genesis.json @node -k me.json @pass sealed.jsonl
emr-ipfs-put --genesis genesis.json @node -k me.json @pass --attachments-root . sealed.jsonl
emr-ipfs-put put --genesis genesis.json @node -k me.json @pass --manifest out/manifest file.bin
emr-ipfs-put get --genesis genesis.json @node -k me.json @pass @cid
emr-pbft-node status @only
TABLE
}

# bad_json GOOD PROFILE: one bad line for each kind, in the files bad.KIND. Each holds a canary as a
# value and, where it can, as a member name. Foreign JSON (other people's formats) has neither type
# nor version, and passes duplicate keys and lone surrogates on as they are.
bad_json() {
  local good=$1 profile=$2 planted
  planted="\"$canary\":\"$canary_name\",\"id\":\"$canary\""
  printf '%s,"name":"%s %s' "${good%\}}" "$canary_name" "$canary" > bad.truncated
  printf '%s,%s,}' "${good%\}}" "$planted" > bad.comma
  printf '{%s,"deep":%s' "$planted" "$(< deep)" > bad.depth
  printf '{%s,"x":"\xff%s"}' "$planted" "$canary" > bad.utf8
  printf '{%s,"x":"\x01%s"}' "$planted" "$canary" > bad.control
  printf '%s%s' "$good" "$canary" > bad.trailing
  [ "$profile" != foreign ] || return 0
  printf '{"%s":1,"%s":2,%s' "$canary" "$canary" "${good#\{}" > bad.duplicate
  printf '{"x":"%s\\ud800"}' "$canary" > bad.surrogate
  printf '[{%s}]' "$planted" > bad.array
  printf '"%s"' "$canary_name" > bad.string
  printf '\xef\xbb\xbf{%s}' "$planted" > bad.bom
  printf '{"%s":9007199254740993,%s' "$canary" "${good#\{}" > bad.integer
  printf '{%s}' "$planted" > bad.members
  [ "$profile" = ours ] || return 0
  jq -c --arg c "$canary" '.v = 2 | .id = $c' <<< "$good" > bad.version
  jq -c --arg c "$canary_name" '.type = $c' <<< "$good" > bad.type
  jq -c --arg c "$canary" '.v = $c' <<< "$good" > bad.kind
}

# discreet TEXT: neither canary is in it, as written or escaped
discreet() { [[ $1 != *"$canary"* && $1 != *"$canary_name"* && ${1,,} != *'\u6b27'* ]]; }

# left_behind: what stands in out/, and temporary files anywhere we write
left_behind() {
  local found=(out/* out/.[!.]* .emr-* hosp-a/.emr-* /nowhere/*)
  [ ${#found[@]} -eq 0 ] || echo "left behind: ${found[*]}"
}

# complain TEXT: the case at hand is wrong; all of them are shown at the end of the test
complain() { complaints+="$*"$'\n'; }
no_complaints() {
  while read -r line; do complain "stderr is not our JSON: $line"; done < <(jq -c '
    select((.error.v == 1 and .error.tool == .tool and
            (.error.type | test("^emr[.](error|notice)$"))) | not)' json-lines)
  while read -r line; do complain "the code is not in the JSON error: $line"; done < <(jq -sc '
    [.[] | select(.error.type == "emr.error")] | group_by(.case)[] | .[-1] |
    select(.error.code != .status)' json-lines)
  [ -s json-lines ] || complain "no JSON error was seen"
  [ -z "${complaints:-}" ] || fail "$complaints"
}

# outcome CODES CASE TOOL FORM STATUS: asserts on the exit status and on what went to stderr.$FORM
outcome() {
  local code=$1 case=$2 tool=$3 form=$4 status=$5 text line
  text=$(tr -d "\0" < "stderr.$form")
  [[ " $code " == *" $status "* ]] || complain "$case ($form): exit $status, not $code: ${text:0:300}"
  discreet "$text" || complain "$case ($form): a value leaked: ${text:0:300}"
  if [ "$form" = text ]; then
    [[ $'\n'$text == *$'\n'"$tool: error: "* ]] || complain "$case: no error line: ${text:0:300}"
    [ -z "${line_number:-}" ] || [[ $text == *"error: line $line_number: "* ]] ||
      complain "$case: line $line_number is not named: ${text:0:300}"
    [ -z "${pointer:-}" ] || [[ $text == *": $pointer: "* ]] ||
      complain "$case: $pointer is not named: ${text:0:300}"
    return
  fi
  # Read by no_complaints, with one jq for all cases.
  while read -r line; do
    [[ $line == '{"'*'}' ]] || complain "$case: not JSON: ${line:0:300}"
    echo "{\"case\":\"$case\",\"tool\":\"$tool\",\"status\":$status,\"error\":${line:-null}}"
  done <<< "$text" >> json-lines
}

# expect CODES CASE COMMAND...: runs it in both error formats, the second with its output in
# out/result, standard input from the file $input (and without the second option when $plain is
# set). Asserts the exit code, an error line that names the tool, no canary, nothing left behind.
# A COMMAND of one word is a shell script.
expect() {
  local code=$1 case=$2 form status left command
  shift 2
  for form in text json; do
    command=("$@")
    [ $# -gt 1 ] || command=(bash -c "$1")
    [ "$form" = text ] || [ -n "${plain:-}" ] || [ $# -eq 1 ] || command+=(-o out/result)
    status=0
    EMR_ERROR_FORMAT=$form "${command[@]}" < "${input:-/dev/null}" > stdout 2> "stderr.$form" ||
      status=$?
    outcome "$code" "$case" "${1%% *}" "$form" "$status"
    left=$(left_behind)
    [ -z "$left" ] || complain "$case ($form): $left"
    [ -z "$left" ] || rm -rf out/* out/.[!.]*
  done
}
