#!/usr/bin/env bats
# emr-desensitize from the shell: modes, exit codes, bad input, and that no message carries a value.

bats_require_minimum_version 1.5.0

setup() {
  load emr-desensitize
  desensitize_setup
}

@test "R-037: --explain names class, rule and technique of each field" {
  run -0 --separate-stderr emr-desensitize -p paper -k key --explain <<< "$record"
  with_key=$output
  run -0 --separate-stderr emr-desensitize -p paper --explain <<< "$record"
  assert_equal "$output" "$with_key" # an auditor has no key
  assert_line --partial '"field":"patient.name"'
  assert_line --partial '"rule":"paper-identifiers"'
  refute_output --partial "13800000000"
}

@test "R-019, R-036: the paper policy leaves no identifier" {
  run -0 --separate-stderr emr-desensitize -p paper -k key --verify <<< "$record"
  for value in 11010519491231002X 13800000000 1949-12-31 示例路 李医生 咳嗽 '"V1"' '"P1"'; do
    refute_output --partial "$value"
  done
  assert_output --partial '"name":"张某某"'
  assert_output --partial '"sex":"2"'
}

@test "keyed rules refuse to run without a key, with a short key, with an open key file" {
  run -77 --separate-stderr emr-desensitize -p paper <<< "$record"
  printf 'abc' > short && chmod 600 short
  run -77 --separate-stderr emr-desensitize -p paper -k short <<< "$record"
  chmod 644 key
  run -77 --separate-stderr emr-desensitize -p paper -k key <<< "$record"
  assert_output ""
}

@test "the same key gives the same output, another key another" {
  emr-desensitize -p gbt37964 --in json -k key <<< "$record" > one
  emr-desensitize -p gbt37964 --in json -k key <<< "$record" > two
  cmp one two
  head -c 32 /dev/urandom > other && chmod 600 other
  emr-desensitize -p gbt37964 --in json -k other <<< "$record" > three
  ! cmp -s one three
}

@test "R-042: --restore undoes encrypt, and only with the key" {
  cat > policy.json <<< '{"type":"emr.policy","v":1,"id":"e","unknown":"keep","rules":[{"class":"NAME","match":{"path":"name"},"technique":"encrypt"}]}'
  emr-desensitize -p policy.json -k key <<< '{"name":"张\"三","n":1.10}' > out
  ! grep -q 张 out
  run -0 emr-desensitize --restore -k key < out
  assert_output '{"name":"张\"三","n":1.10}'
  head -c 32 /dev/urandom > other && chmod 600 other
  run -77 emr-desensitize --restore -k other < out
}

@test "--jobs keeps the order and the bytes" {
  for i in $(seq 3000); do
    printf '{"i":%d,"note":"患者王建国，电话1380000%04d，%s"}\n' "$i" "$i" "$(printf 'x%.0s' $(seq 200))"
  done > in
  cat > policy.json <<< '{"type":"emr.policy","v":1,"id":"s","unknown":"scan","rules":[]}'
  emr-desensitize -p policy.json < in > one
  emr-desensitize -p policy.json --jobs 3 < in > three
  cmp one three
  [ "$(wc -l < one)" = 3000 ]
  ! grep -q 王建国 one
}

@test "--detect writes spans in code points and bytes" {
  run -0 emr-desensitize --detect <<< '{"id":7,"text":"患者王建国，电话13800000000"}'
  assert_output '{"id":7,"spans":[{"byte_start":6,"byte_stop":15,"start":2,"stop":5,"type":"NAME"},{"byte_start":24,"byte_stop":35,"start":8,"stop":19,"type":"PHONE"}]}'
}

@test "the audit line holds counts, hashes and no value" {
  emr-desensitize -p paper -k key --report audit.json <<< "$record" > out
  grep -q '"type":"emr.desensitization"' audit.json
  grep -q '"records":1' audit.json
  ! grep -q '张某某\|13800000000' audit.json
  [ "$(sed 's/.*"output":"\([0-9a-f]*\)".*/\1/' audit.json)" = "$(sha256sum < out | cut -d' ' -f1)" ]
}

@test "bad input: code 65, line and pointer, never a value" {
  canary=CANARY11010519491231002X
  for bad in "{\"a\":\"$canary" "{\"a\":\"$canary\"}x" "[\"$canary\",]" "{\"a\":$canary}"; do
    printf '{"ok":1}\n%s\n' "$bad" > in
    cat > policy.json <<< '{"type":"emr.policy","v":1,"id":"k","unknown":"keep","rules":[]}'
    run -65 --separate-stderr emr-desensitize --in json -p policy.json < in
    [[ $stderr == *"line 2"* ]]
    [[ $stderr != *CANARY* ]]
  done
  for bad in "${record/emr.record\",\"v\":1/emr.record\",\"v\":2}" "${record/\"localId\":\"P1\",/}" \
    "${record/\"start\":\"2026-11-22T01:15:00Z\"/\"start\":\"$canary\"}" \
    "${record/\"recordId\"/\"$canary\":1,\"recordId\"}" \
    "${record/\"patient\"/\"patient\":{},\"patient\"}"; do
    run -65 --separate-stderr emr-desensitize --in record -k key <<< "$bad"
    assert_output ""
    [[ $stderr != *CANARY* ]]
  done
}

@test "--on-error skip goes on, lists rejects and ends with 3" {
  cat > policy.json <<< '{"type":"emr.policy","v":1,"id":"k","unknown":"keep","rules":[]}'
  printf '{"a":1}\n{broken\n{"a":3}\n' > in
  run -3 --separate-stderr emr-desensitize --in json -p policy.json --on-error skip --rejects rej < in
  assert_output $'{"a":1}\n{"a":3}'
  grep -q '"line":2' rej
}

@test "policies: unknown members, techniques and presets are code 78" {
  for rules in '[{"match":{"path":"a"},"technique":"shred"}]' '[{"match":{"pth":"a"},"technique":"keep"}]' \
    '[{"match":{"path":"a"},"technique":"mask","args":{"frist":1}}]' '[{"technique":"keep"}]' '[7]' '{}'; do
    printf '{"type":"emr.policy","v":1,"id":"x","rules":%s}' "$rules" > p.json
    run -78 --separate-stderr emr-desensitize -p p.json <<< '{}'
  done
  run -66 --separate-stderr emr-desensitize -p no-such-preset <<< '{}'
}

@test "--strict refuses a field that the policy does not name" {
  cat > policy.json <<< '{"type":"emr.policy","v":1,"id":"k","rules":[{"match":{"path":"a"},"technique":"keep"}]}'
  run -0 emr-desensitize -p policy.json <<< '{"a":1,"b":2}'
  assert_output '{"a":1}'
  run -65 --separate-stderr emr-desensitize -p policy.json --strict <<< '{"a":1,"b":2}'
  [[ $stderr == *"/b"* ]]
}

@test "empty input is fine, a full disk and a missing file are not" {
  run -0 emr-desensitize --in json -k key -p strict < /dev/null
  run -74 --separate-stderr bash -c "emr-desensitize --in json -k key -p strict <<< '{\"sex\":1}' > /dev/full"
  run -66 --separate-stderr emr-desensitize --in json -k key no-such-file
}

@test "memory stays small and a 20 MB line is refused" {
  head -c 20000000 /dev/zero | tr '\0' a > long
  cat > policy.json <<< '{"type":"emr.policy","v":1,"id":"k","unknown":"keep","rules":[]}'
  run -65 --separate-stderr emr-desensitize --in json -p policy.json < <(printf '{"a":"'; cat long; printf '"}\n')
  [[ $stderr == *limit* ]]
}

@test "a record beyond the limit can be skipped; its neighbours come through (issue 4)" {
  echo '{"type":"emr.policy","v":1,"id":"t","unknown":"keep","rules":[]}' > policy.json
  head -c 17000000 /dev/zero | tr '\0' x > long
  { echo '{"a":1}'; printf '{"a":"'; cat long; printf '"}\n'; echo '{"a":3}'; } > in
  run -3 --separate-stderr emr-desensitize --in json -p policy.json --on-error skip --rejects rej < in
  [ "$output" = $'{"a":1}\n{"a":3}' ]
  [ "$(jq -c '[.line, .reason]' rej)" = '[2,"too_large"]' ]
  run -65 --separate-stderr emr-desensitize --in json -p policy.json < in
}

@test "--k 5 on data/kanon: every group has five, the hierarchies and few rows pay for it (issue 4)" {
  data=${EMR_SHARED:-$BATS_TEST_DIRNAME/../../../shared}/data/kanon
  [ -d "$data" ] || skip "no sample files beside the checkout"
  columns=(--quasi sex --quasi age --quasi race)
  for name in sex age race; do
    columns+=(--hierarchy "$name=$data/adult_hierarchy_$name.csv")
  done
  emr-desensitize --assess "${columns[@]:0:6}" "$data/adult_subset.csv" > before
  [ "$(jq .k before)" = 1 ]
  emr-desensitize --k 5 "${columns[@]}" "$data/adult_subset.csv" > enough.csv
  emr-desensitize --assess "${columns[@]:0:6}" enough.csv > after
  [ "$(jq '.k >= 5 and .rows > 2800' after)" = true ]
  awk -F';' 'NR > 1 { n[$1 FS $2 FS $3]++ } END { for (g in n) if (n[g] < 5) exit 1 }' enough.csv
}

@test "the lists: fifteen techniques with their GB/T 37964 terms, the presets" {
  run -0 emr-desensitize --list-techniques
  [ "${#lines[@]}" -ge 15 ]
  assert_line --partial '"name":"encrypt"'
  run -0 emr-desensitize --list-policies
  for preset in paper strict gbt37964 ws445 hipaa-safe-harbor; do
    assert_output --partial "\"id\":\"$preset\""
  done
}

@test "R-042: --restore with the policy undoes fpe, numbers and moved dates" {
  cat > policy.json <<< '{"type":"emr.policy","v":1,"id":"r","unknown":"keep","dates":{"maxShiftDays":365},"rules":[{"class":"ID_CARD","patient":1,"match":{"key":"id"},"technique":"fpe","args":{"kind":"id-card"}},{"class":"X","match":{"key":"n"},"technique":"encrypt"},{"class":"DATE","match":{"key":"d"},"technique":"date-shift"}]}'
  printf '{"id":"11010519491231002X","n":1.10,"d":"2025-03-05"}\n' > in.json
  printf 'id,n,d\n11010519491231002X,1.10,2025-03-05\n' > in.csv
  for kind in json csv; do
    emr-desensitize --in "$kind" -p policy.json -k key in.$kind > out
    ! grep -q '2025-03-05\|11010519491231002X' out
    run -0 emr-desensitize --in "$kind" --restore -p policy.json -k key out
    assert_output "$(cat in.$kind)"
  done
  run -2 --separate-stderr emr-desensitize --in dicom --restore -p policy.json -k key out
}

@test "record suppression and microaggregation are techniques (issue 4)" {
  run -0 emr-desensitize --list-techniques
  assert_line --partial '"gbt37964":"记录抑制'
  assert_line --partial '"gbt37964":"微聚集'
  cat > policy.json <<< '{"type":"emr.policy","v":1,"id":"s","unknown":"keep","rules":[{"class":"DIAGNOSIS","match":{"key":"dx"},"technique":"suppress-record","args":{"values":["B20*"]}}]}'
  printf '{"dx":"B20.1"}\n{"dx":"J18"}\n' > in
  run -0 emr-desensitize --in json -p policy.json --report audit.json in
  assert_output '{"dx":"J18"}'
  [ "$(jq -c '[.records, .suppressed]' audit.json)" = '[2,1]' ]
  printf 'sex;age\nm;1\nm;2\nm;30\nm;32\n' > t.csv
  run -0 --separate-stderr emr-desensitize --k 2 --quasi sex --quasi age --microaggregate age --report risk.json t.csv
  assert_output $'sex;age\nm;2\nm;2\nm;31\nm;31'
  [ "$(jq -c '[.k, .grade]' risk.json)" = '[2,2]' ]
  sed -i 's/;30/;x/' t.csv
  run -65 --separate-stderr emr-desensitize --k 2 --quasi sex --microaggregate age t.csv
  run -2 --separate-stderr emr-desensitize --assess --quasi sex --microaggregate age t.csv
  printf '{"type":"emr.policy","v":1,"id":"s","rules":[{"match":{"key":"a"},"technique":"microaggregate"}]}' > policy.json
  run -78 --separate-stderr emr-desensitize --in json -p policy.json in
}

@test "R-003, R-037: --classify names private, non-private and attachment fields, and the level" {
  run -0 --separate-stderr emr-desensitize -p paper -k key --classify <<< "${record/\"history\"/\"diagnosis\":[{\"code\":\"B20\"\}],\"history\"}"
  assert_line --partial '"field":"patient.sex","gbt37964":"标准化 standardisation","gbt39725":"个人属性数据","kind":"non-private"'
  assert_line --regexp '"field":"patient.phone".*"kind":"private"'
  assert_line '{"after":3,"before":5,"type":"emr.classification-level","v":1}'
  refute_output --partial 13800000000
}

@test "profiles by purpose: treatment keeps dates, public keeps no person, an unknown purpose is 78" {
  run -0 --separate-stderr emr-desensitize -p paper -k key --profile treatment --verify <<< "$record"
  assert_output --partial '"birthDate":"1949-12-31"'
  run -0 --separate-stderr emr-desensitize -p paper -k key --profile public --verify <<< "$record"
  refute_output --partial 张
  assert_output --partial '"birthDate":"1940s"'
  run -78 --separate-stderr emr-desensitize -p paper -k key --profile reserach <<< "$record"
}

@test "dicom-basic takes the options of PS3.15 by name; moved dates are real (issue 4)" {
  file=${EMR_SHARED:-$BATS_TEST_DIRNAME/../../../shared}/data/dicom/CT_small.dcm
  [ -f "$file" ] || skip "no sample files beside the checkout"
  emr-desensitize -k key -p dicom-basic+retain-uids+retain-modified-dates "$file" > out.dcm
  grep -qa 1.3.6.1.4.1.5962.1.2.1.20040119072730.12322 out.dcm
  grep -qa '113107' out.dcm
  ! grep -qa 20040119 <(sed 's/1.3.6.1.4.1.5962[0-9.]*//g' out.dcm)
  run -2 --separate-stderr emr-desensitize -k key -p dicom-basic+retain-all "$file"
  [[ $stderr == *retain-device* ]]
}

@test "R-076: --tree rewrites a folder; new names are the ones that the new DICOMDIR refers to" {
  data=${EMR_SHARED:-$BATS_TEST_DIRNAME/../../../shared}/data
  [ -d "$data/dicom" ] || skip "no sample files beside the checkout"
  mkdir -p in/77654033 in/文档
  cp "$data/dicom/DICOMDIR" in/DICOMDIR
  cp "$data/dicom/77654033_CR1_6154.dcm" in/77654033/CR1
  mv in/77654033/CR1 in/x && mkdir in/77654033/CR1 && mv in/x in/77654033/CR1/6154
  cp "$data/hl7v2/ADT-A01-01.hl7" in/文档/张三丰.hl7
  ln -s /etc/passwd in/link
  run -0 --separate-stderr emr-desensitize --tree -k key --output-dir out --report audit in
  [ "${#lines[@]}" = 3 ]
  refute_output --partial 张三丰
  refute_output --partial 6154
  new=$(jq -r 'select(.format == "dicom" and .file != "DICOMDIR").file' <<< "$output")
  [ -f "out/$new" ]
  for part in ${new//\// }; do
    [ "${#part}" = 8 ]
    grep -qa "$part" out/DICOMDIR
  done
  [ "$(find out -name '*.hl7' | wc -l)" = 1 ]
  [ "$(jq -s -c 'map(.format)' audit)" = '["dicom","hl7"]' ]
  # What was written, whatever the files are called: sha256sum FILES | cut -d' ' -f1 | sort.
  [ "$(jq -rs 'map(select(.format == "hl7").output)[]' audit)" = "$(jq -r 'select(.format == "hl7").file' \
    <<< "$output" | (cd out && xargs -d '\n' sha256sum) | cut -d' ' -f1 | sort | sha256sum | cut -d' ' -f1)" ]
  printf 'MSH' > in/bad.hl7
  run -65 --separate-stderr emr-desensitize --tree --in hl7 -k key --output-dir out2 in
  [[ $stderr != *bad* ]]
  cp "$data/dicom/SC_rgb_small_odd.dcm" in/x.dcm && rm in/bad.hl7
  run -3 --separate-stderr emr-desensitize --tree --on-error skip --rejects rej -k key --output-dir out3 in
  [ "$(jq -r .reason rej)" = pixels_need_review ]
  [ "$(find out3 -type f | wc -l)" = 3 ]
  run -77 --separate-stderr emr-desensitize --tree --output-dir out4 in
  run -2 --separate-stderr emr-desensitize --tree -k key --output-dir in/out in
  run -2 --separate-stderr emr-desensitize --tree -k key in
}

@test "--identities: dates of one person move alike in CSV by ID number and in HL7 by record number" {
  printf '11010519491231002X,MRN77\n' > people.csv
  printf 'idNo,start\n11010519491231002X,2025-03-05\n' > in.csv
  printf 'MSH|^~\\&|A|B|C|D|20250305||ADT^A01|1|P|2.5\rPID|1||MRN77||A^B\r' > in.hl7
  csv=$(emr-desensitize -p gbt37964 -k key --identities people.csv in.csv | tail -n 1 | sed 's/.*,//; s/-//g')
  emr-desensitize -k key --identities people.csv in.hl7 | tr '\r' '\n' | grep -q "|$csv|"
  printf 'a1,b1\nc1,b1\n' > people.csv
  run -65 --separate-stderr emr-desensitize -k key --identities people.csv in.hl7
  [[ $stderr != *b1* ]]
}

@test "DICOM: boxes are blanked in little and big endian, implicit, deflated and colour images" {
  data=${EMR_SHARED:-$BATS_TEST_DIRNAME/../../../shared}/data/dicom
  [ -d "$data" ] || skip "no sample files beside the checkout"
  for name in MR_small MR_small_bigendian MR_small_implicit image_dfl SC_rgb_small_odd; do
    emr-desensitize -k key --allow-pixels "$data/$name.dcm" > whole
    emr-desensitize -k key --blank 0,0,9999,9999 "$data/$name.dcm" > blank
    run -0 bash -c "cmp -l whole blank 2> /dev/null | wc -l"
    [ "$output" -gt 20 ]
  done
  run -65 --separate-stderr emr-desensitize -k key --blank 0,0,9,9 "$data/JPEG2000.dcm"
  [[ $stderr == *"(7fe0,0010)"* ]]
  run -2 --separate-stderr emr-desensitize -k key --blank 0,0,9 "$data/MR_small.dcm"
  run -2 --separate-stderr emr-desensitize -k key --blank 0,0,9,-9 "$data/MR_small.dcm"
  run -2 --separate-stderr emr-desensitize -k key --blank 'a]]}' "$data/MR_small.dcm"
}

@test "a JSON array of any size: its elements are records, and only they are held in memory" {
  jq -cn '[range(8) | {idNo: "11010519491231002X", visitDate: "2025-03-0\(. + 1)", note: ("x" * 1000)}]' > small
  run -0 emr-desensitize --in json -p strict -k key small
  assert_equal "$(jq length <<< "$output")" 8
  # The same as one a line, with the same brackets and commas around.
  assert_equal "$(jq -c '.[]' <<< "$output")" "$(jq -c '.[]' small | emr-desensitize --in json -p strict -k key)"
  awk 'BEGIN { printf "["; for (i = 0; i < 40000; ++i) { if (i) printf ",\n "
    printf "{\"idNo\":\"11010519491231002X\",\"note\":\"%0500d\"}", 0 } print "]" }' > large
  [ "$(stat -c %s large)" -gt 20000000 ]
  bash -c "$(memory_limit 300000); emr-desensitize --in json -p strict -k key --jobs 2 \
    --report audit.json large > out"
  assert_equal "$(jq .records audit.json)" 40000
  assert_equal "$(jq length out)" 40000
  # A bad element is one rejected record, named by its place.
  run -3 --separate-stderr emr-desensitize --in json -p strict -k key --on-error skip --rejects rej \
    <<< '[{"note":"a"},{"note":1e},{"note":"b"}]'
  assert_equal "$(jq -c length <<< "$output")" 2
  [[ $(jq -r .pointer rej) == /1* ]]
  run -65 --separate-stderr emr-desensitize --in json -p strict -k key <<< '[{"note":"a"},'
  [[ $stderr == *"not closed"* ]]
  run -1 emr-desensitize --check --in json <<< '[{"a":1},{"b":"身份证11010519491231002X"}]'
  assert_equal "$(jq -r .pointer <<< "$output")" /1/b
}
