# bash completion for emr-sign
_emr_sign() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local verb='sign'
  COMPREPLY=()
  local word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      sign|verify|login|logout|create|import|list|address|typed-data|attach|digest) verb=$word; break ;;
    esac
  done
  # shellcheck disable=SC2207  # no completion word holds a space
  case $previous in
    -k|--key-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --passphrase-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --passphrase-fd) return ;;
    --genesis) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --session) COMPREPLY=($(compgen -f -- "$current")); return ;;
    -o|--output) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --on-error) COMPREPLY=($(compgen -W "stop skip" -- "$current")); return ;;
    --rejects) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --error-format) COMPREPLY=($(compgen -W "text json" -- "$current")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --address) return ;;
    --signature) return ;;
    --from) return ;;
    --ttl) return ;;
    --valid-for) return ;;
    --from-fd) return ;;
    --kind) COMPREPLY=($(compgen -W "auto key mnemonic keystore" -- "$current")); return ;;
    --path) return ;;
    --from-passphrase-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --from-passphrase-fd) return ;;
    *) ;;
  esac
  local words=''
  case $verb in
    'sign') words='-k --key-file --passphrase-file --passphrase-fd --genesis --session --typed-data --personal -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'verify') words='--genesis --typed-data --personal --address --signature -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'login') words='-k --key-file --passphrase-file --passphrase-fd --genesis --session --from --ttl --replace --valid-for -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'logout') words='--genesis --session --valid-for -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'create') words='-k --key-file --passphrase-file --passphrase-fd --light -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'import') words='-k --key-file --passphrase-file --passphrase-fd --light --from --from-fd --kind --path --from-passphrase-file --from-passphrase-fd -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'list') words='-o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'address') words='-k --key-file --passphrase-file --passphrase-fd --check -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'typed-data') words='--genesis -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'attach') words='--genesis --signature -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'digest') words='--personal -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    *) words='--help --version' ;;
  esac
  if [[ $current == -* ]]; then
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W 'sign verify login logout create import list address typed-data attach digest' -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _emr_sign emr-sign
