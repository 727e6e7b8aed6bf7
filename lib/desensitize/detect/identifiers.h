// Identifiers made of digits and Latin letters, and dates. Common to Chinese and English texts.
#pragma once

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// The end of a run of characters that was walked last. It is the same from every place inside, so
/// that a detector which asks at all of them ("1-1-1-1...") walks the run once.
class RunEnd {
 public:
  /// `walk(at)` gives the end of the run that `at` is in, `at` itself when it is in none.
  template <class Walk>
  std::size_t end(std::size_t at, Walk walk) {
    if (at < start_ || at >= stop_) {
      start_ = at;
      stop_ = walk(at);
    }
    return stop_;
  }

 private:
  std::size_t start_ = 0;
  std::size_t stop_ = 0;
};

/// Shapes that prove themselves: check digits, mobile numbers, e-mail, URL, IP, IBAN.
void find_check_digits(const DecodedText& text, Finds& finds);

/// Everything of a Chinese text: the above, plus what stands behind a label (住院号, 护照 ...), plates,
/// beds, ages above 89, landlines and dates.
void find_identifiers_zh(const DecodedText& text, Finds& finds);

/// End of the run of letters and digits (with inner '-', '_' and '/' where `connected`) at `at`.
std::size_t token_end(const DecodedText& text, std::size_t at, bool connected);

/// The mobile number at `at` (+86, separators and full width included): its end, or 0.
std::size_t mobile_end(const DecodedText& text, std::size_t at);

/// The date at `at` without a time of day: its end, or 0.
std::size_t date_end(const DecodedText& text, std::size_t at);

}  // namespace emr::desensitize
