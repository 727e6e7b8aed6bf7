#!/usr/bin/env bats
# emr-query verify on evidence: an auditor with nothing but the genesis decides who is to blame
# (R-064). The votes are signed here with the members' own keys by openssl, so the bytes that are
# signed are those of lib/quorum/FORMAT.md, made by a second implementation.

bats_require_minimum_version 1.5.0

setup() {
  load ../tool
  tool_setup
  local codes=(12110000400686325C 12310000425006133Y 12440000455349922X 12500000202850601X) i
  for i in 0 1 2 3; do
    emr-pbft-node init --dir "hosp-$i" --id "hosp-$i" --name "Hospital $i" --uscc "${codes[i]}" \
      --admin "0x000000000000000000000000000000000000000$((i + 1))" --peer "127.0.0.1:$((7001 + i))" \
      --http "127.0.0.1:$((8001 + i))"
  done > descriptors
  emr-pbft-node genesis descriptors --chain-id emr-test --output-dir out > founded
  genesis=$(jq -r .genesis founded)
  block=$(printf 'aa%.0s' {1..32})
  other=$(printf 'bb%.0s' {1..32})
}

bytes() { perl -e 'print pack("H*", $ARGV[0])' "$1"; }

# sign MEMBER TYPE VIEW HEIGHT DIGEST: r and s of that member's vote, s in the lower half
sign() {
  local half=7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0 r s
  bytes "302e0201010420$(< "hosp-$1/keys/vote.key")a00706052b8104000a" |
    openssl ec -inform d -out key.pem 2> /dev/null
  bytes "$(printf '656d722f766f74652f3100%s%016x%02x%016x%016x%s' "$genesis" 0 "$2" "$3" "$4" "$5")" \
    > vote
  while :; do  # openssl draws another nonce each time; every second s is low
    openssl dgst -sha256 -sign key.pem vote | openssl asn1parse -inform d > parsed
    read -r r s < <(sed -n 's/.*INTEGER *://p' parsed | xargs)
    printf -v r '%64s' "$r"
    printf -v s '%64s' "$s"
    r=${r// /0} s=${s// /0}
    s=${s,,} r=${r,,}
    [[ $s > $half ]] || break
  done
  echo "$r$s"
}

# line KIND MEMBER MESSAGE VIEW FIRST SECOND: an emr.evidence line of two digest:signature pairs
line() {
  jq -cn --arg genesis "$genesis" --arg kind "$1" --argjson member "$2" --arg message "$3" \
    --arg view "$4" --arg first "$5" --arg second "${6:-}" '
    def half: split(":") | {digest: .[0], signature: .[1]};
    {type: "emr.evidence", v: 1, genesis: $genesis, kind: $kind, culprit: "hosp-\($member)",
     member: $member, message: $message, epoch: "0", view: $view, height: "17",
     proof: ($kind != "bad_signature"), first: ($first | half), node: "hosp-0",
     seen: "2026-11-28T00:00:00Z"} + (if $second == "" then {} else {second: ($second | half)} end)'
}

verify() { emr-query verify --trust out/genesis.json; }

@test "two commits for one place: the member is to blame" {
  line equivocation 1 commit 3 "$block:$(sign 1 2 3 17 "$block")" \
    "$other:$(sign 1 2 3 17 "$other")" > guilty
  run -0 --separate-stderr verify < guilty
  jq -e '.ok and .culprit == "hosp-1" and .kind == "equivocation" and .message == "commit"
         and .height == "17" and .view == "3"' <<< "$output"
}

@test "a proposal by another than the primary blames, by the primary not" {
  line not_primary 1 pre-prepare 2 "$block:$(sign 1 4 2 17 "$block")" > guilty
  run -0 --separate-stderr verify < guilty
  jq -e '.ok and .culprit == "hosp-1"' <<< "$output"
  line not_primary 1 pre-prepare 5 "$block:$(sign 1 4 5 17 "$block")" > innocent
  run -1 --separate-stderr verify < innocent
  assert_equal "$(jq -r .reason <<< "$output")" is_primary
}

@test "nobody is blamed with what he did not sign, or may sign (exit 1)" {
  first="$block:$(sign 1 2 3 17 "$block")"
  reason() { jq -r .reason <<< "$output"; }
  line equivocation 2 commit 3 "$first" "$other:$(sign 1 2 3 17 "$other")" > frame-up
  run -1 --separate-stderr verify < frame-up
  assert_equal "$(reason)" signature
  line equivocation 1 commit 3 "$first" "$other:$(sign 1 2 3 18 "$other")" > two-places
  run -1 --separate-stderr verify < two-places
  assert_equal "$(reason)" signature
  line equivocation 1 commit 3 "$first" "$first" > twice
  run -1 --separate-stderr verify < twice
  assert_equal "$(reason)" no_conflict
  line bad_signature 1 commit 3 "$block:$(sign 2 2 3 17 "$block")" > forged
  run -1 --separate-stderr verify < forged
  assert_equal "$(reason)" unproven
  jq -e '.message | contains("proves nothing")' <<< "$output"
  line equivocation 1 commit 3 "$first" "$other:$(sign 1 2 3 17 "$other")" |
    jq -c '.culprit = "hosp-2"' > renamed
  run -1 --separate-stderr verify < renamed
  assert_equal "$(reason)" culprit
  jq -c '.genesis = "'"$(printf '00%.0s' {1..32})"'"' twice > foreign
  run -1 --separate-stderr verify < foreign
  assert_equal "$(reason)" genesis
}

@test "malformed evidence: 65 with the pointer; mixed with good lines --on-error skip goes on" {
  line equivocation 1 commit 3 "$block:$(sign 1 2 3 17 "$block")" \
    "$other:$(sign 1 2 3 17 "$other")" > guilty
  jq -c '.height = 17' guilty > bad
  run -65 --separate-stderr emr-query verify --trust out/genesis.json --error-format json bad
  assert_equal "$(jq -r .pointer <<< "$stderr")" /height
  run -3 --separate-stderr emr-query verify --trust out/genesis.json --on-error skip \
    <(cat bad guilty)
  assert_equal "$(jq -r .culprit <<< "$output")" hosp-1
}
