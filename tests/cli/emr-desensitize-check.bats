#!/usr/bin/env bats
# What --check and --verify of emr-desensitize promise, in every format.

bats_require_minimum_version 1.5.0

setup() {
  load emr-desensitize
  desensitize_setup
}

@test "--check finds, says where and not what; --check of clean text is 0" {
  run -1 --separate-stderr emr-desensitize --check --in json <<< '{"a":{"b":"身份证11010519491231002X"}}'
  assert_output --partial '"pointer":"/a/b"'
  assert_output --partial '"ID_CARD":1'
  refute_output --partial 11010519491231002X
  run -0 emr-desensitize --check --in json <<< '{"a":"黄疸，王氏征阴性，马尾神经"}'
  assert_output ""
}

@test "--check looks at the names of members, as --verify does" {
  run -1 --separate-stderr emr-desensitize --check --in json <<< '{"a":[{"13800138000":{"x":1}}]}'
  [[ $output == *'"pointer":"/a/0"'* && $output$stderr != *13800138000* ]]
}

@test "--check and --verify read every format as it is written: GB18030, HL7 escapes, DICOM" {
  printf 'n,t\n\xd5\xc5\xc8\xfd,13800000000\n' > gb.csv
  run -1 --separate-stderr emr-desensitize --check --in csv gb.csv
  assert_output '{"finds":{"PHONE":1},"line":2,"pointer":"t","type":"emr.finding","v":1}'
  printf 'MSH|^~\\&|A|B|C|D|20250305||ADT^A01|1|P|2.5\rNTE|1||1380\\X30\\000000\r' > in.hl7
  run -1 --separate-stderr emr-desensitize --check in.hl7
  assert_line --partial '"pointer":"NTE-3.1"'
  echo '{"type":"emr.policy","v":1,"id":"k","unknown":"keep","rules":[{"class":"NAME","match":{"dicom":"0010,0010"},"technique":"keep"}]}' > policy.json
  file=${EMR_SHARED:-$BATS_TEST_DIRNAME/../../../shared}/data/dicom/CT_small.dcm
  [ -f "$file" ] || skip "no sample files beside the checkout"
  run -1 --separate-stderr emr-desensitize -p policy.json --verify "$file"
  [[ $stderr == *"(0010,0010)"* ]]
  run -0 --separate-stderr bash -c "emr-desensitize -k key --verify '$file' | wc -c"
  run -1 --separate-stderr emr-desensitize --check "$file"
  assert_line --partial '"pointer":"(0010,0010)"'
}

@test "--verify: every sample is clean once it is de-identified; a word of a code is no name" {
  data=${EMR_SHARED:-$BATS_TEST_DIRNAME/../../../shared}/data
  [ -d "$data" ] || skip "no sample files beside the checkout"
  # One key for ever: one in two hundred moves some date of a sample onto the birthday, and such a
  # record is refused.
  printf '07%.0s' {1..32} > fixed && chmod 600 fixed
  for file in "$data"/hl7v2/*.hl7 "$data"/cda/*.xml "$data"/fhir/*; do
    emr-desensitize -k fixed --verify "$file" > out || fail "$file"
  done
  # The doctor is called Primary: his name goes, the display of a code stays and is no residue. A
  # whole name in such a place still is one.
  cda='<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><id extension="7" root="1.2"/><patient><name><given>Pat</given><family>Primary</family></name></patient></patientRole></recordTarget><documentationOf><serviceEvent><performer><functionCode code="PCP" displayName="Primary Care Provider"/></performer></serviceEvent></documentationOf></ClinicalDocument>'
  run -0 --separate-stderr emr-desensitize --in cda -k key --verify <<< "$cda"
  assert_output --partial 'displayName="Primary Care Provider"'
  refute_output --partial '>Primary<'
}

@test "--verify: a patient called NAME is not found in our labels, nor a short name in pixels" {
  # hl7apy's tests have the patient SURNAME^NAME; a label that is written says [NAME].
  printf 'MSH|^~\\&|A|B|C|D|20250305||ORU^R01|1|P|2.5\rPID|1||7||SURNAME^NAME\rNTE|1||seen by Zebulon Quartermain\r' > in.hl7
  run -0 --separate-stderr emr-desensitize -k key --verify in.hl7
  assert_output --partial 'seen by [NAME]'
  # Explicit little endian: (0010,0010) PN and (7FE0,0010) OW with the bytes of the name.
  {
    head -c 128 /dev/zero
    printf 'DICM\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0'
    printf '\x10\0\x10\0PN\x04\0abcd'
    printf '\xe0\x7f\x10\0OW\0\0\x0a\0\0\0\xff\x01 abcd \xfe\x02'
  } > in.dcm
  run -0 --separate-stderr emr-desensitize -k key --allow-pixels --verify -o out.dcm in.dcm
}

@test "--check takes no object identifier for a phone number, and still finds one beside it" {
  # The naming systems of FHIR's examples.
  echo '{"resourceType":"NamingSystem","uniqueId":[{"value":"2.16.840.1.113883.4.6"},{"value":"urn:oid:1.2.840.10008.6.1.19"}]}' > in.ndjson
  run -0 --separate-stderr emr-desensitize --in fhir --check in.ndjson
  sed -i 's/4.6"}/4.6"},{"value":"138.0013.8000"}/' in.ndjson
  run -1 --separate-stderr emr-desensitize --in fhir --check in.ndjson
  assert_output --partial '"pointer":"/uniqueId/1/value"'
}

@test "--verify: an identifier that repeats its system is nobody's" {
  # As in the AuditEvent examples of FHIR.
  echo '{"resourceType":"AuditEvent","agent":[{"who":{"identifier":{"system":"urn:oid:2.16.840.1.113883.4.2","value":"2.16.840.1.113883.4.2"}}}]}' > in.ndjson
  run -0 --separate-stderr emr-desensitize -k key --in fhir --verify in.ndjson
  sed -i 's/113883.4.2"}/113883.4.2"},"altId":"2.16.840.1.113883.4.2"/' in.ndjson
  run -0 --separate-stderr emr-desensitize -k key --in fhir --verify in.ndjson
  refute_output --partial '"altId":"2.16'
}

@test "--check -p finds nothing in what the same policy has written, and still finds what it has not" {
  data=${EMR_SHARED:-$BATS_TEST_DIRNAME/../../../shared}/data
  for format in hl7:hl7v2 cda:cda fhir:fhir-r4 dicom:dicom-basic; do
    for policy in "${format#*:}" strict ws445 gbt37964 hipaa-safe-harbor; do
      for file in "$data/${format%:*}"*/*; do
        [[ -e $file && $file != *.json ]] || continue # large Bundles take long
        options=(--in "${format%:*}" -p "$policy" --allow-pixels)
        emr-desensitize "${options[@]}" -k key "$file" > out
        emr-desensitize --check "${options[@]}" out || fail "$file under $policy"
      done
    done
  done
  # A message without a policy is looked at with its own; a table and a text with none.
  oru=$'MSH|^~\\&|A|B|C|D|20250305||ORU^R01|1|P|2.5\rOBX|1|NM|2571-8^Triglycerides^LN||5\r'
  run -0 emr-desensitize --check --in hl7 <<< "$oru"
  run -1 emr-desensitize --check --in hl7 <<< "${oru}PID|1||7||Quartermain^Zebulon|||M"
  run -0 emr-desensitize --check --in json -p gbt37964 <<< '{"visit":{"start":"2025-03-05"},"note":"[NAME]于2025-03-05入院"}'
  run -1 emr-desensitize --check --in json <<< '{"visit":{"start":"2025-03-05"}}'
  run -1 emr-desensitize --check --in json -p gbt37964 <<< '{"visit":{"start":"患者张伟"}}'
}

@test "--explain tells what the CDA reader itself keeps: templates and typed numbers" {
  run -0 --separate-stderr emr-desensitize --in cda -k key --explain <<< '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/><value xsi:type="PQ" value="20101212" unit="mg"/></ClinicalDocument>'
  rules=$(jq -r '[.field, .rule, .technique] | join(" ")' <<< "$output")
  [[ $rules == *'ClinicalDocument.templateId.@root cda-template keep'* ]]
  [[ $rules == *'ClinicalDocument.templateId.@extension cda-template keep'* ]]
  [[ $rules == *'ClinicalDocument.value.@value cda-typed-number keep'* ]]
}

@test "--check knows a conditional reference whose number is ours, and finds one whose is not" {
  echo '{"resourceType":"Claim","patient":{"reference":"Patient?identifier=urn:oid:2.16.156.10011.1.3|11010519491231002X"},"use":"claim"}' > in.ndjson
  run -1 --separate-stderr emr-desensitize --check in.ndjson
  assert_output --partial '"pointer":"/patient/reference"'
  for policy in fhir-r4 hipaa-safe-harbor; do
    emr-desensitize -p "$policy" -k key --verify in.ndjson > out.ndjson
    run -0 --separate-stderr emr-desensitize -p "$policy" --check out.ndjson
  done
  sed 's/Patient?/13800138000?/' out.ndjson > bad.ndjson
  run -1 --separate-stderr emr-desensitize -p fhir-r4 --check bad.ndjson
}
