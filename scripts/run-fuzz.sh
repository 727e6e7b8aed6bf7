#!/usr/bin/env bash
# Builds every fuzz target with clang and runs each for a bounded time. A corpus that grows stays in
# BUILD-DIR/corpus; a crash stops with the reproducer's path.
# Usage: run-fuzz.sh BUILD-DIR SECONDS JOBS
set -euo pipefail

build=${1:?usage: run-fuzz.sh BUILD-DIR SECONDS JOBS}
seconds=${2:-20}
jobs=${3:-2}

cmake -G Ninja -S . -B "$build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang-14 \
  -DCMAKE_CXX_COMPILER=clang++-14 -DEMR_FUZZ=ON -DEMR_SANITIZE=address,undefined >/dev/null
cmake --build "$build" --parallel "$jobs" --target fuzz
ran=0
for program in "$build"/bin/fuzz_*; do
  name=${program##*/}
  mkdir -p "$build/corpus/$name"
  echo "fuzz: $name for $seconds s"
  "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=0 \
    -verbosity=0 -artifact_prefix="$build/" "$build/corpus/$name" </dev/null
  ran=$((ran + 1))
done
echo "fuzz: $ran targets, no crash"
