#!/usr/bin/env bash
# Installs what emr-tools needs to be built and tested and what is not there yet, from Debian 12's
# packages. Says what it installs. When nothing is missing it does nothing and needs no network.
# Usage: install-deps.sh [--fuzz]   (--fuzz: also clang 14, for the fuzz targets)
set -euo pipefail

# One line a group: tools, then libraries (lib/README.md says what each library is for), then tests.
packages=(
  g++ cmake ninja-build pkg-config git make ca-certificates
  nlohmann-json3-dev libcli11-dev libssl-dev libsecp256k1-dev libsodium-dev libcurl4-openssl-dev
  liblmdb-dev libboost-dev libexpat1-dev libutf8proc-dev zlib1g-dev libjemalloc-dev doctest-dev
  bats bats-support bats-assert bats-file jq mandoc shellcheck openssl
)
if [[ ${1:-} == --fuzz ]]; then packages+=(clang-14 libclang-rt-14-dev); fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  if [[ $state != installed ]]; then missing+=("$package"); fi
done
if ((${#missing[@]} == 0)); then exit 0; fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "install-deps: error: these packages are missing: ${missing[*]}" >&2
    echo "install-deps: hint: install them as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "install-deps: installing ${#missing[@]} Debian packages: ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
options=(--no-install-recommends -o Dpkg::Use-Pty=0 -o Acquire::Retries=3)
# The package lists may be absent (a fresh container) or older than the mirror: refresh, then try.
"${apt[@]}" update </dev/null
"${apt[@]}" "${options[@]}" install "${missing[@]}" </dev/null
echo "install-deps: done"
