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
    run -0 "$EMR_BUILD/bin/$tool" --version
    [[ ${lines[0]} == "$tool "* ]]
    run -0 bash -c "'$EMR_BUILD/bin/$tool' --version --json | jq -e '.type == \"emr.version\"'"
    run -2 --separate-stderr "$EMR_BUILD/bin/$tool" --no-such-option --error-format json
    [ "$(jq -r .kind <<< "$stderr")" = usage ]
    run -74 bash -c "'$EMR_BUILD/bin/$tool' --help > /dev/full"
  done
}

@test "only tools that talk HTTP load libcurl" {
  for tool in emr-sign emr-desensitize; do
    run -0 ldd "$EMR_BUILD/bin/$tool"
    [[ $output != *libcurl* ]] || { echo "$tool loads libcurl"; false; }
  done
}
