#!/usr/bin/env bats
# Quotas of the mempool filled from outside, on real nodes without a quorum, so that what is taken
# waits: whoever fills its own is told "busy" (exit 75), and everybody else is served as before
# (R-029, field/ledger.md pitfall 11).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=240; }

setup() {
  load consortium
  consortium_setup
  found
  node_kill KILL c
  node_kill KILL d
}

teardown() { consortium_stop; }

# logins COUNT ACCOUNT: so many signed lines, of which none conflicts with another
logins() {
  local args
  args=$(jq -cn --arg until "$(date -u -d '+2 hours' +%FT%TZ)" --arg key "$(account "$2")" \
    '{sessionKey: $key, boxKey: ("ab" * 32), $until}')
  yes "$args" | head -n "$1" | emr-tx build registration.login --from "$(account "$2")" | sign "$2"
}

# post MEMBER: signed lines on stdin to its node; how many were answered how. Without curl: bash
# speaks enough HTTP for it, and every answer is written in one piece.
post() {
  local at
  at=$(url "$1")
  at=${at#*//}
  cat > body
  exec 7<> "/dev/tcp/${at%:*}/${at##*:}"
  printf 'POST /v1/tx HTTP/1.1\r\nHost: %s\r\nContent-Length: %s\r\nConnection: close\r\n\r\n' \
    "$at" "$(wc -c < body)" >&7
  cat body >&7
  grep -ao '"state":"[a-z]*"' <&7 | cut -d '"' -f 4 | sort | uniq -c | xargs
  exec 7>&-
}

@test "an account that fills its quota is busy and exits 75; other accounts are not" {
  logins 5001 hosp-a-admin > lines
  assert_equal "$(post a < lines)" "1 busy 5000 pending"
  run -75 --separate-stderr submit 2 a <<< "$(logins 1 hosp-a-admin)"
  assert_equal "$(jq -r '[.error.reason, .error.code, .retryable] | @csv' <<< "$output")" \
    '"busy",75,true'
  assert_equal "$(logins 3 hosp-b-admin | post a)" "3 pending"
  taken() { [ "$(status a .mempool)" = 5003 ]; }
  within 20 taken  # the status is of the second before
  # What was taken is under way, and is taken once.
  assert_equal "$(head -n 2 lines | post a)" "2 pending"
  assert_equal "$(status a .mempool)" 5003
}

@test "a member whose clients fill its share leaves the rest to the clients of the others" {
  for name in hosp-a-admin hosp-b-admin hosp-c-admin; do
    logins 4000 "$name" > lines
    assert_equal "$(post b < lines)" "4000 pending"
  done
  full() { [ "$(status a .mempool)" = 10000 ]; }
  within 60 full
  assert_equal "$(logins 5 hosp-d-admin | post a)" "5 pending"
  above() { [ "$(status a .mempool)" = 10005 ]; }
  within 20 above  # the status is of the second before
}
