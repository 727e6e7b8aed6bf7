#!/usr/bin/env bash
# Writes the man pages and completions of every tool from its own option table.
# Usage: generate-docs.sh BUILD-DIR OUTPUT-DIR   (OUTPUT-DIR gets man/ and completions/)
set -euo pipefail

build=${1:?usage: generate-docs.sh BUILD-DIR OUTPUT-DIR}
out=${2:?usage: generate-docs.sh BUILD-DIR OUTPUT-DIR}
tools=(emr-desensitize emr-grant emr-ipfs-put emr-pbft-node emr-query emr-sign emr-tx)

mkdir -p "$out/man" "$out/completions"
for tool in "${tools[@]}"; do
  program=$build/bin/$tool
  if [[ ! -x $program ]]; then
    echo "generate-docs: error: $tool is not built" >&2
    exit 1
  fi
  "$program" --generate man >"$out/man/$tool.1"
  "$program" --generate bash >"$out/completions/$tool.bash"
  "$program" --generate zsh >"$out/completions/_$tool"
  "$program" --generate fish >"$out/completions/$tool.fish"
done
