#include "desensitize/detect/address_short_zh.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "desensitize/detect/address_reader_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

constexpr CharSet kLeads = U"在从到去回住于是往自由";
constexpr CharSet kTownSigns = U"头塔河山洲岛湖寺塘坑寮埔厝墟圩涌沥埗桥坪坝沟湾岭村街镇港滩";
constexpr CharSet kDoings = U"开做打卖跑养种租经读上学务";
constexpr std::size_t kLongestTown = 5;

/// Behind the name of a place where somebody lives, comes from or goes.
bool local_word_at(const DecodedText& text, std::size_t at) {
  static constexpr auto kWords = std::to_array<std::u32string_view>(
      {U"这边", U"那边", U"一带", U"老家", U"农村", U"乡下", U"家里", U"家中", U"娘家", U"婆家", U"山区", U"附近", U"当地",
       U"住着", U"住了", U"休养", U"静养", U"口音", U"籍贯", U"籍男", U"籍女"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kWords);
  return !kIndex.longest_at(text, at).empty() || stay_at(text, at) || family_at(text, at);
}

/// Somebody's employer, school, hospital or product is named after the place.
bool names_institution(const DecodedText& text, std::size_t at) {
  for (std::size_t i = at; i < at + 6 && is_cjk(text[i]); ++i) {
    if (one_of<U"医院司校药械业厂集学站所局中馆党卫诊社牌产款版型队公">(text[i])) return true;
  }
  return false;
}

/// May a short place name go on with these: 大良, 樟木头?
std::size_t town_end(const DecodedText& text, std::size_t at) {
  constexpr CharSet kNoTowns = U"的了因于在患病诊院术查治疗发打工上下做开看就随行手化放住转会出入未不无有多长年月周天日时后前"
                               U"人口籍市省县区路和与及全本急确联";
  std::size_t stop = at;
  while (stop < at + kLongestTown && is_cjk(text[stop]) && !local_word_at(text, stop)) {
    if (one_of<kNoTowns>(text[stop])) return 0;
    ++stop;
  }
  return stop;
}

/// Behind a place that is only said shortly; a name that goes on is something else.
bool closes(const DecodedText& text, std::size_t at) {
  return !is_cjk(text[at]) || local_word_at(text, at) ||
         (one_of<U"人的籍">(text[at]) && !is_cjk(text[at + 1]));
}

}  // namespace

std::size_t short_levels(const DecodedText& text, std::size_t at) {
  const std::size_t name = place_at(text, at);
  if (name == 0 || name > 3) return 0;
  const std::size_t second = at + name + (text[at + name] == U'市' ? 1 : 0);
  const std::size_t city = place_at(text, second);
  const std::size_t county = city > 0 ? 0 : county_stem_at(text, second);
  std::size_t stop = second + std::max(city, county);
  const std::size_t third = city > 0 ? county_stem_at(text, stop) : 0;
  const bool two = stop > second;
  stop += third;
  if (ends_county(text[stop]) || one_of<U"省州盟">(text[stop]) || names_institution(text, stop)) {
    return 0;
  }
  if (two && closes(text, stop)) {
    return third + county > 0 || is_cjk(text[stop]) ? stop : 0;  // not 浙江杭州。
  }
  const bool led = one_of<kLeads>(text[at - 1]) || text.stops(at, U"内地");
  const std::size_t town = town_end(text, stop);
  const bool closed = town >= stop + 2 && closes(text, town) && (two || led) &&
                      (local_word_at(text, town) || (led && one_of<kTownSigns>(text[town - 1])));
  if (closed || !two || !led || third + county == 0) return closed ? town : 0;
  std::size_t sign = stop;  // 在舟山嵊泗枸杞岛|外海作业
  while (sign < stop + kLongestTown && is_cjk(text[sign]) && !one_of<kTownSigns>(text[sign])) {
    ++sign;
  }
  const bool named = sign > stop && one_of<kTownSigns>(text[sign]) && text[sign] != text[stop];
  const bool works = one_of<kDoings>(text[stop + 2]) && is_cjk(text[stop + 1]) &&
                     !one_of<kDoings>(text[stop]);
  return named ? sign + 1 : works ? stop + 2 : stop;  // 苏州吴江盛泽|开布行
}

std::size_t stem_and_town(const DecodedText& text, std::size_t at, bool settled) {
  const std::size_t stem = county_stem_at(text, at);
  const std::size_t stop = at + stem;
  if (stem == 0 || ends_county(text[stop]) || names_institution(text, stop)) return 0;
  const std::size_t town = town_end(text, stop);
  const bool sign = one_of<kTownSigns>(text[town - 1]);
  return town >= stop + 2 && closes(text, town) &&
                 (local_word_at(text, town) || sign || (settled && !is_cjk(text[town])))
             ? town
             : 0;
}

std::size_t short_county(const DecodedText& text, std::size_t at) {
  const std::size_t stem = county_stem_at(text, at);
  return stem > 0 && !is_cjk(text[at + stem]) ? at + stem : 0;
}

Stretch county_and_town(const DecodedText& text, std::size_t sign) {
  std::size_t start = sign;
  for (std::size_t town = sign - 1; town > 0 && sign - town <= 7 && is_cjk(text[town]); --town) {
    const bool district = text[town] == U'区' &&
                          !one_of<U"病社小园校院城郊市厂库地景辖片牧林矿战疫专">(text[town - 1]);
    const bool county = (one_of<U"县旗">(text[town]) || district) && sign - town >= 2;
    if (county) {
      start = town;
      while (town - start < 5 && is_cjk(text[start - 1]) &&
             !one_of<kBeforeVillages>(text[start - 1])) {
        --start;
      }
      start = town - start < 2 || one_of<U"本该我各全某外邻">(text[start]) ? sign : start;
      break;
    }
    const bool near = sign - town >= 4 && sign - town <= 5;
    const std::size_t stem = near ? county_stem_at(text, town) : 0;
    const bool led = !is_cjk(text[town - 1]) || one_of<kLeads>(text[town - 1]);
    if (stem > 0 && stem + 2 <= sign - town && led) start = town;
  }
  if (start == sign) return {};
  AddressReader reader(text, start);
  reader.read();
  const std::size_t stop = std::max(reader.stop, sign + 1);
  return {start, names_institution(text, stop) ? 0 : stop};
}

Stretch relatives_home(const DecodedText& text, std::size_t sign) {
  const std::size_t relative = sign - 2;
  if (!family_at(text, relative)) return {};
  for (const std::size_t length : {std::size_t{3}, std::size_t{2}}) {
    const std::size_t start = relative - length;
    if (county_stem_at(text, start) == length && one_of<kLeads>(text[start - 1])) {
      return {start, relative};
    }
  }
  return {};
}

Stretch public_estate(const DecodedText& text, std::size_t sign) {
  constexpr CharSet kHouses = U"楼阁座苑";
  std::size_t start = sign;
  const auto inside = [&](std::size_t i) {  // 太和邨, but 和|彩云邨
    return !one_of<kBeforeVillages>(text[i]) ||
           (text[i] == U'和' && one_of<U"太永泰平祥仁义安顺富">(text[i - 1]));
  };
  while (sign - start < 8 && is_cjk(text[start - 1]) && inside(start - 1)) --start;
  if (sign - start < 2) return {};
  std::size_t house = sign + 1;
  while (house < sign + 5 && is_cjk(text[house]) && !one_of<kHouses>(text[house])) ++house;
  std::size_t stop = one_of<kHouses>(text[house]) ? house + 1 : sign + 1;
  while (is_alnum(text[stop]) || (one_of<U"室楼座号字期层">(text[stop]) && is_alnum(text[stop - 1]))) {
    ++stop;
  }
  return {start, stop};
}

std::size_t behind_distance(const DecodedText& text, std::size_t stop) {
  std::size_t i = stop + (one_of<U"往向朝以">(text[stop]) ? 1 : 0);
  const std::size_t side = i;
  while (i < side + 2 && one_of<U"东南西北前后">(text[i])) ++i;
  if (i == side) return stop;
  while (i < side + 4 && one_of<U"侧边方面约大">(text[i])) ++i;
  const std::size_t number = i;
  while (i < number + 6 && (is_digit(text[i]) || is_chinese_digit(text[i]) || text[i] == U'.')) ++i;
  if (i == number) return stop;
  const std::size_t unit = text.starts(i, U"公里") ? 2 : one_of<U"米里">(text[i]) ? 1 : 0;
  if (unit == 0) return stop;
  i += unit;
  return i + (text[i] == U'处' ? 1 : 0);
}

}  // namespace emr::desensitize
