#include "desensitize/detect/syllable_names_zh.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/name_places_zh.h"
#include "desensitize/detect/name_repeat_zh.h"
#include "desensitize/detect/name_shape_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/role_words_zh.h"
#include "desensitize/detect/taken_places.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

#include "desensitize/detect/syllables_zh.inc"

const WordIndex& parts() {
  static const WordIndex kIndex = [] {
    std::vector<std::u32string_view> words;
    for (std::u32string_view rest : {kTibetan, kMongolian, kTurkic, kYi, kHui, kDai}) {
      while (!rest.empty()) {
        const std::size_t stop = std::min(rest.find(U' '), rest.size());
        words.push_back(rest.substr(0, stop));
        rest.remove_prefix(std::min(stop + 1, rest.size()));
      }
    }
    return WordIndex(WordIndex::By::kFirstTwo, words);
  }();
  return kIndex;
}

/// Behind these stands a person, or something else that is done to or with one.
constexpr CharSet kBefore = U"与和由被叫请给向对让是系找扶";
constexpr int kEnough = 7;
constexpr int kNever = -100;
/// Of its parts: 努尔买买提, 索朗次仁 hardly ever stand for anything else.
constexpr int kLong = 6;

class SyllableReader : private NameShape {
 public:
  SyllableReader(const DecodedText& text, Finds& finds)
      : NameShape(text), finds_(finds), roles_(roles()), taken_(text, finds) {}

  void run() {
    const auto places = [this](std::size_t block) { return likely_block(block); };
    for_each_place(text_, places, [this](std::size_t i) {
      if (i >= done_ && !parts().longest_at(text_, i).empty()) weigh(i);
    });
    repeat_names(text_, found_, finds_);
  }

 private:
  /// Where the first character of a part has a beginning, a role or a surname before it, or so many
  /// others of the kind behind it that it needs none.
  std::uint64_t likely_block(std::size_t block) const {
    const std::uint64_t part = text_.marked_block(kTransliteration, block);
    if (part == 0) return 0;
    const auto behind = [&](std::uint32_t wanted) {
      return text_.marked_block(wanted, block) << 1 |
             (block > 0 ? text_.marked_block(wanted, block - 1) >> 63 : 0);
    };
    const auto ahead = [&](int before) {
      return text_.marked_ahead(kTransliteration, block, before);
    };
    return part & (~behind(kIdeograph) | behind(kRoleEnd | kNameLabelEnd | kCommonSurname) |
                   (ahead(1) & ahead(2) & ahead(3)));
  }
  void weigh(std::size_t first) {
    // 包|萨日娜: some bear a surname all the same.
    const bool family = is_cjk(text_[first - 1]) && surname(first - 1, false) == 1 &&
                        left(first) == 0 && left(first - 1) > 1;
    const std::size_t start = family ? first - 1 : first;
    const int before = left(start);
    int points = family ? 2 : 0;
    std::size_t stop = first;
    for (std::size_t part = 1; part > 0 && stop < first + kLongest; stop += part) {
      part = stop > first && ends_here(stop) ? 0 : parts().longest_at(text_, stop).size();
      points += part > 0 ? static_cast<int>(part) + 1 : 0;
      if (part == 0 && stop > first && one_of<kSyllables>(text_[stop]) && !ends_here(stop)) {
        part = 1;
        points += 1;
      }
    }
    if (before == 0 && points < kLong) return;
    points += before + right(stop);
    if (points < kEnough || stop < start + 2 || is_place(start, stop) || taken_.any(start, stop) ||
        ordinary(start, stop - start) || ordinary(start, 2)) {
      return;
    }
    finds_.push_back({start, stop, SpanType::kName, 33});
    found_.emplace_back(start, stop);
    done_ = stop;
  }
  static constexpr std::size_t kLongest = 10;

  /// 仁青|加用阿司匹林, 扎西|布洛芬
  bool ends_here(std::size_t at) const {
    return words_.followers.has(text_[at], text_[at + 1]) ||
           words_.friends.has(text_[at], text_[at + 1]) ||
           (text_[at] == U'夫' && one_of<U"妻妇">(text_[at + 1])) ||
           (one_of<U"提布加克">(text_[at]) && words_.ordinary.has(text_[at], text_[at + 1]));
  }
  int left(std::size_t start) const {
    std::size_t before = start;
    while (before > 0 && text_[before - 1] != U'\n' &&
           (is_blank(text_[before - 1]) || one_of<U":=→“\"">(text_[before - 1]))) {
      --before;
    }
    if (roles_.sure.before(text_, before) || roles_.kin.before(text_, before) ||
        !words_.labels.longest_before(text_, before).empty()) {
      return 5;
    }
    const char32_t c = text_[before - 1];
    if (roles_.loose.before(text_, before) || (is_role_end(c) && is_cjk(text_[before - 2]))) {
      return 4;
    }
    if (one_of<kShortKin>(c) && (!is_cjk(text_[before - 2]) || text_[before - 2] == U'其')) return 4;
    if (c == 0 || one_of<U"。;\n">(text_[start - 1])) return 3;
    if (before < start || !is_cjk(c)) return 2;
    return one_of<kBefore>(c) ? 2 : one_of<U"日夜晚晨午天">(c) ? 1 : 0;
  }
  int right(std::size_t stop) const {
    const char32_t c = text_[stop];
    if (sex_or_age_at(text_, stop) || ethnicity_at(text_, stop) || says_of_person(text_, stop)) {
      return 5;
    }
    if (title_at(text_, stop) || relation_at(text_, stop) || text_.starts(stop, U"夫妻") ||
        text_.starts(stop, U"夫妇") || text_.starts(stop, U"兄弟") || text_.starts(stop, U"姐妹")) {
      return 4;
    }
    if (deed_at(text_, stop) || roles_.kin.at(text_, stop) > 0 ||
        roles_.sure.at(text_, stop) > 0) {
      return 3;
    }
    if (dose_at(text_, stop)) return kNever;
    if (c == 0 || is_blank(c) || c == U'|') return 2;
    if (words_.followers.has(c, text_[stop + 1]) || illness_at(text_, stop)) return 2;
    if (!is_cjk(c) || one_of<U"与和在被因将于从自昨今系又也向把对骑来去送到代签诉称说陪带抱已每家发无仍洗经有未不再突出住喊哭吃喝">(c)) return 1;
    return kNever;
  }
  /// 乌兰|察布, 巴音|郭楞: a place begins with it.
  bool is_place(std::size_t start, std::size_t stop) const {
    return place_at(text_, start) > 0 || county_at(text_, start) > 0 ||
           one_of<U"省市州盟旗县区镇乡村路街氏病征山河湖沟族">(text_[stop]) ||
           text_.starts(stop, U"苏木") || text_.starts(stop, U"嘎查");
  }

  Finds& finds_;
  const Roles& roles_;
  TakenPlaces taken_;  ///< by the finds of others
  std::size_t done_ = 0;
  std::vector<std::pair<std::size_t, std::size_t>> found_;
};

}  // namespace

void find_syllable_names_zh(const DecodedText& text, Finds& finds) {
  SyllableReader(text, finds).run();
}

}  // namespace emr::desensitize
