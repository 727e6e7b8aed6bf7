#!/usr/bin/env bash
# Latency of one `emr-query open` as a reader feels it: process start, access committed by the quorum,
# key parts from three nodes, a 2.8 MB attachment fetched and checked. Taken from a small demo run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
EMR_DEMO_VISITS=20 EMR_DEMO_ATTACHMENTS=3 EMR_BUILD=${EMR_BUILD:?} bash "$here/examples/demo.sh" \
    2> /dev/null < /dev/null |
  tail -n 1 | jq -c 'select(.ok) | {bench: "open.latency", value: .openMs, unit: "ms"}'
