# bash completion for emr-ipfs-put
_emr_ipfs_put() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local verb='records'
  COMPREPLY=()
  local word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      records|put|get) verb=$word; break ;;
    esac
  done
  # shellcheck disable=SC2207  # no completion word holds a space
  case $previous in
    --attachments-root) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --descriptor) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --node) return ;;
    --genesis) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --ipfs-api) return ;;
    --ipfs-token-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --store) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --timeout) return ;;
    --session) COMPREPLY=($(compgen -f -- "$current")); return ;;
    -k|--key-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --passphrase-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --passphrase-fd) return ;;
    --pad) COMPREPLY=($(compgen -W "padme none" -- "$current")); return ;;
    --threads) return ;;
    --profile) COMPREPLY=($(compgen -W "unixfs-v1-2025 unixfs-v0-2015 legacy-cid-v0 cidv1-raw" -- "$current")); return ;;
    --cid-version) return ;;
    --raw-leaves) COMPREPLY=($(compgen -W "true false" -- "$current")); return ;;
    --chunker) return ;;
    --max-file-links) return ;;
    --cid-format) COMPREPLY=($(compgen -W "native base32 base58 hex" -- "$current")); return ;;
    -o|--output) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --on-error) COMPREPLY=($(compgen -W "stop skip" -- "$current")); return ;;
    --rejects) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --progress) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --error-format) COMPREPLY=($(compgen -W "text json" -- "$current")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --manifest) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --range) return ;;
    *) ;;
  esac
  local words=''
  case $verb in
    'records') words='--attachments-root --descriptor --node --genesis --ipfs-api --ipfs-token-file --store --timeout --session -k --key-file --passphrase-file --passphrase-fd --pad -n --dry-run --threads --only-hash --plaintext --profile --cid-version --raw-leaves --chunker --max-file-links --cid-format -o --output --on-error --rejects --progress --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'put') words='--manifest --node --genesis --ipfs-api --ipfs-token-file --store --timeout --session -k --key-file --passphrase-file --passphrase-fd --pad -n --dry-run --threads --only-hash --plaintext --profile --cid-version --raw-leaves --chunker --max-file-links --cid-format -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    'get') words='-o --output --manifest --range --node --genesis --ipfs-api --ipfs-token-file --store --timeout --session -k --key-file --passphrase-file --passphrase-fd --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    *) words='--help --version' ;;
  esac
  if [[ $current == -* ]]; then
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W 'records put get' -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _emr_ipfs_put emr-ipfs-put
