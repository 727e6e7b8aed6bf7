#!/usr/bin/env bats
# man/ and completions/ are generated from the option tables, checked in, and compared here: a
# change of the command line shows up in review. `make docs` writes them.

bats_require_minimum_version 1.5.0

setup() {
  tools=(emr-desensitize emr-grant emr-ipfs-put emr-pbft-node emr-query emr-sign emr-tx)
  for tool in "${tools[@]}"; do
    [ -x "$EMR_BUILD/bin/$tool" ] || skip "skipped: $tool is not built in this tree"
  done
}

@test "man pages and completions are what the tools generate (else: make docs)" {
  "$EMR_SOURCE/scripts/generate-docs.sh" "$EMR_BUILD" "$BATS_TEST_TMPDIR"
  run -0 diff -r "$EMR_SOURCE/man" "$BATS_TEST_TMPDIR/man"
  run -0 diff -r "$EMR_SOURCE/completions" "$BATS_TEST_TMPDIR/completions"
}

@test "man pages: mandoc has no warning" {
  for tool in "${tools[@]}"; do
    "$EMR_BUILD/bin/$tool" --generate man > "$BATS_TEST_TMPDIR/$tool.1"
    run -0 mandoc -T lint -W warning "$BATS_TEST_TMPDIR/$tool.1"
    [ -z "$output" ] || { echo "$output"; false; }
  done
}

@test "completions: shellcheck is silent on bash, fish and zsh are checked by their own shells" {
  for tool in "${tools[@]}"; do
    "$EMR_BUILD/bin/$tool" --generate bash > "$BATS_TEST_TMPDIR/$tool.bash"
    run -0 shellcheck -s bash "$BATS_TEST_TMPDIR/$tool.bash"
    for shell in zsh fish; do
      command -v "$shell" > /dev/null || continue
      "$EMR_BUILD/bin/$tool" --generate "$shell" > "$BATS_TEST_TMPDIR/$tool.$shell"
      run -0 "$shell" -n "$BATS_TEST_TMPDIR/$tool.$shell"
    done
  done
}

@test "every tool: --help on stdout within 80 columns, --version, unknown option exits 2" {
  for tool in "${tools[@]}"; do
    run -0 --separate-stderr "$EMR_BUILD/bin/$tool" --help
    [ -z "$stderr" ]
    (($(LC_ALL=C.UTF-8 awk 'length > m { m = length } END { print m }' <<< "$output") <= 80)) ||
      { echo "$tool: --help is wider than 80 columns"; false; }
    verbs=$(sed -n '/^Verbs:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' <<< "$output")
    for verb in $verbs; do
      (($("$EMR_BUILD/bin/$tool" "$verb" --help | LC_ALL=C.UTF-8 wc -L) <= 80)) ||
        { echo "$tool $verb --help is wider than 80 columns"; false; }
    done
    run -0 "$EMR_BUILD/bin/$tool" --version
    [[ ${lines[0]} == "$tool "* ]]
    run -0 bash -c "'$EMR_BUILD/bin/$tool' --version --json | jq -e '.type == \"emr.version\"'"
    run -2 --separate-stderr "$EMR_BUILD/bin/$tool" --no-such-option --error-format json
    [ "$(jq -r .kind <<< "$stderr")" = usage ]
    run -74 bash -c "'$EMR_BUILD/bin/$tool' --help > /dev/full"
  done
}

# stand_ins: under bin/ the tools, which note how they end, and nothing that reaches out of here
stand_ins() {
  mkdir bin
  for tool in "${tools[@]}"; do
    # shellcheck disable=SC2016  # for the program that is written here
    printf '#!/bin/bash\n%s "$@"\ncode=$?\necho "$code" >> "$EXAMPLE_CODES"\nexit "$code"\n' \
      "'$EMR_BUILD/bin/$tool'" > "bin/$tool"
  done
  for other in pg_dump systemctl; do printf '#!/bin/sh\nexit 0\n' > "bin/$other"; done
  chmod 755 bin/*
}

# example_files: what the examples name, as far as a tool looks at it before it looks at its options
example_files() {
  cp "$EMR_SOURCE/tests/cli/fixtures/genesis.json" genesis.json
  echo passphrase > pass
  for name in alice me admin bot; do
    "$EMR_BUILD/bin/emr-sign" create --light -k $name.json --passphrase-file pass > $name.created
  done
  for name in me.session s.json; do
    "$EMR_BUILD/bin/emr-sign" login --from "$(jq -r .address me.created)" --genesis genesis.json \
      --session $name > login.tx
  done
}

@test "every example of every help is understood: no tool in it ends with wrong usage, or a bug" {
  load ../tool
  tool_setup
  stand_ins
  (mkdir given && cd given && example_files)
  account=0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
  hash=$(printf hash | sha256sum | cut -c1-64)
  export EXAMPLE_CODES=$PWD/codes EMR_TIMEOUT=1 EMR_SIGN_PASSPHRASE_FILE=pass PATH=$PWD/bin:$PATH
  for tool in "${tools[@]}"; do
    "$EMR_BUILD/bin/$tool" --generate examples > "$tool.examples"
    (($(grep -c . "$tool.examples") > 1)) || fail "$tool has no examples"
    while IFS= read -r example; do
      command=$(sed -e "s/0x…/$account/g; s/51f0…/$hash/g; s/127.0.0.1:8001/127.0.0.1:1/g" \
        -e "s#\\bURL\\b#http://127.0.0.1:1#g; s/\\b\\(TAG\\|TOKEN\\|TXID\\|RECORD\\|PATIENT\\|PROPOSAL\\|REQUEST\\)\\b/$hash/g" \
        -e 's# /\(srv\|var\|backup\)/# \1/#g; s/^until \(.*\); do .*/\1/' <<< "$example")
      rm -rf work && cp -r given work && cd work
      for input in $(grep -o -- '< [a-zA-Z.]*' <<< "$command" | cut -d' ' -f2); do touch "$input"; done
      : > "$EXAMPLE_CODES"
      timeout 60 bash -c "$command" > out.txt 2> err.txt < /dev/null || true
      cd ..
      wanted=$(grep -oE "(^|[|(&] *)emr-[a-z-]+" <<< "$command" | wc -l)
      (($(wc -l < codes) > 0 && wanted > 0)) || fail "nothing was run: $example"
      ! grep -qxE '2|70' codes || echo "$example: $(cat work/err.txt)" >> faults
    done < "$tool.examples"
  done
  [ ! -e faults ] || fail "$(cat faults)"
}

@test "only tools that talk HTTP load libcurl" {
  for tool in emr-sign emr-desensitize; do
    run -0 ldd "$EMR_BUILD/bin/$tool"
    [[ $output != *libcurl* ]] || { echo "$tool loads libcurl"; false; }
  done
}

# exits WANTED TOOL ARGUMENT...: gives this exit status, and says in its help that it may
exits() {
  local wanted=$1 tool=$2
  run "-$wanted" "$EMR_BUILD/bin/$tool" "${@:3}" < /dev/null
  "$EMR_BUILD/bin/$tool" --help | tr '\n' ' ' | grep -qE "Exit status: (.*, )?$wanted [a-z]" ||
    fail "$tool --help does not list $wanted"
  "$EMR_BUILD/bin/$tool" --generate man | grep -qx ".It $wanted" || fail "man $tool: $wanted"
}

@test "exit status: every code that comes with the streams and options of a tool is in its list" {
  load ../tool
  tool_setup
  for tool in "${tools[@]}"; do
    run -74 bash -c "'$EMR_BUILD/bin/$tool' --help > /dev/full"
    for code in 0 2 66 70 73 74 78; do
      "$EMR_BUILD/bin/$tool" --generate man | grep -qx ".It $code" || fail "$tool: $code"
    done
  done
  genesis=$EMR_SOURCE/tests/cli/fixtures/genesis.json
  account=0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
  emr-sign login --from $account --genesis "$genesis" --session s > login.tx
  here=(--genesis "$genesis" --session s --node http://127.0.0.1:1 --timeout 1)
  exits 66 emr-tx submit --genesis missing
  exits 66 emr-tx build records.create --from $account missing
  exits 73 emr-tx methods -o missing/file
  exits 69 emr-query orgs "${here[@]}"
  exits 66 emr-query orgs --genesis missing --session s
  exits 73 emr-query orgs "${here[@]}" -o missing/file
  exits 66 emr-grant list --genesis missing --session s
  exits 69 emr-grant list "${here[@]}"
  exits 73 emr-grant list "${here[@]}" -o missing/file
  exits 73 emr-ipfs-put put --store blocks --manifest missing/m "$genesis"
  exits 66 emr-sign sign missing --genesis "$genesis" -k missing
  exits 73 emr-desensitize -p strict --in json -o missing/file
}
