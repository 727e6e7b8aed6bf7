#!/usr/bin/env bats
# The command line layer seen from outside, through a tool made for it: usage, precedence, secrets,
# terminals (field/cli.md sections 0, 1; R-017, R-073).

bats_require_minimum_version 1.5.0

setup() {
  load sample
  sample_setup
}

@test "help: stdout, exit 0, examples first, at most 80 columns, -h anywhere wins" {
  run -0 --separate-stderr emr-sample --help
  assert_equal "$stderr" ""
  assert_line --index 0 "emr-sample — show what lib/cli does"
  (( $(grep -n Examples: <<< "$output" | cut -d: -f1) < $(grep -n -- --mark <<< "$output" | tail -1 | cut -d: -f1) ))
  (( $(LC_ALL=C.UTF-8 awk '{ if (length > m) m = length } END { print m }' <<< "$output") <= 80 ))
  run -0 emr-sample show --bogus --limit abc -h
  assert_line --partial "emr-sample show — print the options"
  run -0 emr-sample copy --help
  refute_output --partial "--generate"
}

@test "version: the last word of the first line; JSON with --json" {
  run -0 emr-sample --version
  assert_line --index 0 --regexp '^emr-sample [0-9]+\.[0-9]+\.[0-9]+$'
  run -0 emr-sample -V --json
  jq -e '.type == "emr.version" and .v == 1 and .tool == "emr-sample"' <<< "$output"
}

@test "usage errors exit 2 with their own words" {
  usage_error "unknown option --bogus" --bogus
  usage_error "unknown option --on-eror" --on-eror skip
  [[ $stderr == *"hint: did you mean --on-error?"* ]]
  usage_error "unknown option -z" -z
  usage_error "needs a value" --mark
  usage_error "needs a value" --mark --quiet
  usage_error "empty value" --mark=
  usage_error "empty value" --mark ""
  usage_error "takes no value" --quiet=1
  usage_error "given more than once" --mark a --mark b
  usage_error "too many arguments" a.jsonl b.jsonl
  usage_error "FIRST is missing" show
  usage_error "one of stop, skip" --on-error go
  usage_error "unknown option --mar" --mar x
}

@test "a value in the place of an option is not shown" {
  run -2 --separate-stderr emr-sample "--$canary"
  [[ $stderr != *$canary* ]]
  run -2 --separate-stderr emr-sample show a --limit "$canary"
  [[ $stderr != *$canary* ]]
  [[ $stderr == *"a whole number from 1 to 100"* ]]
}

@test "numbers: what CLI11 would wrap, clamp or read as octal" {
  for bad in -1 18446744073709551616 010 0x10 1e2 "1 " +5 0 101 ""; do
    usage_error "" show a "--limit=$bad"
  done
  run -0 emr-sample show a -l 100
  assert_equal "$(jq .limit <<< "$output")" 100
  run -0 emr-sample show a -l7
  assert_equal "$(jq .limit <<< "$output")" 7
}

@test "kinds: URL, HOST:PORT, address, time, choice" {
  for bad in ftp://h http:// "http://u:p@h" "http://h:99999" "http://h h" h:1; do
    usage_error "--node must be" show a "--node=$bad"
  done
  for good in http://127.0.0.1:8001 https://h "http://[::1]:80/x"; do
    run -0 emr-sample show a --node "$good"
  done
  usage_error "--peer must be" show a --peer h
  usage_error "--peer must be" show a --peer h:0x1
  usage_error "--address must be" show a --address 0x12
  usage_error "--ttl must be" show a --ttl 8x
  run -0 emr-sample show a --ttl 15m --address 0x00000000000000000000000000000000000000fF
  assert_equal "$(jq .ttl <<< "$output")" 900
}

@test "lists take one value for each use and leave the positionals alone" {
  run -0 emr-sample show --tag x first -t y second '[1,2]'
  assert_equal "$(jq -c '[.tag, .FIRST, .REST]' <<< "$output")" '[["x","y"],"first",["second","[1,2]"]]'
  run -0 emr-sample show --tag '[a,b]' -- --first -x
  assert_equal "$(jq -c '[.tag, .FIRST, .REST]' <<< "$output")" '[["[a,b]"],"--first",["-x"]]'
  run -0 emr-sample show a -vyv
  assert_equal "$(jq -c '[.verbose, .yes]' <<< "$output")" '[2,true]'
}

@test "a verb may stand anywhere; the default verb needs no name" {
  record 1 > in.jsonl
  run -0 emr-sample --mark x copy in.jsonl
  assert_equal "$(jq -r .mark <<< "$output")" x
  run -0 emr-sample --mark copy in.jsonl
  assert_equal "$(jq -r .mark <<< "$output")" copy
  run -0 emr-sample -l 5 show a
  assert_equal "$(jq -r .limit <<< "$output")" 5
}

@test "usage errors are JSON under --error-format json, wherever it stands, and by environment" {
  for arguments in "--error-format json --bogus" "--bogus --error-format=json" \
    "show --limit x a --error-format json"; do
    # shellcheck disable=SC2086
    run -2 --separate-stderr emr-sample $arguments
    jq -e '.type == "emr.error" and .v == 1 and .code == 2 and .kind == "usage"' <<< "$stderr"
  done
  EMR_ERROR_FORMAT=json run -2 --separate-stderr emr-sample --bogus
  jq -e '.tool == "emr-sample" and (.message | contains("unknown option"))' <<< "$stderr"
}

@test "precedence: command line, environment, file, XDG, preset; --print-config tells" {
  mkdir -p xdg/emr
  echo '{"type":"emr.config","v":1,"all":{"node":"http://xdg:1"},"emr-sample":{"limit":3,"tag":["x","y"]},"emr-tx":{"journal":"j"}}' > xdg/emr/config.json
  echo '{"type":"emr.config","v":1,"emr-sample":{"limit":4}}' > file.json
  run -0 emr-sample show a
  assert_equal "$(jq -c '[.limit,.node,.tag]' <<< "$output")" '[3,"http://xdg:1",["x","y"]]'
  run -0 emr-sample show a --config file.json
  assert_equal "$(jq -c '[.limit,.node]' <<< "$output")" '[4,"http://xdg:1"]'
  EMR_CONFIG=file.json EMR_SAMPLE_LIMIT=5 run -0 emr-sample show a
  assert_equal "$(jq .limit <<< "$output")" 5
  EMR_CONFIG=file.json EMR_SAMPLE_LIMIT=5 run -0 emr-sample show a --limit 6
  assert_equal "$(jq .limit <<< "$output")" 6
  EMR_SAMPLE_LIMIT="" run -0 emr-sample show a --config none
  assert_equal "$(jq .limit <<< "$output")" 10
  EMR_SAMPLE_LIMIT=9 EMR_VERBOSE=2 run -0 emr-sample show a --print-config --mode slow
  assert_equal "$(jq -c 'select(.option == "limit")' <<< "$output")" '{"option":"limit","value":["9"],"origin":"EMR_SAMPLE_LIMIT"}'
  assert_equal "$(jq -c 'select(.option == "mode") | .origin' <<< "$output")" '"command line"'
  assert_equal "$(jq -c 'select(.option == "node") | .origin' <<< "$output")" "\"$PWD/xdg/emr/config.json\""
  EMR_SAMPLE_LIMIT=0x10 run -2 --separate-stderr emr-sample show a
  [[ $stderr == *"EMR_SAMPLE_LIMIT must be a whole number"* ]]
}

@test "configuration faults exit 78 and name the place" {
  bad_config() {
    printf '%s' "$1" > c.json
    run -78 --separate-stderr emr-sample show a --config c.json --error-format json
    assert_equal "$(jq -r '"\(.code) \(.pointer)"' <<< "$stderr")" "78 $2"
  }
  bad_config '{"type":"emr.config","v":1,"emr-sample":{"bogus":1}}' /emr-sample/bogus
  bad_config '{"type":"emr.config","v":1,"all":{"limit2":1}}' /all/limit2
  bad_config '{"type":"emr.config","v":1,"emr-sample":{"yes":true}}' /emr-sample/yes
  bad_config '{"type":"emr.config","v":1,"emr-sample":{"limit":null}}' /emr-sample/limit
  bad_config '{"type":"emr.config","v":1,"emr-sample":{"limit":{}}}' /emr-sample/limit
  bad_config '{"type":"emr.config","v":1,"emr-sample":{"limit":1,"limit":2}}' /emr-sample/limit
  bad_config '{"type":"emr.config","v":1,"more":{}}' /more
  bad_config '{"type":"emr.config","v":2}' /v
  bad_config '{"type":"emr.config","v":1' null
  bad_config '' null
  printf '\xef\xbb\xbf{"type":"emr.config","v":1}' > c.json
  run -78 emr-sample show a --config c.json
  echo '{"type":"emr.config","v":1,"emr-sample":{"limit":500}}' > c.json
  run -78 --separate-stderr emr-sample show a --config c.json
  run -78 emr-sample show a --config missing.json
}

@test "R-073: key files must be private regular files" {
  printf '%064d\n' 7 > key
  chmod 600 key
  run -0 emr-sample secret -k key
  assert_output '{"size":32}'
  for mode in 644 640 604 660 620; do
    chmod "$mode" key
    run -77 --separate-stderr emr-sample secret -k key
    [[ $stderr == *"hint: chmod 600 key"* ]]
  done
  chmod 400 key
  run -0 emr-sample secret -k key
  chmod 600 key
  ln -s key link
  run -77 emr-sample secret -k link
  mkfifo -m 600 fifo
  run -77 emr-sample secret -k fifo
  run -77 emr-sample secret -k .
  run -66 emr-sample secret -k missing
  echo "$canary" > key
  run -65 --separate-stderr emr-sample secret -k key
  [[ $stderr != *$canary* ]]
}

@test "R-073: passphrases come from a file, a descriptor or a terminal, never from argv or environment" {
  printf 'open sesame\nrest' > pass
  chmod 600 pass
  run -0 emr-sample secret --passphrase-file pass
  assert_output '{"size":11}'
  chmod 644 pass
  run -77 emr-sample secret --passphrase-file pass
  run -0 bash -c 'emr-sample secret --passphrase-fd 3 3< pass'
  assert_output '{"size":11}'
  run -2 --separate-stderr setsid -w emr-sample secret < /dev/null
  [[ $stderr == *"no terminal"* ]]
  EMR_SAMPLE_PASSPHRASE_FILE=pass run -78 --separate-stderr emr-sample secret < /dev/null
  [[ $stderr == *"--passphrase-file is given on the command line only"* ]]
  run -74 emr-sample secret --passphrase-fd 77
  head -c 2000 /dev/zero | tr '\0' x > long
  chmod 600 long
  run -65 emr-sample secret --passphrase-file long
}

@test "a terminal is asked with the echo off; a bare call there shows the short help" {
  script -qec true /dev/null < /dev/null > /dev/null 2>&1 || skip "no pseudo-terminal can be made here"
  # What was typed before the prompt is thrown away, so the answer comes after it.
  run script -qec 'emr-sample secret' /dev/null < <(sleep 1; echo 'open sesame')
  assert_output --partial 'passphrase: '
  assert_output --partial '{"size":11}'
  refute_output --regexp 'passphrase: .*open sesame'
  run script -qec 'emr-sample; echo "rc=$?"' /dev/null
  assert_output --partial 'Usage: emr-sample'
  assert_output --partial 'rc=2'
  run script -qec 'emr-sample copy; echo "rc=$?"' /dev/null
  assert_output --partial 'stdin is a terminal'
  assert_output --partial 'rc=2'
}

@test "colour: only on a terminal or when asked, NO_COLOR and TERM=dumb switch it off" {
  run -2 emr-sample --bogus
  refute_output --partial $'\e['
  run -65 emr-sample --color always <<< x
  assert_output --partial $'\e[1;31m'
  script -qec true /dev/null < /dev/null > /dev/null 2>&1 || skip "no pseudo-terminal can be made here"
  TERM=xterm run script -qec 'echo x | emr-sample' /dev/null
  assert_output --partial $'\e[1;31m'
  TERM=xterm NO_COLOR=1 run script -qec 'echo x | emr-sample' /dev/null
  refute_output --partial $'\e['
  TERM=dumb run script -qec 'echo x | emr-sample' /dev/null
  refute_output --partial $'\e['
}

@test "no core dump: the limit is zero and the process is not dumpable" {
  if sanitized; then skip "skipped: the leak checker needs a dumpable process"; fi
  mkfifo in
  emr-sample in > /dev/null &
  pid=$!
  exec 8> in
  record 1 >&8
  run -0 grep 'Max core file size' "/proc/$pid/limits"
  assert_output --regexp 'Max core file size +0 +0 '
  assert_equal "$(stat -c %U "/proc/$pid/environ")" root
  exec 8>&-
  wait "$pid"
}

@test "generated: man page without lint, bash completion without shellcheck and working" {
  emr-sample --generate man > emr-sample.1
  run -0 mandoc -T lint -W warning emr-sample.1
  assert_output ""
  run -0 mandoc -T utf8 emr-sample.1
  assert_output --partial 'backslash \ and a line'
  emr-sample --generate bash > c.bash
  run -0 shellcheck -s bash c.bash
  # shellcheck disable=SC1091
  source ./c.bash
  complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _emr_sample; echo "${COMPREPLY[*]}"; }
  assert_equal "$(complete_words emr-sample show --mo)" "--mode"
  assert_equal "$(complete_words emr-sample show --mode s)" "slow"
  assert_equal "$(complete_words emr-sample se)" "secret"
  assert_equal "$(complete_words emr-sample --mar)" "--mark"
  emr-sample --generate fish > c.fish
  assert_equal "$(grep -c "^complete -c emr-sample" c.fish)" "$(wc -l < <(grep -v '^#' c.fish))"
  emr-sample --generate zsh > c.zsh
  assert_equal "$(head -n 1 c.zsh)" "#compdef emr-sample"
  run -2 emr-sample --generate doc
}

@test "a filter does not load libcurl" {
  run -0 ldd "$build/bin/emr-sample"
  refute_output --partial libcurl
}
