// bench-desensitize-units dicom FILE.dcm: files per second inside one process, without start-up and
//   disk: what a service or a folder run costs per file.
// bench-desensitize-units json FILE.ndjson: how fast the file can be read at all: a scan for its
//   structure, and our validating tokenizer. The tool's figures stand beside these.
// bench-desensitize-units memory NAME MIB PROGRAM [ARGUMENT...]: the most memory a run ever held.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "desensitize/format.h"
#include "figure.h"
#include "json/tokenizer.h"
#include "structural_scan.h"

namespace {

using namespace emr;
using namespace emr::desensitize;

int dicom(const std::string& file) {
  const FormatSpec* format = find_format("dicom");
  const auto policy = Policy::preset(format->default_policy).value();
  const Bytes master(32, 7);
  FieldTransformer with(policy, KeyRing::create(master).value());
  FormatOptions options;
  options.allow_pixels = true;
  const auto rewriter = format->make_rewriter(options).value();
  std::string out;
  const double rate = bench::per_second([&] {
    out.clear();
    EMR_CHECK(rewriter->rewrite(file, with, out).ok());
  });
  bench::figure_with_goal("desensitize.dicom", rate, "files/s", 3000, 1);
  return 0;
}

/// Every line is a document.
void tokenize(std::string_view text) {
  while (!text.empty()) {
    const std::size_t stop = std::min(text.find('\n'), text.size());
    json::Tokenizer tokens(text.substr(0, stop), json::Profile::kForeign);
    json::Token token = tokens.next();
    while (token.kind != json::TokenKind::kEnd) {
      EMR_CHECK(token.kind != json::TokenKind::kError);
      token = tokens.next();
    }
    text.remove_prefix(std::min(stop + 1, text.size()));
  }
}

int json_scans(const std::string& file) {
  const double megabytes = static_cast<double>(file.size()) / 1e6;
  std::vector<std::uint32_t> places(std::size_t{1} << 15);
  std::size_t marks = 0;
  const double scan =
      bench::per_second([&] { marks += bench::structural_scan(file, places); });
  EMR_CHECK(marks > 0);
  bench::figure("desensitize.structural_scan", scan * megabytes, "MB/s");
  bench::figure("desensitize.tokenizer", bench::per_second([&] { tokenize(file); }) * megabytes,
                "MB/s", scan * megabytes);
  return 0;
}

int memory(const std::string& name, double limit, char** command) {
  const pid_t child = fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) != nullptr) execv(command[0], command);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
    std::fprintf(stderr, "bench-desensitize-units: %s did not end well\n", command[0]);
    return 1;
  }
  bench::figure_with_most(name, static_cast<double>(usage.ru_maxrss) / 1024, "MiB", limit, 1);
  return 0;
}

std::string contents(const char* path) {
  std::ifstream input(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view verb = count > 2 ? arguments[1] : "";
  if (verb == "memory" && count > 4) {
    return memory(arguments[2], std::strtod(arguments[3], nullptr), arguments + 4);
  }
  if (count != 3 || (verb != "dicom" && verb != "json")) return 64;
  const std::string file = contents(arguments[2]);
  if (file.empty()) {
    std::fprintf(stderr, "bench-desensitize-units: skipped: no %s\n", arguments[2]);
    return 0;
  }
  return verb == "dicom" ? dicom(file) : json_scans(file);
}
