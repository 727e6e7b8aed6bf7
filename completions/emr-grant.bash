# bash completion for emr-grant
_emr_grant() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local verb=''
  COMPREPLY=()
  local word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      give|revoke|request|approve|deny|break-glass|review|deregister|list|check) verb=$word; break ;;
    esac
  done
  # shellcheck disable=SC2207  # no completion word holds a space
  case $previous in
    --patient) return ;;
    --to) return ;;
    --records) return ;;
    --doc-types) return ;;
    --institutions) return ;;
    --purpose) COMPREPLY=($(compgen -W "TREAT HPAYMT HOPERAT HRESCH PATRQT BTG" -- "$current")); return ;;
    --for) return ;;
    --until) return ;;
    --since) return ;;
    --from) return ;;
    --valid-for) return ;;
    -o|--output) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --error-format) COMPREPLY=($(compgen -W "text json" -- "$current")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --grant) return ;;
    --record) return ;;
    --on-error) COMPREPLY=($(compgen -W "stop skip" -- "$current")); return ;;
    --rejects) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --reason) COMPREPLY=($(compgen -W "unconscious life-threat cannot-consent disaster" -- "$current")); return ;;
    --emergency) return ;;
    --outcome) COMPREPLY=($(compgen -W "justified unjustified" -- "$current")); return ;;
    --grantee) return ;;
    --limit) return ;;
    --after) return ;;
    --node) return ;;
    --genesis) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --timeout) return ;;
    --session) COMPREPLY=($(compgen -f -- "$current")); return ;;
    -k|--key-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --passphrase-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --passphrase-fd) return ;;
    *) ;;
  esac
  local words=''
  case $verb in
    'give') words='--patient --to --records --doc-types --institutions --purpose --for --until --since --deny --from --valid-for -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'revoke') words='--grant --from --valid-for -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'request') words='--patient --record --records --doc-types --institutions --purpose --for --until --from --valid-for -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'approve') words='--for --until --from --valid-for -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'deny') words='--from --valid-for -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'break-glass') words='--patient --record --reason --for --from --valid-for -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'review') words='--emergency --outcome --from --valid-for -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'deregister') words='--patient --account --from --valid-for -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'list') words='--patient --grantee --limit --all --after --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'check') words='--record --patient --to --purpose --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    *) words='--help --version' ;;
  esac
  if [[ $current == -* ]]; then
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W 'give revoke request approve deny break-glass review deregister list check' -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _emr_grant emr-grant
