#!/usr/bin/env bash
# The rules of the house as checks. Each prints one line per offence, "FILE:LINE: what", and fails
# when there is one. `self-test` plants one offence of every kind and sees it found.
# Usage: check.sh layers|purity|headers|sizes|words|functions|tools|self-test [SOURCE-DIR]
set -euo pipefail

check=${1:?usage: check.sh CHECK [SOURCE-DIR]}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=${2:-$(cd "$here/../.." && pwd)}
cd "$source"

# The link graph: one line a layer, "NAME PURE|IO DEP DEP ...", from lib/CMakeLists.txt.
link_graph() {
  sed 's/#.*//' lib/CMakeLists.txt | tr '\n' ' ' | grep -oE 'emr_layer\([^)]*\)' |
    sed -E 's/emr_layer\(//; s/\)//; s/\$\{[^}]*\}//g' |
    awk '{ pure = "IO"; part = ""; deps = ""
           for (i = 2; i <= NF; i++) {
             if ($i == "PURE") pure = "PURE"
             else if ($i == "DEPS" || $i == "LIBS" || $i == "PRIVATE_LIBS") part = $i
             else if (part == "DEPS") deps = deps " " $i
           }
           print $1, pure deps }'
}

# Tests and what only tests include: no layer rule but the arrows holds there.
test_files='(_(test|fuzz|bench)\.cpp|/test[a-z_]*\.(h|cpp))$'

sources() { # DIRECTORY...: every C++ file
  find "$@" -type f \( -name '*.h' -o -name '*.cpp' \) 2>/dev/null | sort
}

# An include of "X/..." from lib/Y only where Y is X or depends on it, directly or through others.
check_layers() {
  local files
  files=$(sources lib)
  # shellcheck disable=SC2086  # file names of this tree hold no space
  awk '
    FNR == NR { known[$1] = 1; for (i = 3; i <= NF; i++) direct[$1, $i] = 1; next }
    FNR == 1 && !closed { close_graph(); closed = 1 }
    FNR == 1 { split(FILENAME, path, "/"); layer = path[2] }
    match($0, /^#include "[a-z]+\//) {
      target = substr($0, 11, RLENGTH - 11)
      if (!(target in known) || target == layer || direct[layer, target]) next
      print FILENAME ":" FNR ": lib/" layer " may not include \"" target "/\" (lib/CMakeLists.txt)"
    }
    function close_graph(   a, b, c) {
      for (c in known) for (a in known) for (b in known)
        if (direct[a, c] && direct[c, b]) direct[a, b] = 1
      for (c in known) for (a in known) for (b in known)
        if (direct[a, c] && direct[c, b]) direct[a, b] = 1
    }' <(link_graph) $files
}

# Code without comments and string contents, so that words in prose offend nobody.
strip_code() { sed -E 's/"([^"\\]|\\.)*"/""/g; s@//.*@@'; }

# Pure layers take files, sockets, clocks, threads, environment and randomness as arguments.
check_purity() {
  local headers calls layer file
  headers='fstream|iostream|filesystem|thread|mutex|shared_mutex|condition_variable|future|chrono'
  headers+='|random|ctime|time\.h|sys/[a-z]+\.h|unistd\.h|fcntl\.h|netdb\.h'
  headers+='|netinet/[a-z]+\.h|arpa/[a-z]+\.h|pthread\.h|signal\.h|csignal|curl/[a-z]+\.h|lmdb\.h'
  calls='(std::)?(getenv|setenv|time|clock|rand|srand|fopen|f?printf|puts|system|popen|getrandom|gettimeofday'
  calls+='|clock_gettime|random_device|this_thread::[a-z_]+)'
  for layer in $(link_graph | awk '$2 == "PURE" { print $1 }'); do
    for file in $(sources "lib/$layer" | grep -vE "$test_files"); do
      {
        grep -nE "^#include <($headers)>" "$file" | sed "s@^@$file:@; s/#include/a pure layer includes/"
        strip_code < "$file" | grep -nE "(^|[^_[:alnum:].>:])$calls *[({]" |
          sed "s@^@$file:@; s/:\([0-9]*\):.*/:\1: a pure layer calls the system/"
      } || true
    done
  done | grep -vF -f <(sed 's/#.*//; /^ *$/d; s/ *$//' "$here/purity_exceptions.txt") || true
}

# Slow headers (1.2 s and 3.7 s per translation unit) stay out of headers; CLI11 has one user.
check_headers() {
  local users
  grep -rnE '#include <(nlohmann/json\.hpp|CLI/[A-Za-z]+\.hpp|CLI11\.hpp)>' lib tools tests \
    --include='*.h' | grep -vE '/test[a-z_]*\.h:' | sed 's/$/  (not in a header)/' || true
  users=$(grep -rlE '#include <CLI/' lib tools tests examples --include='*.cpp' || true)
  if [[ $users != lib/cli/parse.cpp ]]; then echo "lib/cli/parse.cpp:1: only this file uses CLI11: $users"; fi
  for file in $(sources lib tools | grep '\.h$'); do
    grep -q '^#pragma once' "$file" || echo "$file:1: no #pragma once"
    head -n 1 "$file" | grep -q '^// ' || echo "$file:1: no opening paragraph"
  done
}

check_sizes() {
  # Continuation bytes are taken out first: a column is a code point, whatever awk thinks of UTF-8.
  # shellcheck disable=SC2046
  LC_ALL=C awk 'FNR == 1 && last > 400 { print name ":" last ": longer than 400 lines" }
       { name = FILENAME; last = FNR; gsub(/[\200-\277]/, "") }
       length > 100 { print FILENAME ":" FNR ": longer than 100 columns" }
       END { if (last > 400) print name ":" last ": longer than 400 lines" }' \
    $(sources lib tools tests examples | grep -v '_table\(s\)\?\.\(cpp\|h\)$')
  find tests scripts examples -type f \( -name '*.sh' -o -name '*.bash' -o -name '*.bats' \) \
    -exec awk 'FNR == 401 { print FILENAME ":401: longer than 400 lines" }' {} +
}

check_words() {
  grep -rnE '\b(TODO|FIXME|XXX|HACK)\b' lib tools tests examples cmake scripts Makefile CMakeLists.txt \
    --exclude-dir=lint | sed 's/:\([0-9]*\):.*/:\1: unfinished business/' || true
  grep -rnE '[[:space:]]$' lib tools tests examples cmake scripts --include='*.h' --include='*.cpp' \
    --include='*.sh' --include='*.cmake' | sed 's/:\([0-9]*\):.*/:\1: trailing white space/' || true
}

# A function body ends at the brace in the column where its head began; clang-format keeps it so.
check_functions() {
  # shellcheck disable=SC2046
  awk 'FNR == 1 { start = 0; prior = "" }
       !start && /\) *(const|noexcept|override|final| |->.*)*\{ *$/ && !/^ *(if|for|while|switch|else|do|\}|TEST_CASE|namespace)/ {
         start = FNR; match($0, /^ */); depth = RLENGTH
         # A head that was broken over lines begins with the line of the least indent.
         if (depth > 3 && depth % 2 == 0 && prior ~ /[,(]$/) { match(prior, /^ */); if (RLENGTH < depth) depth = RLENGTH }
         next
       }
       start { match($0, /^ */)
         if ($0 ~ /^ *\}/ && RLENGTH <= depth) {
           if (FNR - start + 1 > 70) print FILENAME ":" start ": function of " FNR - start + 1 " lines"
           start = 0 } }
       { prior = $0 }' $(sources lib tools | grep -vE '_(test|fuzz)\.cpp$')
}

# A tool is a thin shell: main.cpp <= 150 lines.
check_tools() {
  for file in tools/*/main.cpp; do
    [[ -e $file ]] || continue
    (($(wc -l < "$file") <= 150)) || echo "$file:1: longer than 150 lines"
  done
}

# Every check must be able to fail.
self_test() {
  local tree name
  tree=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$tree'" EXIT
  mkdir -p "$tree"/{lib/base,lib/json,lib/cli,tools/emr-x,tests,examples,cmake,scripts}
  touch "$tree/Makefile" "$tree/CMakeLists.txt"
  printf 'emr_layer(base PURE)\nemr_layer(json PURE DEPS base)\nemr_layer(cli DEPS json)\n' \
    > "$tree/lib/CMakeLists.txt"
  printf '// x\n#pragma once\n#include "json/json.h"\n#include <chrono>\n#include <nlohmann/json.hpp>\n' \
    > "$tree/lib/base/bad.h"
  { printf 'void f() {\n  std::time(nullptr);\n'; yes '  g();' | head -n 410; printf '}\n// TODO\n'; } \
    > "$tree/lib/base/bad.cpp"
  { printf '#include "base/x.h"\n#include "json/y.h"\n'; } > "$tree/lib/cli/good.cpp"
  yes '// x' | head -n 151 > "$tree/tools/emr-x/main.cpp"
  yes '# x' | head -n 401 > "$tree/tests/bad.bats"
  for name in layers purity headers sizes words functions tools; do
    if "${BASH_SOURCE[0]}" "$name" "$tree" > "$tree/out"; then
      echo "check.sh:1: the check $name does not find what was planted"
    elif grep -q good.cpp "$tree/out"; then
      echo "check.sh:1: the check $name finds fault with good code"
    elif [[ $name == sizes ]] && ! grep -q bad.bats "$tree/out"; then
      echo "check.sh:1: the check $name does not look at scripts"
    fi
  done
}

case $check in
  layers | purity | headers | sizes | words | functions | tools) offences=$("check_$check") ;;
  self-test) offences=$(self_test) ;;
  *)
    echo "check.sh: unknown check" >&2
    exit 2
    ;;
esac
if [[ -n $offences ]]; then
  echo "$offences"
  exit 1
fi
