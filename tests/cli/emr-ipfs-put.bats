#!/usr/bin/env bats
# emr-ipfs-put from outside: CIDs of the published vectors, streams, sealing and opening, every exit
# code, and what must never leave the machine (R-004, R-007, R-051, R-052, R-054).

bats_require_minimum_version 1.5.0

setup() {
  load emr-ipfs-put
  put_setup
}

teardown() { stop_servers; }

@test "R-007: CIDs of the published vectors, from a file and from stdin" {
  generate 262145 > file
  run -0 emr-ipfs-put --only-hash --plaintext file
  assert_equal "$(jq -r .cid <<< "$output")" \
    bafkreiaeneoz2kcct5z5jbuo3bog77a5o7bw4iyvzpfotaddyqmidgy4be
  # R-052: the hex transcoding; for an object of one block its end is the file's own SHA-256.
  assert_equal "$(jq -r .cidHex <<< "$output")" "f01551220$(sha256sum file | cut -d' ' -f1)"
  hash() { emr-ipfs-put --only-hash --plaintext "$@" | jq -r '"\(.cid) \(.size) \(.tsize)"'; }
  v0="QmP38sdWocDmoeApS7jgATtFSqZQYrbsPVAjy9ikzi9GWz 262145 262267"
  v1="bafybeigiwqo3gami5vi4gwpsnqexap72qlqcq4lxzb7oq3gwrfjpb375mu 262145 262249"
  assert_equal "$(hash --profile unixfs-v0-2015 file)" "$v0"
  assert_equal "$(hash --cid-version=0 --raw-leaves=false --chunker size-262144 - < file)" "$v0"
  assert_equal "$(hash --profile cidv1-raw < file)" "$v1"
  assert_equal "$(hash --cid-version 1 file)" "$v1"
  # As Kubo: the leaves are raw, and the node above them has version 0.
  mixed="Qmbr7YYJa3vqFvHBJUc3SuUZB56GgVqispZrCMDyEQ4GAx 262145 262249"
  assert_equal "$(hash --raw-leaves --max-file-links 174 file)" "$mixed"
  assert_equal "$(hash --cid-version 0 --raw-leaves file)" "$mixed"
  assert_equal "$(hash --threads 1 --cid-version 1 file)" "$v1"
  assert_equal "$(hash --cid-format hex file)" \
    "f0155122004691d9d28429f73d4868ed85c6ffc1d77c36e2315cbcae98063c418819b1c09 262145 262145"
  assert_equal "$(hash < /dev/null)" \
    "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku 0 0"
}

@test "deep trees of the shared vectors, through the options" {
  vectors=$shared/vectors/ipfs.json
  [[ -r $vectors ]] || skip "../shared/vectors/ipfs.json is not beside the checkout"
  jq -r '.deep_trees.vectors[] | [.cid_version, .raw_leaves, .chunk, .width, .n, .cid, .tsize] |
         @tsv' "$vectors" | awk 'NR % 9 == 1' > cases
  while read -r version raw chunk width n cid tsize; do
    generate "$n" > file
    got=$(emr-ipfs-put --only-hash --plaintext --cid-version "$version" --raw-leaves="$raw" \
      --chunker "size-$chunk" --max-file-links "$width" file | jq -r '"\(.cid) \(.tsize)"')
    assert_equal "$got" "$cid $tsize"
  done < cases
}

@test "usage: wrong options exit 2, what cannot be opened 66" {
  echo x > file
  run -2 emr-ipfs-put --only-hash --cid-version 2 file
  run -2 emr-ipfs-put --only-hash --chunker rabin file
  run -2 emr-ipfs-put --only-hash --max-file-links 1 file
  run -2 emr-ipfs-put --only-hash --profile test-cid-v1 file
  run -2 emr-ipfs-put --plaintext file
  run -2 emr-ipfs-put put --store blocks file
  run -2 emr-ipfs-put get not-there --node ftp://x
  run -66 emr-ipfs-put --only-hash missing
  run -65 emr-ipfs-put get bafkqaaa --store .
}

@test "usage: an option that has no effect beside the others is refused, not ignored" {
  echo x > file
  while IFS='|' read -r option command; do
    # shellcheck disable=SC2086  # words of a command line
    run -2 --separate-stderr emr-ipfs-put $command file
    [[ $stderr == *"$option"* && $output == "" && ! -e blocks && ! -e m ]] || fail "$command: $stderr"
  done <<'COMMANDS'
--store|--only-hash --store blocks
--node|--only-hash --node http://127.0.0.1:1
--pad|--only-hash --pad none
--attachments-root|--only-hash --attachments-root .
--rejects|--only-hash --rejects r
--manifest|put --only-hash --manifest m
--profile|put --store blocks --manifest m --profile cidv1-raw
--raw-leaves|put --store blocks --manifest m --raw-leaves=true
--chunker|--genesis g --store blocks --chunker size-262144
--cid-format|--genesis g --store blocks --cid-format hex
--ipfs-api|put --store blocks --ipfs-api http://127.0.0.1:1 --manifest m
--ipfs-token-file|put --store blocks --ipfs-token-file t --manifest m
--session|put --store blocks --session s --manifest m
--key-file|put --store blocks -k bot.json --manifest m
--manifest|put --plaintext --ipfs-api http://127.0.0.1:1 --manifest m
--store|put --plaintext --store blocks
--session|get --store blocks --session s
COMMANDS
  # What the house has set for other calls stays out of the way.
  EMR_IPFS_API=http://127.0.0.1:1 EMR_NODE=http://127.0.0.1:1 EMR_SESSION=s \
    EMR_IPFS_PUT_CID_VERSION=1 run -0 emr-ipfs-put --only-hash file
}

@test "stdout: /dev/full and closed are errors, a closed stdin too" {
  echo x > file
  run -74 bash -c 'emr-ipfs-put --only-hash file > /dev/full'
  run -74 bash -c 'emr-ipfs-put --only-hash file >&-'
  run -66 bash -c 'emr-ipfs-put --only-hash <&-'
  emr-ipfs-put put --store blocks --manifest m file > line
  cid=$(jq -r .cid line)
  run -74 bash -c "emr-ipfs-put get $cid --store blocks > /dev/full"
  run -74 bash -c "emr-ipfs-put get $cid --store blocks >&-"
}

@test "R-054: a stream is sealed in constant memory and opens again, whole and in ranges" {
  # 200 MB through 60 MB of heap and stacks; libraries and code count too, hence the allowance.
  generate 200000000 > stream
  run -0 bash -c "$(memory_limit 400000); emr-ipfs-put put --store blocks --manifest m - < stream"
  cid=$(jq -r .cid <<< "$output")
  assert_equal "$(stat -c %a m)" 600
  run -0 emr-ipfs-put get "$cid" --store blocks --manifest m -o out
  cmp stream out
  for range in 0-0 0-1048575 1048519-1048521 199999990-199999999; do
    emr-ipfs-put get "$cid" --store blocks --manifest m --range "$range" > part
    cmp part <(tail -c "+$((${range%-*} + 1))" stream | head -c "$((${range#*-} - ${range%-*} + 1))")
  done
  run -1 emr-ipfs-put get "$cid" --store blocks --manifest m --range 0-200000000
  # The manifest of one object says which; its plain bytes are for its owner alone.
  emr-ipfs-put get --store blocks --manifest m --range 0-99 -o part
  cmp part <(head -c 100 stream)
  assert_equal "$(stat -c %a part)" 600
  # Nothing of the plain bytes is in the store, and two seals have nothing in common.
  emr-ipfs-put put --store again --manifest m2 - < stream > /dev/null
  assert_equal "$(cat <(ls blocks) <(ls again) | sort | uniq -d)" ""
}

@test "a key file is never overwritten" {
  echo x > file
  echo old > m
  run -73 emr-ipfs-put put --store blocks --manifest m file
  assert_equal "$(cat m)" old
}

@test "R-063: a changed, swapped or missing block is found, and no file appears" {
  generate 2500000 > file
  emr-ipfs-put put --store blocks --manifest m file > line
  cid=$(jq -r .cid line)
  for block in blocks/*; do
    cp "$block" saved
    # Any byte may be there already in a cipher text: its complement is not.
    printf "\\$(printf %o $((255 - $(od -An -tu1 -j7 -N1 "$block"))))" |
      dd of="$block" bs=1 seek=7 conv=notrunc status=none
    run -65 emr-ipfs-put get "$cid" --store blocks --manifest m -o out
    rm "$block"
    run -1 emr-ipfs-put get "$cid" --store blocks --manifest m -o out
    cp saved "$block"
  done
  assert [ ! -e out ]
  assert_equal "$(find . -path ./blocks -prune -o -name '*out*' -print)" ""
  run -0 emr-ipfs-put get "$cid" --store blocks --manifest m -o out
  cmp file out
}

@test "records: attachments are stored, the manifest opens for the archive key, local is gone" {
  a_day
  run -0 --separate-stderr put_day day.jsonl
  assert_equal "$stderr" ""
  assert_equal "${#lines[@]}" 2
  echo "${lines[0]}" > one
  jq -e '(has("local") | not) and .extra == "kept" and (.attachments.handles | length) == 2' one
  jq -e '(has("attachments") | not) and (has("unchanged") | not)' <<< "${lines[1]}"
  # R-052, R-075: neither names, nor paths, nor CIDs, nor keys outside the envelope.
  for word in 胸片 images b.txt "$canary" cidHex dicom; do
    refute grep -q "$word" one
  done
  # Whole heads of CIDs: three letters of them turn up in cipher text by chance.
  refute grep -qE 'f01(55|70)1220|baf(kre|ybe)i' one
  refute grep -rq "$canary" blocks
  jq -c .attachments.manifest one | emr-put-fixture open > manifest
  chmod 600 manifest
  assert_equal "$(jq -c '[.objects[] | [.id, .name, .kind, .size]]' manifest)" \
    '[["a1","胸片 a1.dcm","image",3000000],["a2","胸片 a2.dcm","image",'"$(stat -c %s his/b.txt)"']]'
  assert_equal "$(jq -r '.objects[].handle' manifest)" "$(jq -r '.attachments.handles[]' one)"
  run -2 emr-ipfs-put get --store blocks --manifest manifest # which of the two?
  run -2 emr-ipfs-put get --store blocks
  emr-ipfs-put get "$(jq -r '.objects[0].cidHex' manifest)" --store blocks --manifest manifest -o a
  emr-ipfs-put get "$(jq -r '.objects[1].cidHex' manifest)" --store blocks --manifest manifest -o b
  cmp a his/images/a.dcm
  cmp b his/b.txt
  # The same file for another record: other handles, other blocks.
  put_day day.jsonl | head -n 1 > twice
  refute grep -qF "$(jq -r '.attachments.handles[0]' one)" twice
}

@test "records: a missing attachment is 66 with its line, a wrong one 65, nothing of it is put" {
  a_day
  sed -n 2p day.jsonl > bad.jsonl
  sed -n 1p day.jsonl >> bad.jsonl
  rm his/b.txt
  run -66 --separate-stderr put_day bad.jsonl
  [[ $stderr == *"line 2"* ]] || fail "$stderr"
  [[ $stderr != *"b.txt"* ]]
  printf 'changed' > his/b.txt
  rm -r blocks
  run -65 --separate-stderr put_day bad.jsonl
  [[ $stderr == *"line 2"*"size"* ]] || fail "$stderr"
  jq -c '.local.attachments |= [.[1]] | .local.attachments[0].size = 7' day.jsonl 2> /dev/null |
    head -n 1 > wrong.jsonl
  run -65 --separate-stderr put_day --error-format json wrong.jsonl
  assert_equal "$(jq -r .pointer <<< "$stderr")" /local/attachments/0
  [[ $(jq -r .message <<< "$stderr") == *SHA-256* ]] || fail "$stderr"
}

@test "records: --on-error skip goes on, rejects name the line, exit 3" {
  a_day
  { echo "{\"type\":\"emr.sealed\",\"v\":1,\"broken $canary"; sed -n 1p day.jsonl
    echo '{"type":"emr.other","v":1}'; sed -n 2p day.jsonl; } > mixed.jsonl
  mv his/b.txt gone
  run -3 --separate-stderr put_day --on-error skip --rejects rejects mixed.jsonl
  assert_equal "${#lines[@]}" 1
  assert_equal "$(jq -c .line rejects | tr '\n' ' ')" "1 2 3 "
  [[ $stderr != *$canary* ]]
  refute grep -q "$canary" rejects
}

@test "records: no path leads out of the attachments root" {
  a_day
  echo secret > outside
  ln -s ../outside his/link
  ln -s .. his/up
  mkfifo his/pipe
  for path in ../outside /etc/passwd images/../../outside link up/outside ./b.txt images pipe \
    images//a.dcm ""; do
    jq -c --arg path "$path" '.local.attachments |= [.[0] | .path = $path]' <(head -n 1 day.jsonl) \
      > escape.jsonl
    run -65 --separate-stderr timeout 10 emr-ipfs-put --attachments-root his \
      --genesis genesis.json --store blocks escape.jsonl
    assert_equal "$output" ""
  done
  run ls blocks
  assert_output ""
}

@test "records: --dry-run writes the same records and nothing else" {
  a_day
  run -0 --separate-stderr emr-ipfs-put --dry-run --attachments-root his --genesis genesis.json \
    day.jsonl
  jq -e '.dry_run == true and (.attachments.handles | length) == 2' <<< "${lines[0]}"
  assert [ ! -e blocks ]
}

@test "kill -9 leaves no half block and no half output" {
  a_day
  (generate 60000000; sleep 2) |
    emr-ipfs-put put --store blocks --manifest m -o line - &
  pid=$!
  sleep 0.7
  kill -9 "$pid"
  wait || true
  assert [ ! -e m ]
  assert [ ! -e line ]
  # The blocks that were written last are whole, like all others.
  find blocks -type f -printf '%T@ %f\n' | sort -rn | head -n 3 | while read -r _ block; do
    assert_equal "$(emr-ipfs-put --only-hash "blocks/$block" | jq -r .cid)" "$block"
  done
}
