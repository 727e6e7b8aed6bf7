// bench-desensitize-units FILE.dcm: DICOM files per second inside one process, without start-up and
// disk: what a service or a folder run costs per file.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "desensitize/format.h"
#include "figure.h"

namespace {

using namespace emr;
using namespace emr::desensitize;

void dicom(const std::string& file) {
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
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 64;
  std::ifstream input(arguments[1], std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(input), {}};
  if (file.empty()) {
    std::fputs("bench-desensitize-units: skipped: no DICOM sample beside the checkout\n", stderr);
    return 0;
  }
  dicom(file);
  return 0;
}
