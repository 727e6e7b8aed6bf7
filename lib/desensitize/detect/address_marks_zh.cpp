#include "desensitize/detect/address_marks_zh.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "desensitize/detect/address_reader_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

/// Words after which an address stands.
constexpr auto kAddressLabels = std::to_array<std::u32string_view>(
    {U"住址", U"地址", U"现住", U"家住", U"住于", U"居住于", U"居住在", U"住在", U"户籍", U"籍贯", U"出生地", U"户口",
     U"居住地", U"户籍地", U"所在地", U"现居", U"暂住", U"常住", U"家在", U"户口地址", U"老家", U"来自", U"寄往", U"寄至",
     U"邮寄", U"原籍", U"家庭地址", U"现在住", U"搬到", U"暂居", U"租住", U"住的是", U"住所", U"住处", U"祖籍", U"出生于",
     U"现址", U"地点", U"事发地", U"现场", U"寄到", U"送到", U"居住", U"住所地", U"宿舍", U"倒在", U"现住址", U"户口所在地",
     U"常住户口地址", U"常住户口所在地", U"常住地址", U"户籍地址", U"户籍所在地", U"工地在", U"参保地", U"就医地", U"工作地",
     U"生源地", U"来源地", U"旅居地", U"发病地", U"感染地", U"案发地", U"事故地", U"目的地", U"出发地", U"转出地", U"转入地",
     U"居委会", U"村委会", U"居)委会", U"所属社区", U"村居", U"常居", U"长居", U"合租", U"借住", U"寄居", U"合租于",
     U"借住于", U"现居于", U"家位于", U"送货至", U"地址栏", U"家是", U"家就在", U"出险地", U"回寄地址"});

/// What stands between a sentence and the name of an estate.
constexpr CharSet kBeforeEstates = U"在于至到住址家的往从由去现居为自系是回返看访送和与及我该各某其入进出来赴接经号";
constexpr std::size_t kLongestName = 8;
constexpr std::size_t kLongestCell = 26;

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

std::span<const std::u32string_view> address_labels() noexcept { return kAddressLabels; }

Stretch estate_door(const DecodedText& text, std::size_t unit) {
  std::size_t digits = unit;
  while (unit - digits < 4 && number_part(text[digits - 1])) --digits;
  std::size_t start = digits;
  while (digits - start < kLongestName && is_cjk(text[start - 1]) &&
         !one_of<kBeforeEstates>(text[start - 1])) {
    --start;
  }
  // 高新区硅谷大街亚泰豪苑C区|22栋1门301室: from the cell's beginning, when a street is in it
  std::size_t cell = digits;
  bool street = false;
  while (digits - cell < kLongestCell && (is_cjk(text[cell - 1]) || is_alnum(text[cell - 1])) &&
         !one_of<U"在于住址居至到">(text[cell - 1])) {
    --cell;
    street = street || (one_of<U"路街巷道村镇">(text[cell]) && digits - cell > 2);
  }
  if (street && cell + 3 < digits) start = cell;
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
  for (const std::u32string_view label : {U"地点", U"地址", U"现场", U"位于"}) {
    start += text.starts(start, label) ? 2 : 0;
  }
  if (start + (road ? 1 : 2) > sign - 1) return {};  // 走高速, 国道
  std::size_t stop = sign + 1;
  for (std::size_t i = stop; i < sign + 12; ++i) {
    const char32_t c = text[i];
    if (one_of<U"段处里口站旁">(c) || (c == U'区' && text[i - 1] == U'务') ||
        (c == U'近' && text[i - 1] == U'附') || (c == U'道' && text[i - 1] == U'匝')) {
      stop = i + 1;
    }
    if (!is_cjk(c) && !is_alnum(c) && c != U'+') break;
    if (is_digit(c) && is_digit(text[i - 1]) && !is_alnum(text[i + 1])) stop = i + 1;
  }
  return {start, stop > sign + 1 ? stop : 0};
}

bool stay_at(const DecodedText& text, std::size_t at) {
  static constexpr auto kStays = std::to_array<std::u32string_view>(
      {U"打工", U"务工", U"工作", U"居住", U"上学", U"读书", U"生活", U"定居", U"经商", U"出生", U"上班", U"养老", U"做工",
       U"当兵", U"长大", U"煤矿", U"工地", U"开店", U"做生意", U"带孩子", U"带孙子", U"过冬", U"念书"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kStays);
  return !kIndex.longest_at(text, at).empty();
}

bool family_at(const DecodedText& text, std::size_t at) {
  static constexpr auto kFamily = std::to_array<std::u32string_view>(
      {U"女儿", U"儿子", U"闺女", U"亲戚", U"孙女", U"孙子", U"赶回", U"赶来", U"过冬", U"过年", U"探亲"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kFamily);
  return !kIndex.longest_at(text, at).empty();
}

std::size_t workplace_end(const DecodedText& text, std::size_t at) {
  constexpr std::size_t kLongest = 6;
  const std::size_t city = place_at(text, at);
  for (std::size_t i = at + city; city > 0 && i <= at + city + kLongest; ++i) {
    if (i > at + city && stay_at(text, i)) return i;
    if (!is_cjk(text[i]) || one_of<U"医院学校的了和与被因患诊于到去">(text[i])) return 0;
  }
  return 0;
}

Stretch street_estate(const DecodedText& text, std::size_t sign) {
  static constexpr auto kEstates = std::to_array<std::u32string_view>(
      {U"小区", U"花园", U"家园", U"公寓", U"新村", U"家属院", U"家属楼", U"大院", U"宿舍", U"佳苑", U"名苑"});
  static const WordIndex kIndex(WordIndex::By::kLastTwo, kEstates);
  if (!is_cjk(text[sign + 1]) || !is_cjk(text[sign + 3])) return {};
  constexpr std::size_t kLongestStreet = 4;
  std::size_t start = sign;
  while (sign - start < kLongestStreet && is_cjk(text[start - 1]) &&
         !one_of<kBeforeVillages>(text[start - 1]) &&
         !one_of<U"身面边侧市区县镇口">(text[start - 1])) {
    --start;
  }
  if (sign - start < 2) return {};
  AddressReader reader(text, start);
  reader.read();
  const bool estate = reader.road > sign + 3 && !kIndex.longest_before(text, reader.road).empty();
  return {start, estate ? reader.stop : 0};
}

Stretch led_estate(const DecodedText& text, std::size_t sign) {
  static constexpr auto kKinds = std::to_array<std::u32string_view>(
      {U"小区", U"花园", U"家园", U"新城", U"名城", U"公寓", U"佳苑", U"名苑", U"雅苑", U"嘉苑", U"新苑", U"花苑", U"南苑",
       U"北苑", U"东苑", U"西苑", U"丽苑", U"景苑", U"华庭", U"豪庭", U"雅居", U"华府", U"名府", U"家属院", U"家属楼",
       U"宿舍楼", U"住宅楼", U"世纪城", U"宿舍", U"山庄", U"别墅"});
  static const WordIndex kIndex(WordIndex::By::kLastTwo, kKinds);
  const std::size_t length = kIndex.longest_before(text, sign + 1).size();
  if (length == 0) return {};
  constexpr CharSet kLeads = U"在到至从回往于经住去达自";
  constexpr CharSet kUnnamed = U"医病护诊室科职工学生师员本该我你他她其某所同各此租的了和与个康养老公共附旧整每全是就对感觉常直米给露";
  static constexpr auto kGeneric = std::to_array<std::u32string_view>(
      {U"小区", U"楼下", U"单位", U"集体", U"家属", U"电梯", U"高层", U"廉租", U"安置", U"商品", U"自建", U"度假",
       U"高档", U"居民", U"重建", U"双人", U"单人"});
  static const WordIndex kAny(WordIndex::By::kLastTwo, kGeneric);
  const std::size_t kind = sign + 1 - length;
  std::size_t start = kind;
  if (!kAny.longest_before(text, kind).empty()) return {};
  while (is_cjk(text[start - 1]) && !one_of<kLeads>(text[start - 1])) {
    if (kind - start >= kLongestName || one_of<kUnnamed>(text[start - 1])) return {};
    --start;
  }
  std::size_t stop = sign + 1;
  if (number_part(text[stop]) && one_of<U"期区">(text[stop + 1])) stop += 2;
  const bool led = is_cjk(text[start - 1]);
  const bool cell = !is_cjk(text[stop]) && !is_alnum(text[stop]);
  return {start, kind >= start + 2 && (led || cell) ? stop : 0};
}

Stretch town_and_village(const DecodedText& text, std::size_t sign) {
  std::size_t stop = sign + 1;
  while (is_cjk(text[stop]) && stop - sign < 8 && !(text[stop] == U'村' && stop > sign + 1)) ++stop;
  const bool village = text[stop] == U'村' && !one_of<U"民委医卡">(text[stop + 1]);
  stop += village ? 1 : 0;
  std::size_t start = sign;
  while (is_cjk(text[start - 1]) && sign - start < 4 &&
         !(village && one_of<kBeforeVillages>(text[start - 1]))) {
    --start;
  }
  const bool place = one_of<U"村畈湾沟坳坪冲坡岭塘垭坝庄垸屯寨组堡洼峪社队庙桥圩">(text[stop - 1]) ||
                     text.stops(stop, U"街上") || text.stops(stop, U"镇上");
  if (start == sign || sign - start > 3 || stop < sign + 3 || !place ||
      (!village && is_cjk(text[stop])) || one_of<U"本该各我">(text[sign - 1]) ||
      one_of<U"静痛咳惊">(text[sign + 1])) {
    return {};
  }
  AddressReader reader(text, start);
  reader.read();
  return {start, std::max(stop, reader.stop)};
}

Stretch crossroads(const DecodedText& text, std::size_t sign) {
  std::size_t start = sign;
  while (start > 0 && sign - start < 20 && is_cjk(text[start - 1]) &&
         (!one_of<U"在于至到住家的往从由去我接经过行送">(text[start - 1]) ||
          text.starts(start - 1, U"经开区"))) {
    --start;
  }
  AddressReader reader(text, start);
  reader.read();
  return {start, reader.stop > sign && reader.road > start + 4 ? reader.stop : 0};
}

bool ends_unnamed_way(const DecodedText& text, std::size_t stop) {
  static constexpr auto kUnnamed = std::to_array<std::u32string_view>(
      {U"公路", U"尿路", U"通路", U"铁路", U"回路", U"道路", U"马路", U"线路", U"电路", U"旁路", U"胆路", U"气路", U"思路",
       U"短路", U"网路", U"半路", U"来路", U"走路", U"管路", U"赶路", U"水路", U"入路", U"小路", U"土路", U"泥路",
       U"字路", U"岔路", U"叉路", U"产道", U"食道", U"气道", U"肠道", U"尿道", U"阴道", U"耳道", U"通道", U"隧道",
       U"窦道", U"胆道", U"巷道", U"上街", U"逛街", U"沿街", U"临街", U"小巷", U"农村", U"乡村", U"山村", U"本村",
       U"我村", U"全村", U"邻村", U"外村", U"乡镇", U"本镇", U"本乡", U"老乡", U"独居", U"同居", U"分居",
       U"旅居"});
  static const WordIndex kIndex(WordIndex::By::kLastTwo, kUnnamed);
  const std::size_t sign = text.stops(stop, U"路口") ? stop - 1 : stop;
  return !kIndex.longest_before(text, sign).empty() || text.starts(stop - 1, U"巷道");
}

}  // namespace emr::desensitize
