#include <algorithm>

#include "desensitize/detect/english.h"
#include "desensitize/detect/english_text.h"

namespace emr::desensitize {
namespace {

/// Words and numbers without an ideograph between them, as a sentence or a field of a form has.
constexpr std::size_t kFewestRuns = 4;

class Stretch : private EnglishText {
 public:
  explicit Stretch(const DecodedText& text) : EnglishText(text) {}

  /// Two small words of sentences, or the label of a field.
  bool is_english() const {
    std::size_t small_words = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (any(i, {"patient", "name", "dob", "ssn", "address", "phone", "street", "mr", "mrs", "ms",
                  "dr", "prof", "surname", "passport", "insured", "dear"})) {
        return true;
      }
      small_words += any(i, {"the", "of", "and", "to", "with", "was", "is", "has", "had", "by",
                             "from", "her", "his", "she", "he", "who", "were", "been", "for",
                             "my", "lives", "at"})
                         ? 1
                         : 0;
    }
    return small_words >= 2;
  }
};

void find_in(const DecodedText& text, std::size_t start, std::size_t stop, Finds& finds) {
  const DecodedText part(text.bytes(start, stop));
  if (!Stretch(part).is_english()) return;
  Finds more;
  find_english(part, more);
  for (const Find& find : more) {
    finds.push_back({start + find.start, start + find.stop, find.type, find.weight});
  }
}

}  // namespace

void find_english_among(const DecodedText& text, Finds& finds) {
  Places ideographs(text, kIdeograph);
  Places starts(text, kRunStart);
  for (std::size_t start = starts.next(0); start < text.size();) {
    const std::size_t stop = std::min(ideographs.next(start), text.size());
    std::size_t runs = 0;
    std::size_t at = start;
    for (; at < stop; at = starts.next(at + 1)) ++runs;
    if (runs >= kFewestRuns) find_in(text, start, stop, finds);
    start = at;
  }
}

}  // namespace emr::desensitize
