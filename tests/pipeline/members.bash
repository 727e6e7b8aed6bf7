# Queries by accounts, and members that come and go, for Bats files: `load consortium`, then
# `load members`.
# shellcheck disable=SC2154

query() { # ACCOUNT VERB...: as that account
  emr-query "$2" --genesis "$genesis" -k "keys/$1.json" --passphrase-file pass "${@:3}"
}
# newcomer MEMBER: keys, genesis and a running node of a hospital that the genesis does not know
newcomer() {
  local at
  at=$(port_base 2)
  new_account "hosp-$1-admin"
  emr-pbft-node init --dir "$net/hosp-$1" --id "hosp-$1" --name "Hospital $1" \
    --uscc 123301004701000010 --admin "$(account "hosp-$1-admin")" --permission read \
    --peer "127.0.0.1:$at" --http "127.0.0.1:$((at + 1))" > "$1.json"
  run -78 emr-pbft-node join --dir "$net/hosp-$1" --genesis "$genesis"
  emr-pbft-node join --later --dir "$net/hosp-$1" --genesis "$genesis" > "$1.joined"
  assert_equal "$(jq -r .status "$1.joined")" pending
  node_start "$1"
}
# decide ARGS ADMIN...: the first proposes, all approve; the last receipt
decide() {
  local args=$1 id institution
  shift
  send "$1" alliance.propose "$args" > proposed
  id=$(jq -r .result.proposal proposed)
  institution=$(jq -r .institution <<< "$args")
  approve "$id" "$institution" "$@"
}
approve() { # PROPOSAL INSTITUTION ADMIN...
  local admin
  for admin in "${@:3}"; do
    send "$admin" alliance.approve "{\"proposal\":\"$1\",\"institution\":\"$2\"}" > approved
  done
}
is() { [ "$(status "$1" "$2")" = "$3" ]; } # MEMBER FILTER VALUE
