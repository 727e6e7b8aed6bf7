// demo-scan PLANTED (--expect-all | --expect-none) PATH...
// Searches files and folders for every planted value in UTF-8, GB18030, UTF-16, hex and base64.
// Prints one JSON line; findings go to stderr by file and encoding, never with the value itself.
// Exit status 0 when the expectation holds, 1 when it does not.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "patterns.h"

namespace {

using namespace demo;
namespace fs = std::filesystem;

std::vector<std::string> read_lines(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> files_below(const fs::path& root) {
  if (fs::is_regular_file(root)) return {root};
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root, ignored)) {
    if (entry.is_regular_file(ignored)) files.push_back(entry.path());
  }
  return files;
}

struct Totals {
  std::vector<bool> seen;  ///< per planted value
  std::size_t hits = 0;
  std::size_t files = 0;
  std::size_t bytes = 0;
};

void scan_file(const fs::path& path, const Searcher& searcher, bool report, Totals& totals) {
  std::ifstream file(path, std::ios::binary);
  const std::string data((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::map<std::string, std::size_t> by_encoding;
  searcher.search(data, [&](const Pattern& pattern) {
    ++by_encoding[pattern.encoding];
    ++totals.hits;
    totals.seen[pattern.value] = true;
  });
  ++totals.files;
  totals.bytes += data.size();
  for (const auto& [encoding, count] : by_encoding) {
    if (report) {
      std::fprintf(stderr, "demo-scan: %zu identifiers as %s in %s\n", count, encoding.c_str(),
                   path.c_str());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 3 ? argv[2] : "";
  if (mode != "--expect-all" && mode != "--expect-none") {
    std::fprintf(stderr, "usage: demo-scan PLANTED --expect-all|--expect-none PATH...\n");
    return 2;
  }
  const bool expect_all = mode == "--expect-all";
  const std::vector<std::string> planted = read_lines(argv[1]);
  std::vector<Pattern> patterns;
  for (std::uint32_t i = 0; i < planted.size(); ++i) {
    for (Pattern& pattern : spellings(planted[i], i)) patterns.push_back(std::move(pattern));
  }
  const std::size_t pattern_count = patterns.size();
  const Searcher searcher(std::move(patterns));

  Totals totals;
  totals.seen.resize(planted.size());
  for (int i = 3; i < argc; ++i) {
    for (const fs::path& path : files_below(argv[i]))
      scan_file(path, searcher, !expect_all, totals);
  }
  std::size_t found = 0;
  for (const bool seen : totals.seen) found += seen;
  const bool ok = !planted.empty() && totals.files > 0 &&
                  (expect_all ? found == planted.size() : totals.hits == 0);
  std::printf(
      "{\"planted\":%zu,\"patterns\":%zu,\"found\":%zu,\"files\":%zu,\"bytes\":%zu,"
      "\"ok\":%s}\n",
      planted.size(), pattern_count, found, totals.files, totals.bytes, ok ? "true" : "false");
  return ok ? 0 : 1;
}
