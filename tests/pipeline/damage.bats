#!/usr/bin/env bats
# A damaged ledger: every tool that opens the directory says so, with a documented exit code and a
# hint, and none ends by a signal. An outside reviewer's find: all of them did.

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=300; }

setup() {
  load consortium
  load members
  consortium_setup
}

teardown() { consortium_stop; }

# damaged_copy: a node directory with the backed-up ledger in $copy/data, to be spoiled
damaged_copy() {
  rm -rf copy
  cp -r "$net/hosp-a" copy
  rm -rf copy/data
  cp -r bk/data copy/data
  file=copy/data/data.mdb
}

# tools_end WHAT CODE...: each tool that opens copy/data ends with one of these codes; counts, tool by
# tool, how often it found something in $noticed
declare -gA noticed
tools_end() {
  local what=$1 tool status
  shift
  for tool in "emr-query verify --trust $genesis --ledger copy/data" \
    "emr-query state --ledger copy/data" \
    "emr-query prove --genesis $genesis --ledger copy/data --institution hosp-a" \
    "emr-pbft-node doctor --deep --dir copy" \
    "emr-pbft-node backup --dir copy --to copy/bk" \
    "emr-pbft-node compact --dir copy" \
    "emr-pbft-node prune --older-than 1d --dir copy"; do
    status=0
    # shellcheck disable=SC2086  # a tool with its options
    timeout 60 $tool > out 2> err < /dev/null || status=$?
    [[ " $* " == *" $status "* ]] || { cat err; fail "$what: $tool: $status"; }
    [ "$status" -ne 74 ] || grep -q damaged out err || { cat err; fail "$what: $tool says nothing"; }
    noticed[$tool]=$((${noticed[$tool]:-0} + (status != 0)))
    rm -rf copy/bk
  done
}

@test "cut short, zeroed, changed: named, with an exit code and a hint, by every tool" {
  found --checkpoint-interval 2
  enrol service bot-a hosp-a > /dev/null
  for i in 1 2 3 4; do send bot-a records.create "$(record_of hosp-a "$i")" > /dev/null; done
  emr-pbft-node backup --dir "$net/hosp-a" --to bk > /dev/null
  node_kill TERM a
  damaged_copy
  tools_end whole 0 1
  LC_ALL=C sed -i 's|records/head/|records/h\xe1ad/|' "$file"
  tools_end "keys of the state that are no text" 0 1 74
  run -1 --separate-stderr emr-query verify --trust "$genesis" --ledger copy/data
  jq -e '.findings | any(.reason == "unknown_key")' <<< "$output"
  pages=$(($(stat -c %s bk/data/data.mdb) / 4096))
  for part in 1 3 5 7 9; do
    damaged_copy
    truncate -s $((pages * part / 10 * 4096 + 100)) "$file"
    tools_end "cut at $part tenths" 74 1
    run -74 emr-query verify --trust "$genesis" --ledger copy/data
    assert_output --partial "hint: restore a backup"
    run -74 emr-query verify --error-format json --trust "$genesis" --ledger copy/data
    jq -e '.type == "emr.error" and .code == 74' <<< "$output"
    run -74 timeout 20 emr-pbft-node run --dir copy
    assert_output --partial damaged
  done
  noticed=()
  for ((page = 2; page < pages; page++)); do
    damaged_copy
    cmp -s -n 4096 -i $((page * 4096)):0 "$file" /dev/zero && continue # nobody ever wrote it
    if ((page % 2)); then
      dd if=/dev/zero of="$file" bs=4096 seek=$page count=1 conv=notrunc status=none
    else
      printf '\xff\x7f\x03\xee' | dd of="$file" bs=1 seek=$((page * 4096 + page % 24)) \
        conv=notrunc status=none
    fi
    tools_end "page $page" 0 1 65 74 78
  done
  # Each page that is in use is somebody's: the audit finds half of them at the least, every tool one.
  for tool in "${!noticed[@]}"; do
    least=1
    [[ $tool != *verify* ]] || least=$((pages / 2))
    [ "${noticed[$tool]}" -ge "$least" ] || fail "$tool: ${noticed[$tool]} of $pages"
  done
  damaged_copy
  dd if=/dev/zero of="$file" bs=4096 count=2 conv=notrunc status=none
  tools_end "no page that says where the trees are" 74 1
}
