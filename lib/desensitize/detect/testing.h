// For tests of detection: what a Chinese text holds, as one readable line. Nothing here is part of
// the product.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "desensitize/scanner.h"

namespace emr::desensitize::testing {

struct Case {
  const char* text;
  const char* finds;
};

/// The finds of these types, divided by '|'.
inline std::string found_of(std::string_view text, std::initializer_list<SpanType> types,
                            Language language = Language::kChinese) {
  std::vector<Span> spans;
  TextScanner(ScanOptions{.language = language}).scan(text, nullptr, spans);
  std::string result;
  for (const Span& span : spans) {
    if (std::find(types.begin(), types.end(), span.type) == types.end()) continue;
    result.append(result.empty() ? "" : "|");
    result.append(text.substr(span.start, span.stop - span.start));
  }
  return result;
}

}  // namespace emr::desensitize::testing
