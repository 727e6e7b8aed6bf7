#include "desensitize/detect/name_lists_zh.h"

#include "desensitize/detect/given_chars_zh.h"
#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/name_places_zh.h"
#include "desensitize/detect/name_shape_zh.h"

namespace emr::desensitize {
namespace {

class ListReader : private NameShape {
 public:
  explicit ListReader(const DecodedText& text) : NameShape(text) {}

  bool is_list(std::size_t at) const {
    std::size_t entries = 0;
    std::size_t sure = 0;
    while (entries < kMostEntries) {
      std::size_t stop = at;
      while (is_cjk(text_[stop]) && stop < at + 4) ++stop;
      if (!built(at, stop) || dose_at(text_, stop)) break;
      ++entries;
      sure += likely(at, stop) ? 1 : 0;
      stop += bracket_length(text_, stop);
      if (!one_of<U"、/">(text_[stop])) break;
      at = stop + 1;
    }
    return entries > 1 && sure > 1 && 2 * sure >= entries;
  }
  bool is_married(std::size_t start) const {
    return text_[start + 2] == U'氏' && !is_cjk(text_[start + 3]) && plain_surname(start) &&
           plain_surname(start + 1) && !is_cjk(text_[start - 1]);
  }

 private:
  static constexpr std::size_t kMostEntries = 12;

  bool built(std::size_t at, std::size_t stop) const {
    const std::size_t family = surname(at, true);
    if (family == 0 || stop - at <= family || stop - at > family + 2) return false;
    for (std::size_t i = at + family; i < stop; ++i) {
      if (!given(i)) return false;
    }
    return true;
  }
  bool likely(std::size_t at, std::size_t stop) const {
    return surname(at, false) > 0 && is_typical_given(text_[stop - 1]) &&
           !ordinary(at, stop - at) && !ordinary(at, 2) &&
           !words_.friends.has(text_[at], text_[at + 1]) &&
           !words_.followers.has(text_[at], text_[at + 1]);
  }
};

}  // namespace

bool opens_people_list(const DecodedText& text, std::size_t start) {
  const char32_t before = text[start - 1];
  return !is_cjk(before) && !one_of<U"、/">(before) && !is_drug_label(text, start - 1) &&
         ListReader(text).is_list(start);
}

bool announces_list(const DecodedText& text, std::size_t stop) {
  return text.stops(stop, U"参加") || text.stops(stop, U"出席") || text.stops(stop, U"成员") ||
         text.stops(stop, U"名单") || text.stops(stop, U"在场") || text.stops(stop, U"到会");
}

bool in_drug_list(const DecodedText& text, std::size_t start) {
  constexpr std::size_t kReach = 60;
  std::size_t colon = start - 1;
  while (start - colon < kReach &&
         (is_cjk(text[colon]) || is_alnum(text[colon]) || one_of<U"、()">(text[colon]))) {
    --colon;
  }
  return is_drug_label(text, colon);
}

bool married_name_at(const DecodedText& text, std::size_t start) {
  return ListReader(text).is_married(start);
}

}  // namespace emr::desensitize
