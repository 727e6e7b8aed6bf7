#!/usr/bin/env bats
# Operating nodes: what an administrator does and is told (R-029, R-030, R-063, R-087).

bats_require_minimum_version 1.5.0

setup_file() { export BATS_TEST_TIMEOUT=240; }

setup() {
  load consortium
  consortium_setup
}

# page MEMBER: its metrics, without curl
page() {
  local at
  at=$(jq -r .httpListen "$net/hosp-$1/node.json")
  exec 7<> "/dev/tcp/${at%:*}/${at##*:}"
  printf 'GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n' >&7
  tr -d '\r' <&7
  exec 7>&-
}

teardown() {
  consortium_stop
  if [ -n "${mounted:-}" ]; then umount "$mounted" || umount -l "$mounted"; fi
}

@test "backup of a running node, dry run, restore; the node follows and ends with one tip (R-063)" {
  consortium_found "$net" emr-test --timeout-ms 700
  node_start a b c d
  for name in one two three; do application "$name" | submit 30 a > /dev/null; done
  within 20 same_tip a b c d
  # Under load: whatever moment the copy shows, it is one moment.
  for i in 1 2 3 4; do application "busy-$i"; done > lines
  submit 60 a < lines > /dev/null &
  writer=$!
  for i in 1 2 3; do
    emr-pbft-node backup --dir "$net/hosp-a" --to "busy-$i" > /dev/null
    emr-query verify --ledger "busy-$i/data" --trust "$genesis" | jq -e .ok
  done
  wait "$writer"
  within 20 same_tip a b c d
  height=$(status a .height)
  run -0 --separate-stderr emr-pbft-node backup --dir "$net/hosp-d" --to saved --keys-to saved-keys
  assert_equal "$(jq -r '[.type, .node, .height] | @csv' <<< "$output")" \
    "\"emr.backup\",\"hosp-d\",$height"
  # The manifest is true, no key is in the backup, and auditors read it as it is.
  (cd saved && jq -r '.files[] | "\(.sha256)  \(.name)"' manifest.json | sha256sum -c --quiet)
  for key in "$net"/hosp-d/keys/*.key; do run -1 grep -rqF "$(< "$key")" saved; done
  assert_equal "$(cat saved-keys/keys/vote.key)" "$(cat "$net/hosp-d/keys/vote.key")"
  assert_equal "$(stat -c %a saved-keys/keys/vote.key)" 600
  assert [ ! -e saved-keys/institution/archive.key ]
  emr-query verify --ledger saved/data --trust saved/genesis.json | jq -e --argjson h "$height" '.ok and .to == $h'
  run -73 emr-pbft-node backup --dir "$net/hosp-d" --to saved
  # While keys are being renewed: the ledger may register the new ones before the backup is needed.
  emr-pbft-node rotate --dir "$net/hosp-d" --vote --transport > /dev/null
  emr-pbft-node backup --dir "$net/hosp-d" --to renewing --keys-to renewing-keys > /dev/null
  diff -r "$net/hosp-d/keys" renewing-keys/keys
  assert_equal "$(stat -c %a renewing-keys/keys/vote.next.key)" 600
  for key in "$net"/hosp-d/keys/*.key; do run -1 grep -rqF "$(< "$key")" renewing; done
  rm "$net"/hosp-d/keys/*.next.key
  # A member that came later was dealt no share.
  cp -r "$net/hosp-d" came-later
  rm came-later/share.key
  run -66 emr-pbft-node backup --dir came-later --to lacking --keys-to lacking-keys
  jq -c '.later = true' "$net/hosp-d/node.json" > came-later/node.json
  emr-pbft-node backup --dir came-later --to later --keys-to later-keys > /dev/null
  diff -r came-later/keys later-keys/keys
  # What was committed since comes from the peers.
  application four | submit 30 a > /dev/null
  within 20 same_tip a b c d
  run -75 emr-pbft-node restore --dir "$net/hosp-d" --from saved --replace  # it is running
  run -0 --separate-stderr emr-pbft-node restore --dry-run --dir "$net/hosp-d" --from saved
  jq -e --argjson h "$height" '.running and .verified and .replacesHeight > $h' <<< "$output"
  node_kill TERM d
  assert_equal "$node_status" 0
  before=$(sha256sum "$net/hosp-d/data/data.mdb")
  run -0 --separate-stderr emr-pbft-node restore --dry-run --dir "$net/hosp-d" --from saved
  jq -e --argjson h "$height" \
    '.dryRun and .verified and .height == $h and .replacesHeight == $h + 1 and .keys' <<< "$output"
  assert_equal "$(sha256sum "$net/hosp-d/data/data.mdb")" "$before"
  run -73 emr-pbft-node restore --dir "$net/hosp-d" --from saved
  assert_equal "$(sha256sum "$net/hosp-d/data/data.mdb")" "$before"
  run -0 --separate-stderr emr-pbft-node restore --replace --dir "$net/hosp-d" --from saved
  assert [ -e "$(jq -r .kept <<< "$output")/data.mdb" ]
  emr-pbft-node doctor --offline --dir "$net/hosp-d" > findings
  assert grep -q 'vote records are lost; the node follows and does not vote yet' findings
  node_start d
  within 40 same_tip a b c d
  application five | submit 60 a > /dev/null
  within 40 same_tip a b c d
  # On a new machine: nothing but the backup and the keys.
  node_kill TERM d
  rm -rf "$net/hosp-d"
  emr-pbft-node restore --dir "$net/hosp-d" --from saved 2> notices | jq -e '.keys | not'
  assert grep -q 'keys are not there' notices
  run -66 emr-pbft-node run --dir "$net/hosp-d"
  cp -r saved-keys/keys saved-keys/share.key "$net/hosp-d"
  node_start d
  within 40 same_tip a b c d
}

@test "restore: a changed, a lacking and a foreign backup are refused and nothing changes" {
  consortium_found "$net" emr-test
  node_start a b c
  application one | submit 30 a > /dev/null
  emr-pbft-node backup --dir "$net/hosp-a" --to saved > /dev/null
  node_kill TERM a
  before=$(sha256sum "$net/hosp-a/data/data.mdb")
  cp -r saved changed
  printf x | dd of=changed/data/data.mdb bs=1 seek=20000 conv=notrunc 2> /dev/null
  run -1 emr-pbft-node restore -n --dir "$net/hosp-a" --from changed
  assert_output --partial 'data/data.mdb is not what the manifest says'
  # Somebody who also corrects the manifest is caught by the ledger itself.
  cp -r saved forged
  LC_ALL=C sed -i 's/"method":"apply"/"method":"apPly"/g' forged/data/data.mdb
  refute cmp -s saved/data/data.mdb forged/data/data.mdb
  sum=$(sha256sum forged/data/data.mdb | cut -d' ' -f1)
  jq -c --arg sum "$sum" '(.files[] | select(.name == "data/data.mdb") | .sha256) = $sum' \
    saved/manifest.json > forged/manifest.json
  run -1 emr-pbft-node restore -n --dir "$net/hosp-a" --from forged
  cp -r saved lacking
  rm lacking/genesis.json
  run -1 emr-pbft-node restore -n --dir "$net/hosp-a" --from lacking
  run -78 emr-pbft-node restore -n --dir "$net/hosp-b" --from saved
  run -66 emr-pbft-node restore -n --dir "$net/hosp-a" --from nothing
  cp -r saved outside
  sed -i 's|data/data.mdb|../saved/data/data.mdb|' outside/manifest.json
  run -65 emr-pbft-node restore -n --dir "$net/hosp-a" --from outside
  echo '{"type":"emr.backup"' > lacking/manifest.json
  run -65 emr-pbft-node restore -n --dir "$net/hosp-a" --from lacking
  assert_equal "$(sha256sum "$net/hosp-a/data/data.mdb")" "$before"
}

@test "prune and compact: refused while the node runs, receipts stay provable, it starts again" {
  consortium_found "$net" emr-test --checkpoint-interval 2
  node_start a b c d
  for name in one two three four; do application "$name" | submit 30 a > /dev/null; done
  within 20 same_tip a b c d
  run -75 emr-pbft-node prune --dir "$net/hosp-a" --older-than 1d
  run -75 emr-pbft-node compact --dir "$net/hosp-a"
  node_kill TERM a
  run -2 emr-pbft-node prune --dir "$net/hosp-a"
  run -2 emr-pbft-node prune --dir "$net/hosp-a" --older-than 10s
  run -66 emr-pbft-node prune --dir nowhere --older-than 1d
  run -0 --separate-stderr emr-pbft-node prune -n --dir "$net/hosp-a" --older-than 1d
  jq -e '.dryRun and .sidecars == 0 and .stable >= 2' <<< "$output"
  run -0 --separate-stderr emr-pbft-node compact --dir "$net/hosp-a"
  jq -e '.bytesAfter <= .bytesBefore and .bytesAfter > 0' <<< "$output"
  assert [ ! -e "$net/hosp-a/data/compacting" ]
  emr-query verify --ledger "$net/hosp-a/data" --trust "$genesis" | jq -e .ok
  node_start a
  application five | submit 60 a > /dev/null
  within 20 same_tip a b c d
}

@test "a full disk stops the node with 75, nothing committed is lost, with room it goes on (R-029)" {
  consortium_found "$net" emr-test --timeout-ms 700
  mkdir -p "$net/hosp-d/data"
  mount -t tmpfs -o size=96m tmpfs "$net/hosp-d/data" 2> /dev/null ||
    skip "mounting a small tmpfs is not permitted here"
  mounted=$net/hosp-d/data
  node_start a b c d
  application one | submit 30 a > /dev/null
  within 20 same_tip a b c d
  # 90 % full (somebody else's file): a warning, and the node goes on.
  head -c 90M /dev/zero > "$net/hosp-d/data/other" 2> /dev/null || true
  run -1 emr-pbft-node status --strict --node "$(url d)"
  assert_output --partial 'disk: the file system of the data directory is'
  page d | grep -E '^emr_disk_used_ratio (0\.9|1)'
  # Now the reserve is gone: the next vote cannot be made durable.
  application two | submit 60 a > receipts
  assert_equal "$(jq -r .status receipts)" committed
  within 20 grep -q 'disk is full' "$net/d.log"
  within 20 dead d
  node_status=0
  wait "${node_pid[d]}" || node_status=$?
  unset "node_pid[d]"
  assert_equal "$node_status" 75
  application three | submit 60 b > /dev/null  # the others go on
  cp "$net/hosp-d/data/data.mdb" copy.mdb
  mkdir copy && mv copy.mdb copy/data.mdb
  emr-query verify --ledger copy --trust "$genesis" | jq -e '.ok and .to >= 1'
  rm "$net/hosp-d/data/other"
  node_start d
  within 40 same_tip a b c d
}

# dead MEMBER: has its process ended?
dead() { ! kill -0 "${node_pid[$1]}" 2> /dev/null; }

@test "storeLimitBytes: a warning at 90 %, then a full disk like any other (R-029)" {
  new_account admin
  admins=("$(account admin)")
  consortium_found "$net" emr-test
  jq -c '.storeLimitBytes = 16777216' "$net/hosp-a/node.json" > new && mv new "$net/hosp-a/node.json"
  node_start a b c d
  assert_equal "$(status a .storage.limitBytes)" 16777216
  assert_equal "$(status b .storage.limitBytes)" null
  put() {
    head -c "$1" /dev/urandom > "$2"
    emr-ipfs-put put --genesis "$genesis" --node "$(url a)" -k keys/admin.json \
      --passphrase-file pass --manifest "$2.manifest" "$2"
  }
  put 15400000 large > /dev/null
  run -1 emr-pbft-node status --strict --node "$(url a)"
  assert_output --regexp 'limit: the store has used 9[0-9] % of storeLimitBytes'
  run -75 put 4000000 more
  assert_output --partial 'the node refused: disk_full'
  application one | submit 60 b > receipts  # the others go on, and a can follow no more
  assert_equal "$(jq -r .status receipts)" committed
  application two | submit 60 b > receipts
  jq -c '.storeLimitByte = 1' "$net/hosp-b/node.json" > new
  node_kill TERM b
  mv new "$net/hosp-b/node.json"
  run -78 emr-pbft-node run --dir "$net/hosp-b"
  # With a higher limit it goes on where it was.
  if dead a; then wait "${node_pid[a]}" || true; unset "node_pid[a]"; else node_kill TERM a; fi
  jq -c '.storeLimitBytes = 100000000' "$net/hosp-a/node.json" > new && mv new "$net/hosp-a/node.json"
  node_start a
  within 40 same_tip a c d
}

committed_one() { [ "$(status a .height)" = 1 ] && same_tip a b c d; }  # status is a moment old

@test "status says why and since when nothing moves, and who is away (R-005)" {
  consortium_found "$net" emr-test --timeout-ms 700
  node_start a b c d
  application one | submit 30 a > /dev/null
  within 20 committed_one
  within 20 all_is_well # what is known of the peers is a heartbeat old
  node_kill KILL c
  node_kill KILL d
  within 20 not_ready a
  run -75 --separate-stderr emr-pbft-node status --dir "$net/hosp-a"
  jq -e '.state == "no_quorum" and .since <= .time
         and (.reason | contains("2 of 3 peers unreachable: hosp-c, hosp-d"))' <<< "$output"
  within 10 grep -q 'warning health: no progress: no_quorum' "$net/a.log"
  node_start c
  within 20 ready a
  within 10 grep -q 'info health: making progress' "$net/a.log"
}

all_is_well() {
  emr-pbft-node status --strict --dir "$net/hosp-a" | jq -e '
    .ready and .state == "ok" and .lag == 0 and .epoch == 0 and .height == 1
    and (.peers | all(.connected and .lag == 0 and (.lastSeen | endswith("Z"))))
    and (.warnings == []) and (.lastBlock | endswith("Z"))'
}
not_ready() { ! emr-pbft-node status --node "$(url "$1")" > /dev/null 2>&1; }
ready() { ! not_ready "$1"; }

@test "metrics: every family has HELP and TYPE once, counters end in _total, values are numbers" {
  consortium_found "$net" emr-test
  node_start a b c
  within 20 ready a
  page a > answer
  assert grep -qx 'Content-Type: text/plain; version=0.0.4' answer
  sed '1,/^$/d' answer > page
  awk '
    function wrong(why) { print NR ": " why ": " $0; bad = 1 }
    /^# HELP / { if (help[$3]++) wrong("second HELP"); if (NF < 5) wrong("no text"); next }
    /^# TYPE / {
      if (type[$3]) wrong("second TYPE"); if (!help[$3]) wrong("TYPE before HELP")
      type[$3] = $4; current = $3
      if ($4 != "gauge" && $4 != "counter") wrong("kind")
      if (($4 == "counter") != ($3 ~ /_total$/)) wrong("counters, and only they, end in _total")
      next
    }
    {
      name = $0; sub(/[ {].*/, "", name)
      if (name != current) wrong("not under its TYPE")
      if (name !~ /^emr_[a-z_]+$/) wrong("name")
      if ($0 !~ /^[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? [0-9]+(\.[0-9]+)?$/) wrong("form")
      if (seen[$1]++) wrong("twice")
    }
    END { exit bad }' page
  grep -qx 'emr_ready 1' page
  grep -qx 'emr_state{state="ok"} 1' page
  grep -qx 'emr_peer_connected{peer="hosp-d"} 0' page
  grep -q '^emr_peer_last_seen_timestamp_seconds{peer="hosp-b"} 1[0-9]\{9\}$' page
  grep -q '^emr_build_info{version="[^"]*",node="hosp-a",chain="emr-test"} 1$' page
}

# found_fault CHECK: doctor's finding of that kind
finding() { jq -r --arg check "$1" 'select(.check == $check) | .verdict' findings | sort -u | xargs; }

# doctor EXIT MEMBER [OPTION...]: its findings in the file findings
doctor() {
  local expected=$1 member=$2 status=0
  shift 2
  emr-pbft-node doctor --json --dir "$net/hosp-$member" "$@" > findings 2> /dev/null || status=$?
  assert_equal "$status" "$expected"
}

@test "doctor: a good node, and each fault it is for" {
  consortium_found "$net" emr-test
  doctor 0 a --offline
  for check in config genesis vote-key tls box-key share disk ports; do
    assert_equal "$check $(finding "$check")" "$check ok"
  done
  doctor 1 a  # nobody else runs
  assert_equal "$(finding peers)" "fault warning"
  node_start a b c d
  doctor 0 a --deep
  assert_equal "$(finding node)" ok
  assert_equal "$(finding peers)" ok
  assert_equal "$(finding store)" ok
  run -0 emr-pbft-node doctor --dir "$net/hosp-b"
  assert_line --regexp '^ok +vote-key: '
  # keys of another node, and readable by others
  cp -r "$net/hosp-a" sick
  rm -rf sick/data
  cp "$net/hosp-b/keys/transport.key" sick/keys/transport.key
  cp "$net/hosp-b/share.key" sick/share.key
  chmod 644 sick/keys/vote.key
  net_saved=$net net=$BATS_TEST_TMPDIR
  mv sick hosp-sick
  doctor 1 sick --offline
  assert_equal "$(finding tls)" fault
  assert_equal "$(finding vote-key)" fault
  jq -se 'any(.[]; .check == "vote-key" and (.hint | contains("chmod")))' findings
  assert_equal "$(finding ports)" fault  # the real hosp-a has them
  echo '{' > hosp-sick/node.json
  doctor 1 sick --offline
  assert_equal "$(finding config)" fault
  net=$net_saved
  run -2 emr-pbft-node doctor
}

# notified PATTERN: has the fake service manager been told this?
notified() { grep -qa "$1" notified; }

@test "service manager: READY, STATUS, WATCHDOG and STOPPING; TERM ends with 0" {
  consortium_found "$net" emr-test
  perl -MSocket -MIO::Handle -e '
    socket(my $manager, AF_UNIX, SOCK_DGRAM, 0) or die; bind($manager, pack_sockaddr_un($ARGV[0])) or die;
    open(my $log, ">", "notified") or die; $log->autoflush(1);
    while (defined recv($manager, my $text, 4096, 0)) { print $log "$text\n--\n"; }
  ' "$PWD/notify.sock" 3>&- &
  manager=$!
  within 10 test -S notify.sock
  export NOTIFY_SOCKET=$PWD/notify.sock WATCHDOG_USEC=400000
  node_start a
  unset NOTIFY_SOCKET WATCHDOG_USEC
  within 10 notified '^READY=1'
  assert notified "^MAINPID=${node_pid[a]}"
  within 10 notified '^STATUS=no_quorum: '
  within 10 notified '^WATCHDOG=1'
  node_start b c
  within 20 notified '^STATUS=ok: height 0, view 0'
  node_kill TERM a
  assert_equal "$node_status" 0
  within 10 notified '^STOPPING=1'
  assert notified '^STATUS=stopping on request'
  kill "$manager"
  wait "$manager" 2> /dev/null || true
  # Nobody listens, or a wrong number: the node does not care.
  export NOTIFY_SOCKET=$PWD/gone WATCHDOG_USEC=never
  node_start a
}

@test "stop: ends the node of a directory, and says when there is none" {
  consortium_found "$net" emr-test
  run -1 emr-pbft-node stop --dir "$net/hosp-a"
  assert_output --partial 'no node is running'
  node_start a
  assert_equal "$(< "$net/hosp-a/data/LOCK")" "${node_pid[a]}"
  run -0 emr-pbft-node stop --dir "$net/hosp-a" --timeout 20s
  node_status=0
  wait "${node_pid[a]}" || node_status=$?
  unset "node_pid[a]"
  assert_equal "$node_status" 0
  run -1 emr-pbft-node stop --dir "$net/hosp-a"
  run -2 emr-pbft-node stop
}

@test "the unit file is one that systemd accepts" {
  command -v systemd-analyze > /dev/null || skip "systemd-analyze is not installed"
  sed "s|/usr/bin/|$EMR_BUILD/bin/|; s/^Documentation=.*//" \
    "$EMR_SOURCE/examples/emr-pbft-node.service" > emr-pbft-node.service
  run systemd-analyze verify --man=no "$PWD/emr-pbft-node.service"
  refute_output --partial emr-pbft-node.service
}

@test "one process per data directory; an unknown key on the peer port is refused and logged" {
  consortium_found "$net" emr-test
  node_start a
  run -75 emr-pbft-node run --dir "$net/hosp-a"
  assert_output --partial 'another process is using this data directory'
  port=$(jq -r .peerListen "$net/hosp-a/node.json")
  openssl req -x509 -newkey ed25519 -nodes -keyout x.key -out x.crt -days 1 -subj /CN=x 2> /dev/null
  timeout 10 openssl s_client -connect "$port" -tls1_3 -cert x.crt -key x.key < /dev/null \
    > /dev/null 2>&1 || true
  within 10 grep -q 'refused a connection with 127.0.0.1: unknown_key' "$net/a.log"
  timeout 10 openssl s_client -connect "$port" -tls1_2 < /dev/null > tls12 2>&1 || true
  assert grep -qE 'alert|handshake failure|wrong version|protocol version' tls12
}
