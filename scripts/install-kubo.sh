#!/bin/sh
# Builds the real Kubo for the tests that use it as a peer (tests/cli/kubo.bats). Needs Go; the
# binary goes to a cache outside the tree and is built once. Prints its path on stdout.
#   scripts/install-kubo.sh [--check]     --check only looks: exit 1 when it is not there
set -eu

version=v0.42.0
cache=${EMR_KUBO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/emr-tools/kubo}
binary=$cache/ipfs-$version

if [ -x "$binary" ]; then
  echo "$binary"
  exit 0
fi
if [ "${1:-}" = --check ]; then
  echo "install-kubo: Kubo $version is not installed (make peers builds it)" >&2
  exit 1
fi
if ! command -v go > /dev/null 2>&1; then
  echo "install-kubo: Kubo needs Go to build, and there is no Go here" >&2
  exit 1
fi

echo "install-kubo: building Kubo $version into $cache" >&2
mkdir -p "$cache"
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
# A module of our own that requires exactly this version: `go install module@version` would also ask
# the proxy for the list of all versions, which not every proxy gives.
cat > go.mod << EOF
module emr-tools/peer

go 1.26.4

require github.com/ipfs/kubo $version
EOF
cat > peer.go << 'EOF'
//go:build peer

package peer

import _ "github.com/ipfs/kubo/cmd/ipfs"
EOF
GOFLAGS="${GOFLAGS:-} -mod=mod" go build -o ipfs github.com/ipfs/kubo/cmd/ipfs >&2
mv ipfs "$binary"
echo "$binary"
