# Helpers of demo.sh: nodes by process id, waiting with a limit, the closing table. Sourced by bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # here, visits, hospitals belong to demo.sh, and others to us

demo_begin() {
  started=$SECONDS
  steps=()
  keep=0
  [ "${1:-}" != --keep ] || keep=1
  work=$(mktemp -d "${TMPDIR:-/tmp}/emr-demo.XXXXXX")
  export HOME=$work/home TMPDIR=$work/site/tmp
  unset EMR_SESSION EMR_CONFIG
  mkdir -p "$work"/{home,his} "$work"/site/{tmp,keys,nodes,sessions,logs,pids}
  ln -s ../his "$work/site/his"
  cd "$work/site" || exit
  trap demo_cleanup EXIT
  trap 'exit 130' INT TERM
  local ports
  mapfile -t ports < <(free_ports 8)
  peer_ports=("${ports[@]:0:4}")
  http_ports=("${ports[@]:4:4}")
  node_options=()
  for i in 0 1 2 3; do node_options+=(--node "$(url "$i")"); done
  (umask 077 && head -c 24 /dev/urandom | base64 > keys/passphrase)
  say "emr-tools demo: everything happens in $work"
}

say() { printf '%s\n' "$*" >&2; }

step() {
  current=$1
  say "" "── $1"
}

# held NAME: the commands since the last `held` succeeded (set -e ends the script otherwise).
held() {
  steps+=("$1")
  say "   ok  $1"
}

demo_cleanup() {
  local status=$?
  stop_all_nodes
  if [ "$status" -ne 0 ]; then
    say "" "demo: FAILED in: ${current:-start} (${#steps[@]} steps held)" "demo: kept $work"
    printf '{"ok":false,"failed":"%s","steps":%d}\n' "${current:-start}" "${#steps[@]}"
  elif [ "$keep" -eq 0 ]; then
    cd / || exit
    rm -rf "$work"
  fi
}

demo_end() {
  say "" "What held:"
  printf '   %s\n' "${steps[@]}" >&2
  jq -cn --argjson steps "${#steps[@]}" --argjson seconds "$((SECONDS - started))" \
    --argjson visits "$visits" --argjson open "$open_ms" \
    '{ok:true,steps:$steps,visits:$visits,openMs:$open,seconds:$seconds}'
}

free_ports() {  # free_ports COUNT: ports nobody listens on, below the ephemeral range
  local port count=$1
  while [ "$count" -gt 0 ]; do
    port=$((10000 + RANDOM % 20000))
    if ! (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then
      echo "$port"
      count=$((count - 1))
    fi
  done
}

wait_until() {  # wait_until SECONDS COMMAND...
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      say "demo: gave up waiting for: $*"
      return 1
    fi
    sleep 0.05
  done
}

expect() {  # expect CODE COMMAND...: the command must end with exactly this exit status
  local code=$1 status=0
  shift
  "$@" || status=$?
  [ "$status" -eq "$code" ] || { say "demo: expected exit $code, got $status: $*"; return 1; }
}

has_lines() { [ -e "$1" ] && [ "$(wc -l < "$1")" -ge "$2" ]; }

# --- identities ------------------------------------------------------------------------------

uscc() {  # four invented institution codes with right check characters (GB 32100-2015)
  local codes=(123301004701234511 12310104425007881U 12110105400812374X 12440305455712346J)
  echo "${codes[$1]}"
}

new_account() {
  emr-sign create --light --key-file "keys/$1.json" --passphrase-file keys/passphrase \
    > "keys/$1.created"
}
address() { jq -r .address "keys/$1.created"; }

sign_and_submit() {  # sign_and_submit ACCOUNT: unsigned lines in, receipts out
  emr-sign --genesis founding/genesis.json --key-file "keys/$1.json" \
      --passphrase-file keys/passphrase |
    emr-tx submit --genesis founding/genesis.json "${node_options[@]}" --timeout 30
}

send() {  # send ACCOUNT CONTRACT.METHOD ARGS
  printf '%s\n' "$3" |
    emr-tx build "$2" --from "$(address "$1")" --genesis founding/genesis.json |
    sign_and_submit "$1"
}

enrol() {  # enrol ROLE ACCOUNT HOSPITAL: apply, then approval by the hospital's admin
  new_account "$2"
  send "$2" registration.apply \
    "{\"role\":\"$1\",\"institution\":\"$3\",\"identity\":\"$(printf %s "$2" | sha256sum | cut -c1-64)\"}" \
    > "logs/apply-$2.jsonl"
  send "$3-admin" registration.approve "{\"address\":\"$(address "$2")\",\"role\":\"$1\"}" \
    > "logs/approve-$2.jsonl"
}

login() {
  emr-sign login --genesis founding/genesis.json --key-file "keys/$1.json" \
      --passphrase-file keys/passphrase --ttl 1h --session "sessions/$1.json" |
    emr-tx submit --genesis founding/genesis.json "${node_options[@]}" > "logs/login-$1.jsonl"
}

ask() {  # ask ACCOUNT KIND [OPTION...]: a query in a session
  emr-query "$2" --node "$(url 1)" --genesis founding/genesis.json --session "sessions/$1.json" \
    "${@:3}"
}

open_record() {  # open_record ACCOUNT DIRECTORY [OPTION...]
  emr-query open --record "$record" --output-dir "$2" "${node_options[@]}" \
    --genesis founding/genesis.json --session "sessions/$1.json" "${@:3}" \
    > "logs/open-$2.json" 2> "logs/open-$2.err"
}

patient_name_of() {  # patient_name_of FILE: as the hospital knows it
  awk -F '\t' -v file="$1" '$1 == file { print $2 }' his/attachments.txt
}

# --- nodes -----------------------------------------------------------------------------------

url() { echo "http://127.0.0.1:${http_ports[$1]}"; }
index_of() { case $1 in hosp-a) echo 0 ;; hosp-b) echo 1 ;; hosp-c) echo 2 ;; *) echo 3 ;; esac }
status_of() { emr-pbft-node status --node "$(url "$1")" 2> /dev/null || true; }

start_node() {
  emr-pbft-node run --dir "nodes/$1" >> "logs/$1.out" 2>> "logs/$1.err" &
  echo $! > "pids/$1"
}
stop_node() {
  local pid
  pid=$(cat "pids/$1")
  kill -TERM "$pid" 2> /dev/null || true
  wait "$pid" 2> /dev/null || true
  rm -f "pids/$1"
}
stop_all_nodes() {
  local file
  for file in "$work"/site/pids/*; do
    [ -e "$file" ] && stop_node "$(basename "$file")"
  done
  return 0
}

all_ready() {
  local i
  for i in 0 1 2 3; do
    [ "$(status_of "$i" | jq -r .ready 2> /dev/null)" = true ] || return 1
  done
}
all_same_tip() {
  local i tips=""
  for i in 0 1 2 3; do tips+=$(status_of "$i" | jq -r '"\(.height) \(.tip)"')$'\n' || return 1; done
  [ "$(printf %s "$tips" | sort -u | wc -l)" -eq 1 ]
}

kill_primary() {
  local state
  state=$(status_of 0)
  view_before=$(jq -r .view <<< "$state")
  killed=$(jq -r .primary <<< "$state")
  kill -KILL "$(cat "pids/$killed")"
  wc -l < receipts-1.jsonl > receipts-at-kill
  rm -f "pids/$killed"
  say "   killed $killed, the primary of view $view_before"
}
view_rose() {
  local i
  for i in 0 1 2 3; do
    [ "${hospitals[i]}" != "$killed" ] || continue
    view_after=$(status_of "$i" | jq -r .view)
    [ "$view_after" -gt "$view_before" ] || return 1
  done
}

content_blocks() {  # of each node; a number for every node, or the step fails
  local i
  for i in 0 1 2 3; do status_of "$i" | jq -e '.contentBlocks | numbers' || return 1; done | paste -sd' '
}
# every node has the same number of blocks, at least one for each attachment
content_is_everywhere() {
  local counts
  counts=$(content_blocks) || return 1
  [ "$(tr ' ' '\n' <<< "$counts" | sort -u | wc -l)" -eq 1 ] && [ "${counts%% *}" -ge "$attachments" ]
}
record_transactions() {  # transactions of the records contract in all blocks
  emr-query blocks --raw --limit 100000 --node "$(url 0)" --genesis founding/genesis.json \
      --key-file keys/hosp-a-admin.json --passphrase-file keys/passphrase |
    jq -s 'map(.entries[] | select(.core.contract == "records")) | length'
}

expect_release_refused() {  # ask every node directly, naming an access that was denied
  local i access
  access=$(jq -r .access logs/open-denied-1.json)
  for i in 0 1 2 3; do
    expect 77 emr-query release --access "$access" --node "$(url "$i")" \
      --genesis founding/genesis.json --session sessions/c-doctor.json \
      > /dev/null 2>> logs/release.err
  done
}

# flip_byte DIRECTORY CLASS: changes one byte of one stored value, where the database keeps it.
flip_byte() { demo-flip "$1" "$2" 2>> logs/flip.err; }
