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

@test "mapped CSV names the line on which the bad row stands, whatever refuses it (reviewer 10)" {
  table 8 5 "O1,V5,P5,20261122091500,$(printf 'x%.0s' {1..300}),张某某,x" > in.csv
  # Rows 1 to 4 take the lines 2 to 9. The mapper takes row 5, the writer of records refuses it.
  run -65 --separate-stderr "${mapped[@]}" in.csv
  [[ $stderr == *"line 10: /visit/dept: "* ]]
  run -3 --separate-stderr "${mapped[@]}" --on-error skip --rejects rej in.csv
  [ "${#lines[@]}" = 7 ]
  [ "$(jq -c '[.line, .pointer]' rej)" = '[10,"/visit/dept"]' ]
}

@test "mapped CSV that stops has written every row before the bad one (reviewer 12)" {
  for bad in 'O1,V65,P65,tomorrow,,张某某,x' 'O1,V65,P65,20261122091500,,"张"某,x' 'O1,V65,P65,20261122091500,,"张'; do
    for jobs in 1 3; do
      table 90 65 "$bad" > in.csv
      run -65 --separate-stderr "${mapped[@]}" --jobs "$jobs" in.csv
      [ "${#lines[@]}" = 64 ]
      [[ $stderr == *"line 130: "* ]]
    done
  done
}

@test "text behind a closing quote is one bad row of a table (reviewer 11)" {
  table 5 3 'O1,V3,P3,20261122091500,,"张"某,x' > in.csv
  run -3 --separate-stderr "${mapped[@]}" --on-error skip --rejects rej in.csv
  [ "${#lines[@]}" = 4 ]
  [ "$(jq -c '[.line, .reason]' rej)" = '[6,"csv_quote"]' ]
  printf 'a,b\n"1"x,2\n3,4\n' > plain.csv
  run -3 --separate-stderr emr-desensitize --in csv -p strict -k key --on-error skip --rejects rej plain.csv
  [ "$(jq -c '[.line, .reason]' rej)" = '[2,"csv_quote"]' ]
}
