#include "desensitize/detect/address_marks_zh.h"

#include <array>
#include <string_view>

#include "desensitize/detect/address_reader_zh.h"

namespace emr::desensitize {
namespace {

/// What stands between a sentence and the name of an estate.
constexpr CharSet kBeforeEstates = U"在于至到住址家的往从由去现居为自系是回返看访送和与及我该各某其入进出来赴接经号";
constexpr std::size_t kLongestName = 8;

bool number_part(char32_t c) { return is_alnum(c) || is_chinese_digit(c); }

/// 外科楼2栋, 住院部3号楼: where patients lie.
bool is_ward(const DecodedText& text, std::size_t start, std::size_t stop) {
  for (std::size_t i = start; i < stop; ++i) {
    if (one_of<U"科病床房诊院室部处第急护剂药次共每用后前左右上下内外">(text[i])) return true;
  }
  return false;
}

/// Behind the building: 2单元, 1502室, 三楼, -2-602.
std::size_t door_end(const DecodedText& text, std::size_t at) {
  std::size_t stop = at;
  for (std::size_t parts = 0; parts < 5; ++parts) {
    std::size_t i = stop + (text[stop] == U'-' ? 1 : 0);
    const std::size_t first = i;
    while (number_part(text[i]) && i < first + 5) ++i;
    if (i == first) break;
    if (text.starts(i, U"单元")) {
      stop = i + 2;
    } else if (one_of<U"室楼层户门号座">(text[i])) {
      stop = i + 1;
    } else if (is_digit(text[i - 1]) && (i - first >= 3 || first > stop || text[i] == U'-')) {
      stop = i;
    } else {
      break;
    }
  }
  return stop;
}

}  // namespace

Stretch estate_door(const DecodedText& text, std::size_t unit) {
  std::size_t digits = unit;
  while (unit - digits < 4 && number_part(text[digits - 1])) --digits;
  std::size_t start = digits;
  while (digits - start < kLongestName && is_cjk(text[start - 1]) &&
         !one_of<kBeforeEstates>(text[start - 1])) {
    --start;
  }
  const std::size_t after =
      unit + (text.starts(unit, U"号楼") || text.starts(unit, U"单元") ? 2 : 1);
  const std::size_t stop = door_end(text, after);
  if (digits == unit || digits - start < 2 || stop == after || is_ward(text, start, digits)) {
    return {};
  }
  return {start, stop};
}

Stretch highway_place(const DecodedText& text, std::size_t sign) {
  const bool road = text[sign] == U'道' && one_of<U"国省县">(text[sign - 1]);
  const bool fast = text[sign] == U'速' && text[sign - 1] == U'高';
  if (!road && !fast) return {};
  std::size_t start = sign - 1;
  while (start > 0 && sign - start < 9 &&
         (is_alnum(text[start - 1]) ||
          (fast && is_cjk(text[start - 1]) && !one_of<U"在于至到往从由去沿经上">(text[start - 1])))) {
    --start;
  }
  if (start + (road ? 1 : 2) > sign - 1) return {};  // 走高速, 国道
  std::size_t stop = sign + 1;
  for (std::size_t i = stop; i < sign + 12; ++i) {
    const char32_t c = text[i];
    if (one_of<U"段处里口站旁">(c) || (c == U'近' && text[i - 1] == U'附')) stop = i + 1;
    if (!is_cjk(c) && !is_alnum(c) && c != U'+') break;
    if (is_digit(c) && is_digit(text[i - 1]) && !is_alnum(text[i + 1])) stop = i + 1;
  }
  return {start, stop > sign + 1 ? stop : 0};
}

}  // namespace emr::desensitize
