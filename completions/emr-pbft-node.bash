# bash completion for emr-pbft-node
_emr_pbft_node() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local verb=''
  COMPREPLY=()
  local word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      init|genesis|join|run|sync|status|stop|doctor|backup|restore|prune|compact|apply|hand-over|rotate|set-weight) verb=$word; break ;;
    esac
  done
  # shellcheck disable=SC2207  # no completion word holds a space
  case $previous in
    --dir) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --id) return ;;
    --name) return ;;
    --uscc) return ;;
    --admin) return ;;
    --peer) return ;;
    --http) return ;;
    --permission) COMPREPLY=($(compgen -W "write read" -- "$current")); return ;;
    -o|--output) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --error-format) COMPREPLY=($(compgen -W "text json" -- "$current")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --chain-id) return ;;
    --output-dir) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --primary) return ;;
    --dealer) return ;;
    --contract) return ;;
    --batch-max) return ;;
    --batch-ms) return ;;
    --timeout-ms) return ;;
    --checkpoint-interval) return ;;
    --genesis) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --share) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --ready-fd) return ;;
    --peer-listen) return ;;
    --http-listen) return ;;
    --workers) return ;;
    --timeout) return ;;
    --node) return ;;
    --to) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --keys-to) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --from) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --older-than) return ;;
    --below-height) return ;;
    --box-key) return ;;
    *) ;;
  esac
  local words=''
  case $verb in
    'init') words='--dir --id --name --uscc --admin --peer --http --permission -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'genesis') words='--chain-id --output-dir --primary --dealer --contract --batch-max --batch-ms --timeout-ms --checkpoint-interval -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'join') words='--dir --genesis --share --later -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'run') words='--dir --ready-fd --peer-listen --http-listen --workers -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'sync') words='--dir --peer-listen --http-listen --workers --timeout -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'status') words='--node --dir --strict -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'stop') words='--dir --timeout --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'doctor') words='--dir --json --deep --offline --strict -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'backup') words='--dir --to --keys-to -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'restore') words='--dir --from -n --dry-run --replace -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'prune') words='--dir --older-than --below-height -n --dry-run -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'compact') words='--dir -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'apply') words='--permission -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'hand-over') words='--dir --to --box-key -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'rotate') words='--dir --vote --transport --box --peer --http --finish -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'set-weight') words='--dir -o --output --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    *) words='--help --version' ;;
  esac
  if [[ $current == -* ]]; then
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W 'init genesis join run sync status stop doctor backup restore prune compact apply hand-over rotate set-weight' -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _emr_pbft_node emr-pbft-node
