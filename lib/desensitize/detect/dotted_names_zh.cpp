#include "desensitize/detect/dotted_names_zh.h"

#include <string_view>

#include "desensitize/detect/words_zh.h"

namespace emr::desensitize {
namespace {

/// 贵科安娜·科瓦尔, 今日玛丽亚: a character before the name that belongs to another word.
bool other_word(const DecodedText& text, std::size_t start) {
  const std::u32string_view before = text[start - 1] == U'科' ? U"贵我各本内外儿骨妇肤瘤经吸化分"
                                     : text[start - 1] == U'日' ? U"今昨次明本近即当"
                                                                : U"";
  return before.find(text[start - 2]) != std::u32string_view::npos;
}

}  // namespace

DottedName dotted_name_at(const DecodedText& text, std::size_t dot) {
  constexpr std::size_t kLongestFirst = 8;
  constexpr std::size_t kLongestRest = 12;
  constexpr std::size_t kLongestPart = 4;  ///< of whatever characters: 安德烈·彼得罗夫
  const NameWords& words = name_words();
  if (!is_cjk(text[dot - 1]) || !is_cjk(text[dot + 1])) {
    return {};
  }
  std::size_t start = (text.marks(dot - 1) & kNeverInName) == 0 ? dot - 1 : dot;
  while (start > 0 && dot - start < kLongestFirst && (text.marks(start - 1) & kDotted) != 0 &&
         (dot - start < 2 ||
          (words.labels.longest_before(text, start).empty() && !other_word(text, start)))) {
    --start;
  }
  std::size_t stop = dot + 1;
  while (stop - dot < kLongestRest && !words.followers.has(text[stop], text[stop + 1]) &&
         ((text.marks(stop) & kDotted) != 0 ||
          (stop - dot <= kLongestPart && is_cjk(text[stop]) &&
           (text.marks(stop) & kNeverInName) == 0) ||
          (text[stop] == text[dot] && is_cjk(text[stop + 1])))) {
    ++stop;
  }
  // 詹姆斯·林: one character behind the dot is a surname.
  const bool family = stop - dot == 2 && dot - start >= 2 && !is_cjk(text[stop]) &&
                      (text.marks(dot + 1) & kCommonSurname) != 0;
  return dot - start >= 1 && (stop - dot >= 3 || family) ? DottedName{start, stop} : DottedName{};
}

}  // namespace emr::desensitize
