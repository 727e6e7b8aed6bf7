// For fuzz targets only: one input through one format, twice. The first byte chooses the size of
// the chunks, so that every cut of the input is tried.
#pragma once

#include "base/bytes.h"
#include "desensitize/formats/testing.h"

namespace emr::desensitize::testing {

inline int fuzz_format(const FormatSpec& spec, std::string_view policy_name, ByteView input) {
  static const std::shared_ptr<const Policy> policy = preset(policy_name);
  if (input.empty()) return 0;
  const std::size_t chunk = std::size_t{1} + input.front();
  const std::string_view text = as_text(input.subspan(1));
  FormatOptions options;
  options.allow_pixels = true;
  const Run first = run_format(spec, policy, text, options, chunk);
  if (!first.errors.empty() || first.out.empty()) return 0;
  const Run again = run_format(spec, policy, first.out, options);
  EMR_CHECK(again.errors.empty());
  return 0;
}

}  // namespace emr::desensitize::testing
