#!/usr/bin/env bats
# Streams of every tool, shown by the one made for it: lines in and out, bad lines, files, signals,
# full disks (field/cli.md section 4; R-017).

bats_require_minimum_version 1.5.0

setup() {
  load sample
  sample_setup
}

@test "streams: one line out for one line in, in order; the last newline may be missing" {
  { record 1; record 2; printf '%s' "$(record 3)"; } > in.jsonl
  run -0 emr-sample in.jsonl
  assert_equal "$(jq -c '[.n,.seen]' <<< "$output" | tr '\n' ' ')" "[1,1] [2,2] [3,3] "
  run -0 emr-sample - < in.jsonl
  run -0 emr-sample < /dev/null
  assert_output ""
}

@test "unknown members pass through" {
  run -0 emr-sample <<< '{"type":"emr.sample","v":1,"other":{"b":[1,null],"a":"张"}}'
  assert_output '{"other":{"a":"张","b":[1,null]},"seen":1,"type":"emr.sample","v":1}'
}

@test "bad lines: exit 65 with line, pointer and reason, never a value" {
  bad_line() {
    { record 1; printf '%s\n' "$1"; record 3; } > in.jsonl
    run -65 --separate-stderr emr-sample --error-format json in.jsonl
    assert_equal "$(jq -r '"\(.line) \(.reason)"' <<< "$stderr")" "2 $2"
    [[ $stderr != *$canary* ]] || fail "a value leaked"
    assert_equal "$(wc -l <<< "$output")" 1
  }
  bad_line "{\"type\":\"emr.sample\",\"v\":1,\"id\":\"$canary" truncated
  bad_line "{\"type\":\"emr.sample\",\"v\":1,\"id\":$canary}" integer_range
  bad_line "{\"type\":\"emr.sample\",\"v\":1,\"$canary\":1,\"$canary\":2}" duplicate_key
  bad_line "{\"type\":\"emr.sample\",\"v\":\"$canary\"}" kind
  bad_line "{\"type\":\"$canary\",\"v\":1}" type
  bad_line "{\"type\":\"emr.sample\",\"v\":2,\"id\":\"$canary\"}" version
  bad_line "[\"$canary\"]" kind
  bad_line "$canary" integer_range
  bad_line "{\"type\":\"emr.sample\",\"v\":1,\"id\":\"$(printf '\xff')$canary\"}" utf8
  bad_line "$(printf '\xef\xbb\xbf')$(record 1)" bom
  bad_line "$(record 1)$canary" trailing
  bad_line "$(head -c 100000 /dev/zero | tr '\0' '[')" depth
  bad_line "{\"type\":\"emr.sample\",\"v\":1,\"x\":9007199254740993}" integer_range
  bad_line "{\"type\":\"emr.sample\",\"v\":1,\"x\":1.5}" fraction
  bad_line "" blank_line
  bad_line "$(record 2)"$'\r' crlf
}

@test "a bug does not print what it was handling" {
  run -70 --separate-stderr emr-sample <<< "{\"type\":\"emr.sample\",\"v\":1,\"crash\":\"$canary\"}"
  [[ $stderr != *$canary* ]]
  [[ $stderr == *"error: unexpected exception"* ]]
}

@test "skip: the good lines go on, the others are reported and kept apart, exit 3" {
  { record 1; echo x; record 3; echo '{"type":"emr.sample","v":1,"deny":1}'; record 5; } > in.jsonl
  run -3 --separate-stderr emr-sample --on-error skip --rejects r.jsonl in.jsonl
  assert_equal "$(jq -c .n <<< "$output" | tr '\n' ' ')" "1 3 5 "
  assert_equal "$(jq -c '[.type,.line,.code,.pointer]' r.jsonl | tr '\n' ' ')" \
    '["emr.reject",2,65,null] ["emr.reject",4,77,"/deny"] '
  assert_equal "$(stat -c %a r.jsonl)" 600
  [[ $stderr == *"line 2: "*"line 4: "*"2 lines were skipped"* ]]
}

@test "skip does not go on when the fault is not the line's" {
  { record 1; echo '{"type":"emr.sample","v":1,"io":1}'; record 3; } > in.jsonl
  run -74 --separate-stderr emr-sample --on-error skip in.jsonl
  assert_equal "$(wc -l <<< "$output")" 1
}

@test "rejects that cannot be made stop the tool before it works" {
  run -73 --separate-stderr emr-sample --on-error skip --rejects /nowhere/r in.jsonl <<< "$(record 1)"
  assert_equal "$output" ""
}

@test "a printed document instead of lines: the error says how to make lines of it" {
  run -65 --separate-stderr emr-sample <<< $'{\n"type": "emr.sample"\n}'
  [[ $stderr == *"line 1"*"hint: a line is one whole JSON document; jq -c ."* ]] || fail "$stderr"
}

@test "rejects never take the place of the input, nor of the output" {
  { record 1; echo x; record 3; } > in.jsonl
  cp in.jsonl before
  ln in.jsonl hard
  ln -s in.jsonl soft
  mkdir sub
  for rejects in in.jsonl ./in.jsonl sub/../in.jsonl hard soft; do
    run -2 --separate-stderr emr-sample --on-error skip --rejects $rejects in.jsonl
    [[ $output == "" && $stderr == *"same file"* ]] || fail "$rejects: $stderr"
    run -2 bash -c "emr-sample --on-error skip --rejects $rejects < in.jsonl"
    cmp in.jsonl before
  done
  run -2 --separate-stderr emr-sample --on-error skip --rejects new -o ./new in.jsonl
  [[ $stderr == *"output and rejects"* && ! -e new ]] || fail "$stderr"
  run -3 emr-sample --on-error skip --rejects sub/new -o new in.jsonl
  # A call that ends as wrong usage leaves those of an earlier one alone.
  cp sub/new before
  run -2 bash -c "emr-sample --on-error skip --rejects sub/new -o in.jsonl in.jsonl"
  cmp sub/new before
  run -3 emr-sample --on-error skip --rejects /dev/null -o /dev/null in.jsonl
}

@test "the file that stderr or stdout goes to is written as it is, by whatever name" {
  { record 1; echo x; record 3; } > in.jsonl
  for rejects in err /dev/stderr /proc/self/fd/2; do
    : > err
    ln -f err hard
    run -3 bash -c "emr-sample --on-error skip --rejects $rejects in.jsonl > out.jsonl 2>> err"
    assert_equal "$(jq -c .n out.jsonl | tr '\n' ' ')" "1 3 "
    [[ $(grep -c '"emr.reject"' hard) == 1 && $(grep -c skipped hard) == 1 ]] || fail "$(cat hard)"
  done
  [ -L /dev/stderr ]
  run -0 bash -c "head -1 in.jsonl | emr-sample -o /dev/stdout >> out.jsonl"
  assert_equal "$(jq -c .n out.jsonl | tr '\n' ' ')" "1 3 1 "
  # What stdout gets would be cut by what is written over it.
  run -2 bash -c "emr-sample --on-error skip --rejects out.jsonl in.jsonl >> out.jsonl"
  run -2 bash -c "emr-sample --on-error skip --rejects /dev/stdout in.jsonl >> out.jsonl"
  assert_equal "$(wc -l < out.jsonl)" 3
  run -3 bash -c "emr-sample --on-error skip --rejects /dev/stdout in.jsonl | cat; exit \${PIPESTATUS[0]}"
  assert_line --partial '"emr.reject"'
}

@test "a 100 MB line is refused in little memory, and the next line is read" {
  { record 1; head -c 100000000 /dev/zero | tr '\0' x; echo; record 3; } > in.jsonl
  limit="$(memory_limit 200000);"
  run -3 --separate-stderr bash -c "$limit emr-sample --on-error skip in.jsonl"
  assert_equal "$(jq -c .n <<< "$output" | tr '\n' ' ')" "1 3 "
  [[ $stderr == *"line 2: the line is longer than"* ]]
}

@test "output file: complete or not at all, and never the input" {
  record 1 > in.jsonl
  run -0 emr-sample -o out.jsonl in.jsonl
  assert_output ""
  assert_equal "$(jq .n out.jsonl)" 1
  assert_equal "$(stat -c %a out.jsonl)" 600
  { record 1; echo x; } > bad.jsonl
  run -65 emr-sample -o new.jsonl bad.jsonl
  [ ! -e new.jsonl ]
  run -65 emr-sample -o out.jsonl bad.jsonl
  assert_equal "$(jq .n out.jsonl)" 1
  run -2 --separate-stderr emr-sample -o in.jsonl in.jsonl
  [[ $stderr == *"same file"* ]]
  run -73 emr-sample -o /nowhere/out in.jsonl
  run -73 emr-sample -o . in.jsonl
  assert_equal "$(find . -name '.emr-*' | wc -l)" 0
  run -0 emr-sample -o /dev/null in.jsonl
}

@test "a signal leaves no temporary file behind" {
  mkfifo pipe
  emr-sample -o out.jsonl pipe &
  pid=$!
  exec 9> pipe
  record 1 >&9
  for _ in $(seq 100); do
    [ -n "$(find . -name '.emr-*')" ] && break
    sleep 0.05
  done
  [ -n "$(find . -name '.emr-*')" ]
  kill -TERM "$pid"
  status=0
  wait "$pid" || status=$?
  exec 9>&-
  assert_equal "$status" 143
  assert_equal "$(find . -name '.emr-*' -o -name out.jsonl | wc -l)" 0
}

@test "input that is not there exits 66" {
  run -66 --separate-stderr emr-sample missing.jsonl
  [[ $stderr == *"missing.jsonl: the input cannot be opened"* ]]
  run -66 emr-sample .
  run -66 --separate-stderr bash -c 'emr-sample <&-'
  [[ $stderr == *"stdin is closed"* ]]
}

@test "stdout: a full disk and a closed descriptor are errors, a reader that left is a signal" {
  record 1 > in.jsonl
  run -74 --separate-stderr bash -c 'emr-sample in.jsonl > /dev/full'
  [[ $stderr == *"writing the output failed"* ]]
  run -74 bash -c 'emr-sample --help > /dev/full'
  run -74 bash -c 'emr-sample --version > /dev/full'
  run -74 bash -c 'emr-sample -o /dev/full in.jsonl'
  run -74 --separate-stderr bash -c 'emr-sample in.jsonl >&-'
  [[ $stderr == *"stdout is closed"* ]]
  run -0 bash -c 'emr-sample -o out.jsonl in.jsonl >&- && test -s out.jsonl'
  for i in $(seq 20000); do record "$i"; done > many.jsonl
  run bash -c 'trap - PIPE; emr-sample many.jsonl 2> err | head -n 1 > /dev/null; echo "${PIPESTATUS[0]}"; cat err'
  assert_output 141
}

@test "each line is written as soon as it is known" {
  mkfifo in out
  emr-sample in > out &
  pid=$!
  exec 7< out 8> in
  record 1 >&8
  read -r -t 10 line <&7
  assert_equal "$(jq .n <<< "$line")" 1
  exec 8>&- 7<&-
  wait "$pid"
}

@test "a negative answer has an exit status and no words" {
  run -1 --separate-stderr emr-sample refuse
  assert_equal "$output$stderr" ""
}
