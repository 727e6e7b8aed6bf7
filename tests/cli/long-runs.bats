#!/usr/bin/env bats
# Free text of one shape for a megabyte: detection that walks it from each place in it would hang.
# The limit of 20 seconds is for a hang, it measures nothing: the slowest takes a second.

bats_require_minimum_version 1.5.0

setup() {
  load ../tool
  tool_setup
}

# megabyte PIECE: a line for --detect whose text is the piece again and again
megabyte() {
  local count=$((1000000 / ${#1}))
  printf '{"id":"1","text":"'
  yes "$1" 2> pipe-closed | head -n "$count" | tr -d '\n'
  printf '"}\n'
}

# detect: what comes in is detected in time
detect() {
  run -0 --separate-stderr timeout 20 emr-desensitize --detect < long
  assert_output --partial '"spans":'
}

@test "a megabyte of one shape, in English and behind Chinese words, is scanned without a hang" {
  for piece in '08 118/68 36.7 98%\n' '001 002 ' '13800138000 ' '1-0/1-1/' '1-' '2023-01-' \
    '12 Oak ' 'http://a/' 'AA:BB:CC:' '1234 5678 9012 ' 'John Smith ' 'MRN/1-' 'a:' 'Dr. '; do
    echo "# $piece" # of the case that fails
    megabyte "$piece" > long
    detect
    sed -i 's/"text":"/&患者病史：/' long
    detect
  done
}

@test "a hundred thousand names divided by blanks are found without a hang" {
  megabyte '患者王小明 李建国 ' > long
  detect
  megabyte '一二三四' > long
  detect
}
