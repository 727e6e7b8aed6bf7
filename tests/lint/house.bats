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

@test "shell scripts pass shellcheck" {
  cd "$EMR_SOURCE"
  mapfile -t scripts < <(git ls-files '*.sh' '.ci/run' 'examples/*.sh' 2>/dev/null)
  if [ ${#scripts[@]} -eq 0 ]; then mapfile -t scripts < <(find scripts tests examples -name '*.sh'); fi
  run shellcheck -x "${scripts[@]}"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}
