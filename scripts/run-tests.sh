#!/usr/bin/env bash
# Runs every test of a build directory and ends with one line "N passed, N failed[, N skipped]" that
# stands alone, so that people and CI can count. Works without a terminal and without stdin.
# Usage: run-tests.sh BUILD-DIR [CTEST OPTION...]
set -euo pipefail

build=${1:?usage: run-tests.sh BUILD-DIR [CTEST OPTION...]}
shift
report="$(cd "$build" && pwd)/tests.xml"
rm -f "$report"

status=0
ctest --test-dir "$build" -j2 --output-on-failure --no-tests=error --output-junit "$report" "$@" \
  </dev/null || status=$?

if [[ ! -s $report ]]; then
  echo "run-tests: error: ctest wrote no report" >&2
  exit 1
fi

# The first line with numbers in the report: <testsuite … tests="9" failures="1" skipped="0" …>.
count() { grep -m1 -oE "(^|[[:space:]])$1=\"[0-9]+\"" "$report" | grep -oE '[0-9]+'; }
total=$(count tests)
failed=$(count failures)
skipped=$(count skipped)
disabled=$(count disabled)
passed=$((total - failed - skipped - disabled))
line="$passed passed, $failed failed"
if ((skipped + disabled > 0)); then line+=", $((skipped + disabled)) skipped"; fi
echo "$line"
if ((failed > 0)); then exit 1; fi
exit "$status"
