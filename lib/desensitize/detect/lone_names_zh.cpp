#include "desensitize/detect/lone_names_zh.h"

#include <algorithm>
#include <array>

#include "desensitize/detect/char_set.h"
#include "desensitize/detect/given_chars_zh.h"
#include "desensitize/detect/name_places_zh.h"
#include "desensitize/detect/name_shape_zh.h"
#include "desensitize/detect/regions_zh.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kBytes = 3;  ///< of an ideograph
constexpr std::size_t kLongest = 4;

/// What ends the names of drugs, diseases, tests, foods and places.
constexpr CharSet kThings = U"氏病征症菌酶酮唑胺碱素酸酯粉丸片胶膏食音试实染毒体定尼林钠钾钙霉隆肽炎癌瘤疹痛汤散饮剂"
                            U"液水油酒茶花草叶子仁根皮参藤果豆米面肉鱼虾科室院区县市省镇乡村街路店厂校";

/// Herbs, brands and words that are built like names.
constexpr std::array<std::u32string_view, 12> kFriends = {
    U"丁香", U"刘海", U"祝福", U"罗兰", U"桂圆", U"夏冬", U"施慧达", U"安博维", U"金水宝", U"何首乌",
    U"呼和浩特", U"苏里南"};

class LoneName : private NameShape {
 public:
  explicit LoneName(const DecodedText& text) : NameShape(text) {}

  bool holds() const {
    const std::size_t length = text_.size();
    const std::size_t family = surname(0, false);
    if (family == 0 || length <= family || length > family + 2) return false;
    int points = 0;
    for (std::size_t i = family; i < length; ++i) {
      const int typical = given_points(given_points_table(), text_[i]);
      if (!given(i) || (typical == 0 && !usual_given(i))) return false;
      points += typical > 0 ? typical : 2;
    }
    if (is_word(length, family) || is_friend()) return false;
    const bool sure = family == 2 || plain_surname(0);
    const int least = length == family + 1 ? kTypicalPoints : kTypicalPoints + 1;
    return sure ? points >= least : length == 3 && points >= 2 * kTypicalPoints;
  }

 private:
  bool is_friend() const {
    return std::any_of(kFriends.begin(), kFriends.end(), [&](std::u32string_view word) {
      return word.size() == text_.size() && text_.starts(0, word);
    });
  }
  bool is_word(std::size_t length, std::size_t family) const {
    if (ordinary(0, length) || one_of<kThings>(text_[length - 1])) return true;
    if (county_at(text_, 0) >= length || eponym_at(text_, 0)) return true;
    if (family == 2) return false;
    if (length == 2) {
      return words_.friends.has(text_[0], text_[1]) || words_.followers.has(text_[0], text_[1]);
    }
    return words_.friends.has(text_[0], text_[1]) || words_.friends.has(text_[1], text_[2]) ||
           (ordinary(0, 2) && !plain_surname(0)) ||
           (words_.ordinary.has(text_[1], text_[2]) &&
            !words_.given_words.has(text_[1], text_[2]));
  }
};

}  // namespace

bool may_be_lone_name_zh(std::string_view text) noexcept {
  return text.size() >= 2 * kBytes && text.size() <= kLongest * kBytes &&
         text.size() % kBytes == 0 && static_cast<unsigned char>(text.front()) >= 0xE4 &&
         static_cast<unsigned char>(text.front()) <= 0xE9;
}

bool is_lone_name_zh(std::string_view text) {
  if (!may_be_lone_name_zh(text)) return false;
  const DecodedText decoded(text);
  return decoded.size() * kBytes == text.size() && LoneName(decoded).holds();
}

}  // namespace emr::desensitize
