#include "desensitize/detect/unknown_names_zh.h"

#include <utility>
#include <vector>

#include "desensitize/detect/given_chars_zh.h"
#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/name_repeat_zh.h"
#include "desensitize/detect/name_shape_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/role_words_zh.h"
#include "desensitize/detect/table_names_zh.h"
#include "desensitize/detect/taken_places.h"

namespace emr::desensitize {
namespace {

class UnknownReader : private NameShape {
 public:
  UnknownReader(const DecodedText& text, Finds& finds)
      : NameShape(text), finds_(finds), taken_(text, finds) {}

  void run() {
    const auto places = [this](std::size_t block) { return likely_block(block); };
    for_each_place(text_, places, [this](std::size_t i) {
      std::size_t start = i + 1;
      while (start < i + 3 && (text_[start] == U' ' || text_[start] == 0x3000 ||
                               text_[start] == U':')) {
        ++start;
      }
      const std::size_t stop = name_end(start, start > i + 1);
      if (stop > 0 && announced(i + 1, start) && !taken_.any(start, stop)) {
        finds_.push_back({start, stop, SpanType::kName, 32});
        found_.emplace_back(start, stop);
      }
    });
    repeat_names(text_, found_, finds_);
  }

 private:
  /// A role may stop here, and behind it, or behind a gap, no surname but a given name stands.
  std::uint64_t likely_block(std::size_t block) const {
    const auto ahead = [&](std::uint32_t wanted, int before) {
      return text_.marked_ahead(wanted, block, before);
    };
    const std::uint64_t role = text_.marked_block(kRoleEnd | kNameLabelEnd, block);
    if (role == 0) return 0;
    constexpr std::uint32_t kFamily = kCommonSurname | kRareSurname | kNeverInName;
    const std::uint64_t gap = ~ahead(kIdeograph, 1);
    return role & ((~gap & ~ahead(kFamily, 1) & ahead(kGivenName, 2) & ahead(kGivenName, 3)) |
                   (gap & (ahead(kGivenName, 3) | ahead(kGivenName, 4))));
  }
  /// Where a name of three characters stops, or of two when it fills its cell; 0: none.
  std::size_t name_end(std::size_t start, bool apart) const {
    if (!given(start) || surname(start, true) > 0 || !usual_given(start + 1)) return 0;
    const int least = apart ? 3 : 4;
    const bool three = usual_given(start + 2) &&
                       typical(start + 1) + typical(start + 2) >= least &&
                       goes_no_further(start + 3) && !is_word(start + 1);
    if (three && !is_word(start)) return start + 3;
    const bool two = apart && !is_cjk(text_[start + 2]) && typical(start + 1) > 0 &&
                     usual_given(start) && ends_cell(start + 2);
    return two && !is_word(start) && !is_column(text_, start, start + 2) ? start + 2 : 0;
  }
  int typical(std::size_t i) const { return given_points(given_points_table(), text_[i]); }
  bool is_word(std::size_t at) const {
    return is_common_word(at) || words_.friends.has(text_[at], text_[at + 1]) ||
           roles().sure.at(text_, at) > 0 || roles().loose.at(text_, at) > 0 ||
           roles().kin.at(text_, at) > 0 || place_at(text_, at) > 0;
  }
  bool goes_no_further(std::size_t at) const {
    return !is_cjk(text_[at]) || words_.followers.has(text_[at], text_[at + 1]) ||
           deed_at(text_, at) || title_at(text_, at) || one_of<U"已在与和于因被诉称说述代陪">(text_[at]);
  }
  /// The role stops at `stop`.
  bool announced(std::size_t stop, std::size_t start) const {
    return roles().sure.before(text_, stop) || roles().kin.before(text_, stop) ||
           !words_.labels.longest_before(text_, stop).empty() ||
           ((start > stop || (typical(start + 1) > 0 && typical(start + 2) > 0)) &&
            is_role_end(text_[stop - 1]) && is_cjk(text_[stop - 2]));
  }

  Finds& finds_;
  TakenPlaces taken_;  ///< by the finds of others
  std::vector<std::pair<std::size_t, std::size_t>> found_;
};

}  // namespace

void find_unknown_names_zh(const DecodedText& text, Finds& finds) {
  UnknownReader(text, finds).run();
}

}  // namespace emr::desensitize
