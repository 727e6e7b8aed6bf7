// Any valid UTF-8 in either language: spans are sorted, inside the text and on its characters.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/utf8.h"
#include "desensitize/dates.h"
#include "desensitize/scanner.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!emr::is_valid_utf8(text)) {
    return 0;
  }
  using namespace emr::desensitize;  // NOLINT one short file
  PatientContext own;
  own.add_own(SpanType::kName, text.substr(0, 6));
  own.add_own(SpanType::kPhone, "5550123");
  std::vector<Span> spans;
  for (const Language language : {Language::kChinese, Language::kEnglish, Language::kAuto}) {
    ScanOptions options;
    options.language = language;
    TextScanner(options).scan(text, emr::is_valid_utf8(text.substr(0, 6)) ? &own : nullptr, spans);
    std::size_t done = 0;
    for (const Span& span : spans) {
      EMR_CHECK(span.start >= done && span.stop > span.start && span.stop <= text.size());
      EMR_CHECK(emr::is_valid_utf8(text.substr(span.start, span.stop - span.start)));
      done = span.stop;
    }
  }
  if (const auto date = parse_date(text)) {
    static_cast<void>(shift_date(*date, 17));
  }
  return 0;
}
