#!/usr/bin/env bats
# The picture of DESIGN section 2 and the house rules of STYLE section 10, kept by a machine.

bats_require_minimum_version 1.5.0

check() {
  run "$EMR_SOURCE/tests/lint/check.sh" "$1" "$EMR_SOURCE"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "every check finds a planted offence" { check self-test; }
@test "layers: arrows point down only" { check layers; }
@test "layers: pure means pure" { check purity; }
@test "headers: no slow header in a header, one user of CLI11, an opening paragraph" { check headers; }
@test "sizes: files of 400 lines, lines of 100 columns" { check sizes; }
@test "sizes: functions of 70 lines" { check functions; }
@test "sizes: a tool's main.cpp is thin" { check tools; }
@test "words: nothing unfinished, no trailing white space" { check words; }

# Each row names files that are there and, in quotes, words of a test that is in the file before them.
@test "PAPER.md: every claim has its row, and what shows it is where the row says" {
  cd "$EMR_SOURCE"
  [ "$(grep -c '^| R-[0-9]* | ' PAPER.md)" -eq 101 ]
  places=$(grep -oE '((tests|lib|tools)/[A-Za-z0-9_./-]+[a-z]|[A-Z]+\.md)( "[^"]+")?' PAPER.md)
  while IFS= read -r place; do
    file=${place%% \"*}
    [ -f "$file" ] || { echo "no $file"; false; }
    [[ $place != *'"'* ]] || grep -qF -- "$(cut -d '"' -f 2 <<< "$place")" "$file" ||
      { echo "$place"; false; }
  done <<< "$places"
}

@test "shell scripts pass shellcheck" {
  cd "$EMR_SOURCE"
  mapfile -t scripts < <(git ls-files '*.sh' '.ci/run' 'examples/*.sh' 2>/dev/null)
  if [ ${#scripts[@]} -eq 0 ]; then mapfile -t scripts < <(find scripts tests examples -name '*.sh'); fi
  run shellcheck -x "${scripts[@]}"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}
