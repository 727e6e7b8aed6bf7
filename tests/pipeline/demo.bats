#!/usr/bin/env bats
# The main job on four real nodes (R-001, R-009, R-026, R-095, R-098): `make demo` itself is the test.

bats_require_minimum_version 1.5.0

@test "R-001: the demo holds from founding to offline audit" {
  run --separate-stderr env EMR_BUILD="$EMR_BUILD" bash "$EMR_SOURCE/examples/demo.sh" < /dev/null
  [ "$status" -eq 0 ] || { echo "$stderr" | tail -n 40 >&2; false; }
  [ "$(tail -n 1 <<< "$output" | jq -r .ok)" = true ]
}

@test "the demo's scanner finds a planted value in every spelling" {
  cd "$BATS_TEST_TMPDIR"
  printf '欧阳晓慧\n' > planted
  utf8() { printf '欧阳晓慧'; }
  local -A spelled=(
    [utf8]='utf8' [gb18030]='utf8 | iconv -f UTF-8 -t GB18030'
    [utf16le]='utf8 | iconv -f UTF-8 -t UTF-16LE'
    [utf16be]='utf8 | iconv -f UTF-8 -t UTF-16BE' [hex]='utf8 | od -An -tx1 | tr -d " \n"'
    [hexup]='utf8 | od -An -tx1 | tr -d " \n" | tr a-f A-F' [base64]='utf8 | base64'
    [base64shift1]='(printf x; utf8; printf yz) | base64'
    [base64shift2]='(printf xy; utf8; printf z) | base64'
    [hexgb]='utf8 | iconv -f UTF-8 -t GB18030 | od -An -tx1 | tr -d " \n"')
  for name in "${!spelled[@]}"; do
    mkdir -p "$name"
    (printf 'before '; eval "${spelled[$name]}"; printf ' after') > "$name/file"
    run -1 "$EMR_BUILD/examples/demo-scan" planted --expect-none "$name"
  done
  mkdir clean && printf 'nothing to see: 欧阳 晓慧' > clean/file
  run -0 "$EMR_BUILD/examples/demo-scan" planted --expect-none clean
}
