# bash completion for emr-query
_emr_query() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local verb=''
  COMPREPLY=()
  local word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      record|records|history|nodes|proposal|evidence|identity|accounts|orgs|pending|contracts|ring|methods|tx|genesis|sidecar|grants|check|audit|appointments|emergencies|requests|retained|runs|run|blocks|export|open|release|unseal|prove|stats|verify|state|fields|crypto) verb=$word; break ;;
    esac
  done
  # shellcheck disable=SC2207  # no completion word holds a space
  case $previous in
    --record) return ;;
    --record-version) return ;;
    --format) COMPREPLY=($(compgen -W "emr fhir" -- "$current")); return ;;
    --node) return ;;
    --genesis) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --timeout) return ;;
    --session) COMPREPLY=($(compgen -f -- "$current")); return ;;
    -k|--key-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --passphrase-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --passphrase-fd) return ;;
    -o|--output) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --error-format) COMPREPLY=($(compgen -W "text json" -- "$current")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --patient) return ;;
    --doctor) return ;;
    --institution) return ;;
    --month) return ;;
    --doc-type) return ;;
    --visit-type) COMPREPLY=($(compgen -W "1 2 3 9" -- "$current")); return ;;
    --limit) return ;;
    --after) return ;;
    --proposal) return ;;
    --member) return ;;
    --address) return ;;
    --role) COMPREPLY=($(compgen -W "doctor patient auditor service admin" -- "$current")); return ;;
    --status) COMPREPLY=($(compgen -W "pending active suspended rejected closed" -- "$current")); return ;;
    --key) return ;;
    --txid) return ;;
    --grantee) return ;;
    --purpose) COMPREPLY=($(compgen -W "TREAT HPAYMT HOPERAT HRESCH PATRQT BTG" -- "$current")); return ;;
    --action) COMPREPLY=($(compgen -W "access alliance.approve alliance.leave alliance.propose alliance.reject alliance.rotate alliance.weight amend answer apply appointment.book appointment.cancel approve attest book cancel create deregister desensitize emergency grant leave login logout permission.access permission.answer permission.emergency permission.grant permission.request permission.review permission.revoke propose records.amend records.create records.desensitize registration.apply registration.approve registration.attest registration.deregister registration.login registration.logout registration.reject registration.resume registration.suspend registration.unattest reject request resume review revoke rotate suspend unattest weight" -- "$current")); return ;;
    --outcome) COMPREPLY=($(compgen -W "ok denied failed" -- "$current")); return ;;
    --agent) return ;;
    --since) return ;;
    --until) return ;;
    --slot) return ;;
    --wrote) return ;;
    --policy) return ;;
    --emergency) COMPREPLY=($(compgen -W "unconscious life-threat cannot-consent disaster" -- "$current")); return ;;
    --minutes) return ;;
    --output-dir) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --access) return ;;
    --archive-key) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --ledger) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --store) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --ipfs-api) return ;;
    --ipfs-token-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --on-error) COMPREPLY=($(compgen -W "stop skip" -- "$current")); return ;;
    --rejects) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --grant) return ;;
    --account) return ;;
    --state-key) return ;;
    --min-height) return ;;
    --count-by) return ;;
    --min-cell) return ;;
    --trust) COMPREPLY=($(compgen -f -- "$current")); return ;;
    *) ;;
  esac
  local words=''
  case $verb in
    'record') words='--record --record-version --format --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'records') words='--patient --doctor --institution --month --doc-type --visit-type --limit --all --after --format --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'history') words='--record --limit --all --after --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'nodes') words='--pending --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'proposal') words='--proposal --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'evidence') words='--member --proven --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'identity') words='--address --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'accounts') words='--role --institution --status --limit --all --after --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'orgs') words='--explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'pending') words='--explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'contracts') words='--explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'ring') words='--key --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'methods') words='--explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'tx') words='--txid --proof --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'genesis') words='--explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'sidecar') words='--record --record-version --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'grants') words='--patient --grantee --limit --all --after --format --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'check') words='--record --patient --grantee --purpose --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'audit') words='--patient --record --action --outcome --agent --purpose --since --until --limit --all --after --format --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'appointments') words='--patient --institution --slot --month --status --limit --all --after --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'emergencies') words='--patient --institution --unreviewed --overdue --limit --all --after --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'requests') words='--patient --institution --status --limit --all --after --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'retained') words='--patient --limit --all --after --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'runs') words='--wrote --policy --institution --since --until --limit --all --after --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'run') words='--txid --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'blocks') words='--since --until --raw --limit --all --after --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'export') words='--since --until --limit --all --after --explain -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'open') words='--record --record-version --purpose --emergency --minutes --output-dir --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'release') words='--access --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'unseal') words='--archive-key --institution --output-dir --ledger --store --ipfs-api --ipfs-token-file --timeout -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'prove') words='--record --grant --patient --institution --account --state-key --ledger --min-height -e --exit-status --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'stats') words='--count-by --min-cell --institution --month --storage --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'verify') words='--trust --ledger --full -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'state') words='--ledger --digest -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'fields') words='--ledger -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'crypto') words='-o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    *) words='--help --version' ;;
  esac
  if [[ $current == -* ]]; then
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W 'record records history nodes proposal evidence identity accounts orgs pending contracts ring methods tx genesis sidecar grants check audit appointments emergencies requests retained runs run blocks export open release unseal prove stats verify state fields crypto' -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _emr_query emr-query
