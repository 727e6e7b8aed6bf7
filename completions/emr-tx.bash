# bash completion for emr-tx
_emr_tx() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local verb=''
  COMPREPLY=()
  local word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      build|submit|status|methods|slots) verb=$word; break ;;
    esac
  done
  # shellcheck disable=SC2207  # no completion word holds a space
  case $previous in
    --from) return ;;
    --valid-for) return ;;
    --on-conflict) COMPREPLY=($(compgen -W "amend skip fail" -- "$current")); return ;;
    --reason-code) return ;;
    --node) return ;;
    --genesis) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --timeout) return ;;
    --session) COMPREPLY=($(compgen -f -- "$current")); return ;;
    -k|--key-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --passphrase-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --passphrase-fd) return ;;
    -o|--output) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --on-error) COMPREPLY=($(compgen -W "stop skip" -- "$current")); return ;;
    --rejects) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --error-format) COMPREPLY=($(compgen -W "text json" -- "$current")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --journal) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --batch) return ;;
    --connections) return ;;
    --progress) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --wait) return ;;
    --institution) return ;;
    --institution-key) COMPREPLY=($(compgen -f -- "$current")); return ;;
    *) ;;
  esac
  local words=''
  case $verb in
    'build') words='--from --valid-for --on-conflict --reason-code --node --genesis --timeout --session -k --key-file --passphrase-file --passphrase-fd -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'submit') words='--node --genesis --timeout --journal --resume --batch --connections --on-conflict --reason-code -k --key-file --passphrase-file --passphrase-fd -o --output --on-error --rejects --progress --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'status') words='--node --genesis --timeout --wait --proof -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'methods') words='-o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'slots') words='--institution --institution-key -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    *) words='--help --version' ;;
  esac
  if [[ $current == -* ]]; then
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W 'build submit status methods slots' -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _emr_tx emr-tx
