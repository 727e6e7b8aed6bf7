// Finds identifiers in free text: hand-written byte scanners over UTF-8, Chinese first and English.
// Pure and immutable: one scanner serves all threads. Scanning needs no allocation but the span
// vector of the caller.
#pragma once

#include <bitset>
#include <span>
#include <string_view>
#include <vector>

#include "desensitize/patient.h"
#include "desensitize/span.h"

namespace emr::desensitize {

struct ScanOptions {
  Language language = Language::kAuto;  ///< kAuto: Chinese when the text holds a CJK ideograph
  std::bitset<kSpanTypes> types = std::bitset<kSpanTypes>().set();
};

/// A text that waits to be scanned, and what was found in it then.
struct ScanTask {
  std::string_view text;  ///< valid UTF-8
  const PatientContext* own = nullptr;
  std::vector<Span> spans;
};

class TextScanner {
 public:
  explicit TextScanner(ScanOptions options = {}) : options_(options) {}

  /// Replaces `spans` by the finds in `text` (valid UTF-8): sorted, not overlapping. With `own`,
  /// the record's own names, numbers and addresses are searched first.
  void scan(std::string_view text, const PatientContext* own, std::vector<Span>& spans) const;

  /// scan() of each task, but detector by detector over all of them: the code of all detectors does
  /// not fit into the processor's first cache, and every short text would load it anew.
  void scan_all(std::span<ScanTask> tasks) const;

  /// The second net, cheap enough for every unmatched string: identifiers that prove themselves by
  /// a check digit or an unmistakable shape (ID card, USCC, bank card, mobile number, e-mail, VIN).
  void scan_check_digits(std::string_view text, std::vector<Span>& spans) const;

  const ScanOptions& options() const noexcept { return options_; }

 private:
  using Scan = void (TextScanner::*)(std::string_view, const PatientContext*, std::vector<Span>&,
                                     int) const;
  void scan_seen(std::string_view text, const PatientContext* own, std::vector<Span>& spans,
                 int unveiled) const;
  void scan_together(std::span<ScanTask> tasks) const;
  Language language(std::string_view text) const noexcept;
  void check_digits_seen(std::string_view text, const PatientContext* own,
                         std::vector<Span>& spans, int unveiled) const;
  bool unveil(std::string_view text, const PatientContext* own, std::vector<Span>& spans,
              int unveiled, Scan again) const;

  ScanOptions options_;
};

/// The language whose rules apply to this text.
Language language_of(std::string_view text) noexcept;

}  // namespace emr::desensitize
