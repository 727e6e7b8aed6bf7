#include <algorithm>
#include <array>
#include <string_view>

#include "desensitize/detect/english.h"
#include "desensitize/detect/english_alone.h"
#include "desensitize/detect/english_text.h"
#include "desensitize/detect/word_index.h"

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

/// Where the capitalised word at `at` stops ("Maria", "J."); 0: there is none.
std::size_t word_stop(const DecodedText& text, std::size_t at) {
  if (text[at] < U'A' || text[at] > U'Z') return 0;
  std::size_t stop = at + 1;
  while (text[stop] >= U'a' && text[stop] <= U'z') ++stop;
  if (stop == at + 1) return text[stop] == U'.' ? stop + 1 : 0;
  return is_alnum(text[stop]) ? 0 : stop;
}

/// Behind a name the text goes on with what people do or are called, not with what was named after
/// somebody: Maria Lopez|陪同, but Austin Flint|杂音.
bool person_goes_on(const DecodedText& text, std::size_t at) {
  static constexpr auto kBehind = std::to_array<std::u32string_view>(
      {U"女士", U"先生", U"陪同", U"医生", U"医师", U"教授", U"护士", U"签字", U"代诉", U"代签", U"电话", U"来院", U"来诊",
       U"要求", U"同意", U"自述", U"家属", U"本人"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kBehind);
  while (text[at] == U' ') ++at;
  return !is_cjk(text[at]) || one_of<U"男女于因说诉称系在">(text[at]) ||
         !kIndex.longest_at(text, at).empty();
}

/// 联系 John Smith，: two or three words, one of them a frequent given name, among ideographs.
void find_name_in(const DecodedText& text, std::size_t start, std::size_t stop, Finds& finds) {
  constexpr std::size_t kMostWords = 3;
  for (std::size_t at = start; at < stop;) {
    std::size_t words = 0;
    std::size_t end = at;
    for (std::size_t next = at; words < kMostWords && next < stop; next = end + 1) {
      const std::size_t word = word_stop(text, next);
      if (word == 0) break;
      end = word;
      ++words;
      if (text[end] != U' ') break;
    }
    const bool alone = at == 0 || !is_alnum(text[at - 1]);
    const bool more = text[end] == U' ' && is_letter(text[end + 1]);  // Charlson Comorbidity Index
    if (alone && words >= 2 && !more && person_goes_on(text, end) &&
        has_given_name(text.bytes(at, end))) {
      finds.push_back({at, end, SpanType::kName, 30});
    }
    at = std::max(end, at + 1);
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
    else if (runs >= 2) find_name_in(text, start, stop, finds);
    start = at;
  }
}

}  // namespace emr::desensitize
