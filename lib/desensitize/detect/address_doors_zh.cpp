// The last part of the grammar of Chinese addresses: houses, stairs and doors.
#include <array>
#include <string_view>

#include "desensitize/detect/address_reader_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

// Units of a house or a settlement.
constexpr CharSet kUnitSigns = U"号栋幢室楼层座弄组號樓段队户房门社区巷院排期委邻鄰团连师营";
constexpr auto kUnitWords = std::to_array<std::u32string_view>(
    {U"村民小组", U"居民组", U"村民组", U"生产队", U"小组", U"大队", U"号楼", U"号院", U"单元", U"街坊"});

}  // namespace

void AddressReader::numbers() {
  while (!too_long()) {
    std::size_t at = at_;
    if (number > 0 && one_of<U"前后东西南北主附">(text_[at]) && text_[at + 1] == U'楼' &&
        is_digit(text_[at + 2])) {
      at_ += 1;
      take(number, 1);  // 82号|后楼302
      at = at_;
    }
    if (one_of<U"甲乙丙丁戊附第东西南北中">(text_[at]) &&
        (is_digit(text_[at + 1]) || text_[at + 1] == U'区' || unit_at(at + 1) > 0 ||
         is_chinese_digit(text_[at + 1]))) {
      ++at;
    }
    const std::size_t first = at > at_ && unit_at(at) > 0 ? at_ : at;  // 乙单元, 西户
    while (is_alnum(text_[at]) || is_chinese_digit(text_[at]) || text_[at] == U'-' ||
           text_[at] == U'#' || text_[at] == U'之' ||
           (text_[at - 1] == U'-' && one_of<U"甲乙丙丁东西南北中">(text_[at])) ||
           (one_of<U"甲乙丙丁">(text_[at]) && is_digit(text_[at - 1]) && is_digit(text_[at + 1]))) {
      ++at;
    }
    if (at == first || at - first > 12) {
      // 阳光花园1幢: a name between the numbers.
      if (number > 0 && (roads() || spaced_door())) {
        continue;
      }
      return;
    }
    const std::size_t unit = unit_at(at);
    if (unit == 0 && !(number > 0 || road > 0)) {
      return;
    }
    const bool door = number > 0 && at_ == number && one_of<U"元栋幢楼座号院室门户">(text_[at_ - 1]) &&
                      at - first >= 3 && is_digit(text_[at - 1]) && !measure(text_[at]);
    if (unit == 0 && is_cjk(text_[at]) && !door) {
      return;
    }
    if (unit == 0 && (is_blank(text_[at]) || is_separator(text_[at]) || text_[at] == 0) &&
        at - first > 12) {
      return;
    }
    at_ = at;
    take(number, unit);
    if (one_of<U"甲乙丙丁">(text_[at_]) && !is_cjk(text_[at_ + 1]) && !is_alnum(text_[at_ + 1])) {
      take(number, 1);  // 71号甲
    }
  }
}

bool AddressReader::spaced_door() {
  std::size_t unit = at_ + 1;
  while (is_alnum(text_[unit]) && unit < at_ + 6) ++unit;
  if (text_[at_] != U' ' || unit < at_ + 2 ||
      !(one_of<U"室栋幢">(text_[unit]) || text_.starts(unit, U"单元"))) {
    return false;
  }
  ++at_;
  return true;
}

std::size_t AddressReader::unit_at(std::size_t at) const {
  static const WordIndex kWords(WordIndex::By::kFirstTwo, kUnitWords);
  const std::size_t word = kWords.longest_at(text_, at).size();
  return word > 0 ? word : one_of<kUnitSigns>(text_[at]) ? 1 : 0;
}

void AddressReader::building() {
  const bool crossed = number == 0 && road > 0 && at_ == road && text_[at_] == U',';
  if (!crossed && (number == 0 || at_ != number || !one_of<U" |">(text_[at_]))) return;
  const std::size_t name = at_ + 1;
  std::size_t door = name;
  while (door < name + 9 && is_cjk(text_[door])) {
    ++door;
  }
  std::size_t end = door;
  while (is_digit(text_[end]) && end < door + 5) {
    ++end;
  }
  while (text_[end] == U'-' && is_digit(text_[end + 1]) && end < door + 12) {
    end += 2;
    while (is_digit(text_[end])) ++end;
  }
  if (crossed && end < door + 4) return;  // …路口，朗境苑11-2-602
  const std::size_t unit = one_of<U"室号房">(text_[end]) ? 1 : 0;
  if (door >= name + 3 && end >= door + 3 && one_of<U"心厦场寓楼座苑园城庭邸">(text_[door - 1]) &&
      !is_alnum(text_[end + unit]) && (unit > 0 || !is_cjk(text_[end]))) {
    at_ = name;
    take(road, door - name);
    take(number, end + unit - door);
  }
}

}  // namespace emr::desensitize
