#!/usr/bin/env bats
# Half a minute of tests/soak/soak.sh, so that it cannot rot; `make soak MINUTES=n` is the real one.
# Real nodes under load, kill -9, pauses, partitions, full disks, clocks that jump: nothing is lost,
# nothing is there twice, all ledgers are equal and verify (R-058, R-059, R-061, R-063, R-081).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=240; }

setup() {
  bats_load_library bats-support
  bats_load_library bats-assert
  unset EMR_CONFIG EMR_SESSION EMR_NODE 2> /dev/null || true
  export EMR_SOAK_KEEP=$BATS_TEST_TMPDIR
}

@test "four nodes on loopback: kill -9 of one and of all under load" {
  run -0 --separate-stderr "$EMR_SOURCE/tests/soak/soak.sh" --seconds 8 --rate 20 --seed 1 \
    --faults kill,blackout 3>&-
  jq -e '.type == "emr.soak" and .transactions > 0 and .blocks > 0' <<< "$output"
}

@test "four nodes in network namespaces: partitions, a full disk, a clock that jumps" {
  unshare --mount --net true 2> /dev/null || skip "network namespaces are not permitted here"
  faults=partition,disk,pause
  [ -z "$(find /usr/lib -name libfaketime.so.1 -print -quit)" ] || faults+=,clock
  run -0 --separate-stderr "$EMR_SOURCE/tests/soak/soak.sh" --seconds 12 --rate 20 --seed 1 \
    --net namespaces --faults "$faults" 3>&-
  jq -e '.type == "emr.soak" and .transactions > 0 and .blocks > 0' <<< "$output"
}
