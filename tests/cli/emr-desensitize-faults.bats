#!/usr/bin/env bats
# emr-desensitize when single rows, records and files are bad: what is skipped, what is named, what
# is kept, and what comes out when the input is slow.

bats_require_minimum_version 1.5.0

setup() {
  load ../tool
  tool_setup
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' > key
  chmod 600 key
  printf '%s' '{"map":"emr.csvmap/1","tz":"+08:00","key":["ORG","VISIT"],"docType":"C0002","fields":{"/org/id":"ORG","/visit/id":"VISIT","/visit/type":{"const":"1"},"/visit/start":{"col":"START","time":["%Y%m%d%H%M%S"]},"/patient/localId":"PATIENT","/history/chiefComplaint":"TEXT","/author/doctorId":{"const":"D1"},"/patient/name":"NAME","/visit/dept":"DEPT"}}' > map.json
  mapped=(emr-desensitize --in csv --map map.json -p paper -k key)
}

# table ROWS [BAD [TEXT]]: a table whose rows have a line break in a cell; row BAD is as TEXT says
table() {
  local i
  echo ORG,VISIT,PATIENT,START,DEPT,NAME,TEXT
  for i in $(seq "$1"); do
    if [ "$i" = "${2:-}" ]; then
      echo "$3"
    else
      printf 'O1,V%d,P%d,20261122091500,,张某某,"a\nb"\n' "$i" "$i"
    fi
  done
}

@test "mapped CSV names the line on which the bad row stands, whatever refuses it" {
  table 8 5 "O1,V5,P5,20261122091500,$(printf 'x%.0s' {1..300}),张某某,x" > in.csv
  # Rows 1 to 4 take the lines 2 to 9. The mapper takes row 5, the writer of records refuses it.
  run -65 --separate-stderr "${mapped[@]}" in.csv
  [[ $stderr == *"line 10: /visit/dept: "* ]]
  run -3 --separate-stderr "${mapped[@]}" --on-error skip --rejects rej in.csv
  [ "${#lines[@]}" = 7 ]
  [ "$(jq -c '[.line, .pointer]' rej)" = '[10,"/visit/dept"]' ]
}

@test "mapped CSV that stops has written every row before the bad one" {
  for bad in 'O1,V65,P65,tomorrow,,张某某,x' 'O1,V65,P65,20261122091500,,"张"某,x' 'O1,V65,P65,20261122091500,,"张'; do
    for jobs in 1 3; do
      table 90 65 "$bad" > in.csv
      run -65 --separate-stderr "${mapped[@]}" --jobs "$jobs" in.csv
      [ "${#lines[@]}" = 64 ]
      [[ $stderr == *"line 130: "* ]]
    done
  done
}

@test "text behind a closing quote is one bad row of a table" {
  table 5 3 'O1,V3,P3,20261122091500,,"张"某,x' > in.csv
  run -3 --separate-stderr "${mapped[@]}" --on-error skip --rejects rej in.csv
  [ "${#lines[@]}" = 4 ]
  [ "$(jq -c '[.line, .reason]' rej)" = '[6,"csv_quote"]' ]
  printf 'a,b\n"1"x,2\n3,4\n' > plain.csv
  run -3 --separate-stderr emr-desensitize --in csv -p strict -k key --on-error skip --rejects rej plain.csv
  [ "$(jq -c '[.line, .reason]' rej)" = '[2,"csv_quote"]' ]
}

@test "a missing attachment is one bad record; a root that is missing ends the run" {
  load ../pipeline/consortium
  net=. consortium_found . emr-faults
  record='{"type":"emr.record","v":1,"recordId":"h:1:C0002","version":1,"docType":{"code":"C0002"},"confidentiality":"N","org":{"id":"123301004701234567"},"patient":{"localId":"P1","name":"张某某","sex":"2"},"visit":{"id":"V1","type":"1","start":"2026-11-22T01:15:00Z"},"author":{"doctorId":"D1","name":"李医生"},"recorded":"2026-11-22T01:40:00Z","attachments":[{"id":"a1","kind":"pdf","mimeType":"application/pdf","path":"FILE"}]}'
  for file in a.pdf 张某某.pdf a.pdf; do echo "${record/FILE/$file}"; done > in
  mkdir files && echo x > files/a.pdf
  sealing=(emr-desensitize --in record -p paper --seal-to founding/genesis.json --institution hosp-a --institution-key hosp-a/institution/tag.key --linkage-key hosp-a/institution/linkage.key)
  run -66 --separate-stderr "${sealing[@]}" --attachments-root files in
  [[ $stderr == *"line 2: /attachments/0/path: "* && $stderr != *张* ]]
  run -3 --separate-stderr "${sealing[@]}" --attachments-root files --on-error skip --rejects rej in
  [ "${#lines[@]}" = 2 ]
  [ "$(jq -c '[.line, .pointer, .reason]' rej)" = '[2,"/attachments/0/path","attachment"]' ]
  run -66 --separate-stderr "${sealing[@]}" --attachments-root no-files --on-error skip in
}

@test "--tree --on-error skip goes on behind what cannot be read, and numbers tell what it was" {
  mkdir -p in/closed in/ward
  printf 'a,b\n1,2\n' | tee in/Ward.txt in/ward.txt in/ward/x.csv in/ward.csv > in/张.ndjson
  printf '{"a":1}\n' | tee in/张.ndjson > in/bad.Wang
  printf 'a,b\n1,2\n3,4\n"1"x,2\n' > in/y.csv
  : > in/empty
  ln -s /etc/passwd in/link
  mkfifo in/pipe
  chmod 000 in/closed in/ward.csv
  tree=(emr-desensitize --tree -k key --output-dir out -p strict)
  run -3 --separate-stderr "${tree[@]}" --on-error skip --rejects rej in
  chmod 700 in/closed in/ward.csv
  (cd in && find . -mindepth 1 | LC_ALL=C sort) > list
  name() { sed -n "${1}p" list; }
  told() { for n in "$@"; do name "$n"; done | tr '\n' ' '; }
  # Root reads every folder and file.
  denied='./closed ./ward.csv '
  [ "$(id -u)" != 0 ] || denied=
  # shellcheck disable=SC2046
  assert_equal "$(told $(jq 'select(.code == 66).entry' rej))" "$denied"
  assert_equal "$(name "$(jq 'select(.reason == "same_name").entry' rej)")" ./ward.txt
  assert_equal "$(name "$(jq 'select(.reason == "csv_quote").entry' rej)")" ./y.csv
  for what in "symbolic link" "empty file" "special file"; do
    grep "passed over: 1 $what, entry" <<< "$stderr"
  done > passed
  # shellcheck disable=SC2046
  assert_equal "$(told $(sed 's/.*entry //' passed))" './link ./empty ./pipe '
  # One number for each bad entry, one hint for all.
  [[ $stderr == *"error: entry "*", line "*": "*"error: "*" entries were skipped"*"hint: entries are numbered"* ]]
  [[ $stderr != *"lines were skipped"* && $stderr != *": line "* ]]
  assert_equal "$(grep -c 'error: entry ' <<< "$stderr")" "$(wc -l < rej)"
  assert_equal "$(grep -c 'entries are numbered as' <<< "$stderr")" 2
  # shellcheck disable=SC2046
  assert_equal "$(told $(jq 'select(.format == "json").entry' <<< "$output"))" './bad.Wang ./张.ndjson '
  assert_equal "$(find out -name '*.ndjson' | wc -l)" 1
  [[ $output$stderr$(< rej) != *[Ww]ang* && $output$stderr$(< rej) != *张* ]]
  chmod 000 in/y.csv
  run --separate-stderr "${tree[@]}" in
  [[ $status = 6[56] && $stderr == *"entry "*"find . -mindepth 1 | LC_ALL=C sort"* ]]
}

@test "a record of a slow input is answered before the next one comes" {
  echo '{"type":"emr.policy","v":1,"id":"k","unknown":"keep","rules":[]}' > policy.json
  # The second line is sent only when the first one is answered.
  ask() {
    rm -f answers
    mkfifo question
    "$@" < question > answers &
    exec 5> question
    rm question
    for n in 1 2 3; do
      eval "$line" >&5
      for _ in {1..600}; do
        [ "$(wc -l < answers)" -lt $((n + head)) ] || break
        sleep 0.05
      done
      [ "$(wc -l < answers)" = $((n + head)) ]
    done
    exec 5>&-
    wait $!
  }
  line='echo "{\"id\":$n,\"text\":\"x\"}"' head=0
  ask emr-desensitize --in json -p policy.json
  ask emr-desensitize --in json -p policy.json --jobs 3
  ask emr-desensitize --detect
  line='[ $n = 1 ] && echo a,b; echo "$n,x"' head=1
  ask emr-desensitize --in csv -p policy.json
  line='[ $n = 1 ] && table 0; echo "O1,V$n,P$n,20261122091500,,张某某,x"' head=0
  ask "${mapped[@]}"
}

@test "the key of another program is refused, and no variable of another tool names one" {
  echo passphrase > pass
  emr-sign create --light -k keystore.json --passphrase-file pass > /dev/null
  openssl ecparam -name prime256v1 -genkey -noout > pem.key 2> /dev/null
  for other in keystore.json pem.key; do
    run -77 --separate-stderr emr-desensitize --in json -p paper -k "$other" <<< '{"a":1}'
    [[ $output == "" && $stderr == *"hint: the pseudonyms have a key of their own"* ]]
    run -77 --separate-stderr emr-desensitize --in json -p paper --key-fd 3 3< "$other" <<< '{"a":1}'
  done
  EMR_KEY_FILE=canary run -78 --separate-stderr emr-desensitize --in json -p paper <<< '{"a":1}'
  [[ $stderr == *"EMR_KEY_FILE: no option is set by this variable"*"hint: its name is EMR_DESENSITIZE_KEY_FILE"* ]]
  [[ $stderr != *canary* ]]
  EMR_DESENSITIZE_KEY_FILE=key run -0 --separate-stderr emr-desensitize --in json -p paper <<< '{"a":1}'
  # Text that begins like a keystore is a key as good as any other bytes.
  { printf '{'; head -c 40 key; printf '\001'; } > odd.key && chmod 600 odd.key
  run -0 --separate-stderr emr-desensitize --in json -p paper -k odd.key <<< '{"a":1}'
}

@test "filters and policies of one tool never come from a variable of another" {
  for tool in emr-query emr-sign emr-tx emr-grant emr-ipfs-put emr-pbft-node emr-desensitize; do
    "$tool" --generate man | sed -n 's/^\.Pq Ev EMR_/EMR_/p' | sort -u | sed "s/^/$tool /"
  done > names
  own=$(awk '{ tools[$2] = tools[$2] " " $1; n[$2]++ } END { for (v in n) if (n[v] > 1) print v }' names | sort | xargs)
  assert_equal "$own" "EMR_COLOR EMR_CONFIG EMR_ERROR_FORMAT EMR_GENESIS EMR_IPFS_API EMR_NODE EMR_ON_ERROR EMR_PROGRESS EMR_QUIET EMR_SESSION EMR_TIMEOUT EMR_VERBOSE"
}

@test "strict keeps what makes FHIR, HL7 and CDA readable, and says where another policy is at home" {
  fhir='{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p1","name":[{"family":"Wang"}]}}]}'
  run -0 --separate-stderr emr-desensitize --in fhir -p strict -k key <<< "$fhir"
  assert_equal "$(jq -c '[.resourceType, .type, .entry[0].resource.resourceType]' <<< "$output")" '["Bundle","collection","Patient"]'
  [[ $output != *Wang* && -z $stderr ]]
  printf 'MSH|^~\\&|A|B|C|D|20250305||ADT^A01|1|P|2.5\rEVN|A01|20250305\rPID|1||MRN77||Wang^Jian\rOBX|1|NM|8480-6||120\r' > m.hl7
  run -0 --separate-stderr bash -c "emr-desensitize -p strict -k key m.hl7 | tr '\r' '\n'"
  assert_equal "${lines[0]}" 'MSH|^~\&|||||||ADT^A01||P|2.5'
  assert_equal "${lines[3]}" 'OBX||NM|||'
  [[ $output != *Wang* && $output != *MRN77* && $stderr == *"hl7v2 is made for this format"* ]]
  run -0 --separate-stderr emr-desensitize --in cda -p strict -k key \
    <<< '<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id extension="7"/></ClinicalDocument>'
  assert_output --partial '<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id/>'
  # The key of the same name in plain JSON is a field like any other.
  run -0 --separate-stderr emr-desensitize --in json -p strict -k key <<< '{"resourceType":"x"}'
  assert_output '{}'
  assert_equal "$stderr" ""
}

@test "a PDF, RTF, an archive or a coded mail is refused by its name, in every format" {
  printf '%%PDF-1.4\ncanary 13800138000' > pdf
  printf '{\\rtf1\\ansi canary}' > rtf
  printf '%%!PS-Adobe-3.0\ncanary' > ps
  printf 'Subject: canary\nContent-Transfer-Encoding: base64\n\nY2FuYXJ5\n' > mail
  declare -A name=([pdf]="a PDF" [rtf]="RTF" [ps]="PostScript" [mail]="a mail in a transfer encoding")
  for file in pdf rtf ps mail; do
    for mode in "--in auto" "--in text" "--in json" "--in csv" --check; do
      # shellcheck disable=SC2086
      run -65 --separate-stderr emr-desensitize $mode -k key "$file"
      [[ $output == "" && $stderr == *"this is ${name[$file]}, which is not read"*"hint: "* ]]
      [[ $stderr != *canary* ]]
    done
  done
}

@test "JSON in GBK or UTF-16 is read by --charset, JSON with a byte order mark is JSON" {
  record='{"name":"张丰{伟","mrn":"A-1","note":"电话13800138000"}'
  printf '%s\n' "$record" > utf8 && printf '[%s,\n%s]' "$record" "$record" > array
  run -0 --separate-stderr emr-desensitize -p ws445 -k key utf8
  expected=$output
  [[ $expected == *'"name":"张某某","mrn":"tk:'*'"note":"电话['* ]]
  printf '\xef\xbb\xbf' | cat - utf8 > marked
  run -0 --separate-stderr emr-desensitize -p ws445 -k key marked
  assert_equal "$output" "$expected"
  for charset in gb18030 gbk utf-16; do
    iconv -f utf-8 -t "$charset" utf8 > coded
    run -0 --separate-stderr emr-desensitize -p ws445 -k key --charset "$charset" --verify coded
    assert_equal "$output" "$expected"
    run -1 --separate-stderr emr-desensitize --check --charset "$charset" coded
    assert_equal "$(jq -r .pointer <<< "$output" | xargs)" "/name /note"
    iconv -f utf-8 -t "$charset" array > in.array
    run -0 --separate-stderr emr-desensitize -p ws445 -k key --charset "$charset" in.array
    assert_equal "$(jq -c '.[1]' <<< "$output")" "$expected"
  done
  mkdir in && iconv -f utf-8 -t gbk utf8 > in/a.json
  run -0 --separate-stderr emr-desensitize --tree -p ws445 -k key --charset gbk --output-dir out in
  assert_equal "$(cat "out/$(jq -r .file <<< "$output")")" "$expected"
  # A bad byte spoils its own record, and the hint says what is missing.
  run -65 --separate-stderr emr-desensitize -p ws445 -k key in/a.json
  [[ $stderr == *"line 1: /name: "*"not UTF-8"*"hint: name its character set, e.g. --charset gb18030"* ]]
  { cat in/a.json && printf '{"note":"\xff"}\n' && cat in/a.json; } > bad
  run -3 --separate-stderr emr-desensitize -p ws445 -k key --charset gbk --on-error skip bad
  assert_equal "$output" "$expected"$'\n'"$expected"
}

@test "messages say what to do: a policy, a folder, a broken table" {
  run -66 --separate-stderr emr-desensitize -p nosuch <<< '{}'
  [[ $stderr == *"hint: a policy is a file or one of the presets: paper, strict"* ]]
  mkdir folder
  run -66 --separate-stderr emr-desensitize -k key folder
  [[ $stderr == *"folder: the input is a folder"*"hint: --tree --output-dir DIR"* ]]
  printf 'name,b\n1\n' > broken.csv
  run -0 --separate-stderr emr-desensitize -k key -p ws445 broken.csv
  [[ $stderr == *"is read as plain text"*"--in names another format"* ]]
  run -0 --separate-stderr emr-desensitize -k key -p ws445 --in text broken.csv
  assert_equal "$stderr" ""
}

@test "tags hide no number from --check and the run, in HTML and CDA" {
  echo '<ClinicalDocument xmlns="urn:hl7-org:v3"><text>电话138<content>0013</content>8000，无</text></ClinicalDocument>' > cda
  echo '{"note":"<p>电话138<b>0013</b>8000</p>"}' > json
  for file in cda json; do
    run -1 --separate-stderr emr-desensitize --check "$file"
    assert_equal "$(jq -c .finds <<< "$output")" '{"PHONE":1}'
  done
  run -0 --separate-stderr emr-desensitize -k key --verify cda
  assert_output --partial '<text>电话[PHONE]<content></content>，无</text>'
  run -0 --separate-stderr emr-desensitize -k key -p ws445 --verify json
  assert_output '{"note":"<p>电话[PHONE]<b></b></p>"}'
}

@test "options of a format are a JSON object, and of a format that has some" {
  run -2 --separate-stderr emr-desensitize --in json -p strict -k key --format-options '{bad' <<< '{}'
  run -2 --separate-stderr emr-desensitize --in json -p strict -k key --format-options '{}' <<< '{}'
  run -2 --separate-stderr emr-desensitize --in dicom -k key --format-options '{bad' <<< '{}'
  run -2 --separate-stderr emr-desensitize --in text --check --blank 0,0,1,1 <<< 'x'
}

@test "files are 0600; what kill -9 leaves is gone after the next run" {
  umask 022
  echo '{"type":"emr.policy","v":1,"id":"k","unknown":"keep","rules":[]}' > policy.json
  mkfifo pipe
  emr-desensitize --in json -p policy.json -o out.json pipe &
  pid=$!
  exec 5> pipe
  echo '{"a":1}' >&5
  for _ in {1..600}; do
    [ -z "$(find . -name '.emr-*' -size +0)" ] || break
    sleep 0.05
  done
  # A second run beside it leaves the first one's file alone.
  emr-desensitize --in json -p policy.json -o other.json <<< '{"a":2}'
  [ "$(find . -name '.emr-*' | wc -l)" = 1 ]
  kill -9 "$pid"
  wait "$pid" || true
  exec 5>&-
  [ "$(find . -name '.emr-*' | wc -l)" = 1 ]
  emr-desensitize --in json -p policy.json -o out.json <<< '{"a":1}'
  [ "$(find . -name '.emr-*' | wc -l)" = 0 ]
  mkdir in && echo '{"a":1}' > in/a.json
  # Files of a person stay, also as input and output.
  cp in/a.json .emr-backup && cp in/a.json .emr-notes1 && ln .emr-notes1 .emr-unfinished-0123456789abcdef
  emr-desensitize --in json -p policy.json -o .emr-link01 .emr-backup
  emr-desensitize --in json -p policy.json -o out.json .emr-link01
  assert_equal "$(find . -name '.emr-*' | wc -l)" 4
  emr-desensitize --tree -k key -p policy.json --output-dir tree in > list
  assert_equal "$(stat -c %a out.json "tree/$(jq -r .file list)" | sort -u)" 600
}

@test "--check knows an age over 89 that we have written, as a label and as a band" {
  local note='seen today, a 94-year-old man and a 91 yo woman'
  emr-desensitize --in text -p fhir-r4 -k key <<< "$note" > label
  emr-desensitize --in text -p hipaa-safe-harbor <<< "$note" > band
  for file in label band; do
    run -0 emr-desensitize --in text --check "$file"
    run -1 --separate-stderr emr-desensitize --in text --check <<< "$note"
  done
  run -0 emr-desensitize --in text -p hipaa-safe-harbor < band
  [ "$output" = "$(cat band)" ]
}

@test "a Bundle that the run takes is taken by --check and --restore, too" {
  {
    printf '{"resourceType":"Bundle","type":"collection","entry":['
    yes '{"resource":{"resourceType":"Basic","code":{"text":"haemoglobin in the blood"}}},' | head -n 220000
    printf '{"resource":{"resourceType":"Basic","id":"1","note":[{"text":"call 13800138000"}]}}]}'
  } > big.json
  [ "$(stat -c %s big.json)" -gt $((17 << 20)) ]
  run -1 emr-desensitize --in fhir --check big.json
  assert_equal "$(jq -r '.pointer + " " + (.finds | keys[0])' <<< "$output")" "/entry/220000/resource/note/0/text PHONE"
  emr-desensitize --in fhir --restore -k key big.json | cmp - big.json
  # --verify looks at it in pieces: as one text it took 1.2 GB.
  run -0 bash -c "$(memory_limit 800000); emr-desensitize --in fhir -k key --verify big.json > /dev/null"
}

@test "what is too large for one piece says the limit and what to do in its format" {
  big() { head -c 17M /dev/zero | tr '\0' x; }
  { printf 'MSH|^~\\&|A|B|C|D|20250305||ORU^R01|1|P|2.5\rOBX|1|TX|a||'; big; } > in.hl7
  run -65 --separate-stderr emr-desensitize -k key in.hl7
  [[ $stderr == *"limit of 16 MiB"*"a message is held in memory"* ]]
  { printf 'a,b\n1,"'; big; } > in.csv
  run -65 --separate-stderr emr-desensitize -k key --in csv -p strict in.csv
  [[ $stderr == *"limit of 16 MiB"*"quote"* ]]
  { printf '{"resourceType":"Bundle","a":["'; for _ in $(seq 16); do big; done; printf '"]}'; } > in.json
  run -65 --separate-stderr emr-desensitize -k key in.json
  [[ $stderr == *"limit of 256 MiB"*NDJSON* ]]
}
