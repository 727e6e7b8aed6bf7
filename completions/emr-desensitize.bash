# bash completion for emr-desensitize
_emr_desensitize() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local verb=''
  COMPREPLY=()
  # shellcheck disable=SC2207  # no completion word holds a space
  case $previous in
    -p|--policy) return ;;
    --profile) return ;;
    --unknown) COMPREPLY=($(compgen -W "drop keep scan fail" -- "$current")); return ;;
    -k|--key-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --identities) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key-fd) return ;;
    --in) COMPREPLY=($(compgen -W "auto record json fhir csv hl7 cda dicom text" -- "$current")); return ;;
    --output-dir) return ;;
    --charset) return ;;
    --delimiter) return ;;
    --map) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --patients) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --lookup-dir) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --blank) return ;;
    --format-options) return ;;
    -j|--jobs) return ;;
    --seal-to) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --institution) return ;;
    --descriptor) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --institution-key) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --linkage-key) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --attachments-root) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --language) COMPREPLY=($(compgen -W "auto zh en" -- "$current")); return ;;
    --report) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --print-policy) return ;;
    --k) return ;;
    --quasi) return ;;
    --sensitive) return ;;
    --hierarchy) return ;;
    --microaggregate) return ;;
    --max-suppressed) return ;;
    --scenario) return ;;
    --release) COMPREPLY=($(compgen -W "public controlled-public enclave" -- "$current")); return ;;
    --population) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --environment) return ;;
    --control) COMPREPLY=($(compgen -W "high medium low" -- "$current")); return ;;
    --ability) COMPREPLY=($(compgen -W "low medium high" -- "$current")); return ;;
    --security) COMPREPLY=($(compgen -W "high medium low" -- "$current")); return ;;
    --acquaintance-share) return ;;
    -o|--output) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --on-error) COMPREPLY=($(compgen -W "stop skip" -- "$current")); return ;;
    --rejects) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --error-format) COMPREPLY=($(compgen -W "text json" -- "$current")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    *) ;;
  esac
  local words=''
  case $verb in
    '') words='-p --policy --profile --unknown --strict -k --key-file --identities --key-fd --in --tree --output-dir --charset --delimiter --map --patients --lookup-dir --allow-pixels --blank --format-options -j --jobs --seal-to --institution --descriptor --institution-key --linkage-key --attachments-root --no-seal --explain --classify --check --verify --detect --language --show-values --restore --report --list-techniques --list-policies --print-policy --assess --k --quasi --sensitive --hierarchy --microaggregate --max-suppressed --scenario --release --population --environment --control --ability --security --acquaintance-share -o --output --on-error --rejects --config --print-config --error-format --color -q --quiet -v --verbose -h --help -V --version' ;;
    *) words='--help --version' ;;
  esac
  if [[ $current == -* ]]; then
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W '' -- "$current") $(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _emr_desensitize emr-desensitize
