#!/usr/bin/env bats
# Bad input for every verb of the seven tools: each case gives the documented exit code, an error
# with tool, line and pointer, never a record's value, and leaves nothing half-written (R-017,
# R-032, R-073, R-096; field/cli.md 1.2 to 1.4). The tables are in bad-input.bash.

bats_require_minimum_version 1.5.0

setup_file() {
  load bad-input
  PATH=$EMR_BUILD/bin:$PATH
  unset "${!EMR_CONFIG@}" "${!EMR_SESSION@}" "${!EMR_NODE@}" 2> /dev/null || true
  mkdir "$BATS_FILE_TMPDIR/made"
  cd "$BATS_FILE_TMPDIR/made"
  fixtures
}

setup() {
  load ../tool
  tool_setup
  load bad-input
  cp -r "$BATS_FILE_TMPDIR/made" "$BATS_TEST_TMPDIR/work"
  cd "$BATS_TEST_TMPDIR/work"
  shopt -s nullglob
  mkdir out
  helpers=()
  line_number='' pointer='' complaints=''
  : > json-lines
}

teardown() {
  for pid in "${helpers[@]}"; do kill "$pid" 2> /dev/null || true; done
}

@test "streams: broken, mistyped, too deep, too large, ill-formed lines (65)" {
  while read -r name lead good profile command; do
    rm -f bad.*
    bad_json "$(< "$good.jsonl")" "$profile"
    for bad in bad.*; do
      line_number=1
      : > in
      if [ "$lead" != - ]; then
        cat "$lead.jsonl" > in
        line_number=2
      fi
      { cat "$bad"; echo; } >> in
      case $bad in
        bad.version | bad.kind) pointer=/v ;;
        bad.type) pointer=/type ;;
        *) pointer= ;;
      esac
      # shellcheck disable=SC2086
      input=in expect 65 "$name $bad" $command
    done
  done < <(stream_readers)
  no_complaints
}

@test "files: a broken genesis, key, session, policy, configuration, journal (65 or 78)" {
  declare -A seen
  while read -r code file command; do
    rm -f bad.*
    cp -p "$file" saved
    bad_json "$(tr -d '\n' < saved)" plain
    case $file in  # what is no JSON to begin with
      *.key | journal) rm -f bad.trailing ;;
    esac
    # One reader for each tool and file: another verb's is the same, and a few kinds show it.
    [ -z "${seen[$file ${command%% *}]:-}" ] || rm -f bad.{comma,depth,control,array,string,bom,[is]*}
    seen[$file ${command%% *}]=1
    for bad in bad.*; do
      cat "$bad" > "$file"
      [ "$file" != journal ] || echo >> journal  # without it the line is a torn one, and is cut
      # shellcheck disable=SC2086
      plain=1 expect "$code" "$command $bad" $command
      cmp -s "$file" <(cat "$bad"; [ "$file" != journal ] || echo) || complain "$file was changed"
    done
    cp -p saved "$file"
  done < <(file_readers)
  no_complaints
}

@test "standard output: closed, full, in a missing directory (74, 74, 73); nothing half-written" {
  while read -r name input command; do
    [ "$input" != - ] || input=/dev/null
    plain=1 expect 74 "$name closed" "$command < $input >&-"
    # shellcheck disable=SC2086
    input=$input plain=1 expect 73 "$name nowhere" $command -o /nowhere/file
    case $name in  # the keys are whole and on disk when the line about them cannot be written
      create | import | init | founding | join) continue ;;
    esac
    plain=1 expect 74 "$name full" "$command < $input > /dev/full"
  done < <(writers)
  no_complaints
}

@test "standard input: closed, missing, empty, the output itself, a reader that goes away" {
  while read -r name lead good profile command; do
    plain=1 expect 66 "$name closed" "$command <&-"
    # shellcheck disable=SC2086
    if [ "$name" != founding ]; then
      plain=1 expect 66 "$name missing" $command missing.jsonl
      cp "$good.jsonl" same.jsonl
      plain=1 expect 2 "$name same file" $command -o same.jsonl same.jsonl
      cmp -s same.jsonl "$good.jsonl" || complain "$name: its input was changed"
    fi
    code=0
    case $name in
      founding | verify-proof) code=65 ;;  # nothing to found, nothing proven
      attach) code=2 ;;                    # signatures are left over
    esac
    status=0
    # shellcheck disable=SC2086
    $command < /dev/null > stdout 2> stderr || status=$?
    [ "$status" -eq "$code" ] || complain "$name empty: exit $status, not $code"
    [ ! -s stdout ] || complain "$name empty: output"
    left=$(left_behind)
    [ -z "$left" ] || complain "$name empty: $left"
    case $name in founding | verify-proof | fhir | explain | attach) continue ;; esac
    for ((i = 0; i < 300; i++)); do cat "$lead.jsonl"; done > many
    for ((i = 0; i < 4; i++)); do cat many many > more && mv more many; done
    # Enough to fill the pipe: stderr must stay silent, the shell sees 141.
    bash -c "trap - PIPE; $command < many 2> stderr | head -n 1 > /dev/null
      exit \${PIPESTATUS[0]}" || status=$?
    [ "$status" -eq 141 ] || complain "$name reader gone: exit $status: $(head -c 200 stderr)"
    ! grep -q error stderr || complain "$name reader gone: $(head -c 200 stderr)"
  done < <(stream_readers)
  no_complaints
}

@test "a line of 100 MB is refused in bounded memory (65)" {
  limit=$(memory_limit 900000)
  while read -r name lead good profile command; do
    case $name in threads | explain | sign-typed | typed-data) continue ;; esac
    line_number=1
    [ "$name" != founding ] || line_number=  # read as one small file
    status=0
    head -c 100000000 /dev/zero | tr '\0' "1" |
      ($limit && exec $command) > stdout 2> stderr.text || status=$?
    outcome 65 "$name" "${command%% *}" text "$status"
    left=$(left_behind)
    [ -z "$left" ] || complain "$name: $left"
  done < <(stream_readers)
  [ -z "$complaints" ] || fail "$complaints"
}

@test "R-073: a wrong passphrase and files that others can read (77)" {
  while read -r file command; do
    if [ "$file" = me.json ]; then
      # shellcheck disable=SC2086
      plain=1 expect 77 "wrong passphrase: $command" ${command//passphrase-file pass/passphrase-file wrong}
    fi
    chmod 644 "$file"
    # shellcheck disable=SC2086
    plain=1 expect 77 "0644 $file: $command" $command
    chmod 600 "$file"
  done < <(secret_readers)
  no_complaints
}

@test "a node that refuses the connection, and one that never answers (69 or 75, in time)" {
  command -v python3 > /dev/null || skip "skipped: python3 is not installed"
  python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(64)
print(s.getsockname()[1], flush=True); time.sleep(120)' > port &
  helpers+=($!)
  for _ in {1..100}; do [ -s port ] && break || sleep 0.05; done
  n=0
  declare -A case_of
  tag=$(printf 'a%.0s' {1..64})
  for at in 127.0.0.1:9 "127.0.0.1:$(< port)"; do
    while read -r command; do
      n=$((n + 1))
      command=${command/@node/--node http:\/\/$at --timeout 1}
      command=${command/@only/--node http:\/\/$at}
      command=${command/@pass/--passphrase-file pass}
      command=${command/@tag/$tag}
      command=${command/@me/$(< me)}
      command=${command/@cid/$(< cid)}
      case_of[$n]=${command/@n/$n}
      # shellcheck disable=SC2086
      (status=0; timeout 20 ${case_of[$n]} > stdout.$n 2> stderr.$n < /dev/null || status=$?
        echo "$status $SECONDS" > status.$n) &
      waits+=($!)
    done < <(network_verbs)
  done
  wait "${waits[@]}"
  for ((i = 1; i <= n; i++)); do
    read -r status _ < "status.$i"
    [[ $status = 69 || $status = 75 ]] || complain "${case_of[$i]}: exit $status: $(< "stderr.$i")"
    command=${case_of[$i]}
    grep -q "^${command%% *}: error: " "stderr.$i" || complain "$command: $(< "stderr.$i")"
  done
  left=$(left_behind)
  [ -z "$left" ] || complain "$left"
  [ -z "$complaints" ] || fail "$complaints"
}
