#include "desensitize/detect/address_zh.h"

#include "base/utf8.h"
#include "desensitize/detect/address_finder_zh.h"
#include "desensitize/detect/address_reader_zh.h"
#include "desensitize/detect/address_short_zh.h"
#include "desensitize/detect/regions_zh.h"

namespace emr::desensitize {
namespace {

/// How the kinds of estates end, beside 区: 花园, 家属楼, 新城.
constexpr CharSet kEstateSigns = U"园城寓苑院楼舍庭府";

}  // namespace

void AddressFinder::run() {
  constexpr std::uint32_t kPlaces = kAddressStart | kPlaceStart;
  for (const std::size_t i : Places(text_, kPlaces)) {
    if (i < done_) {
      continue;
    }
    if (text_[i] == U'家') known(relatives_home(text_, i), 32);
    if (one_of<kEstateSigns>(text_[i])) {  // no label begins with these, and 院 is frequent
      if (text_[i] != U'院' || text_[i - 1] == U'属') known(led_estate(text_, i));
    } else if (const std::size_t label = label_at(i); label > 0) {
      labelled(i, i + label);
    } else if (one_of<kLooseLabels>(text_[i])) {
      somewhere(i, i + 1);
      spot(i + 1);
    } else if (text_[i] == U'从') {
      scene(i + 1);
      if (i + 1 >= done_) known({i + 1, stem_and_town(text_, i + 1, false)}, 36);
      spot(i + 1);
    } else if (text_[i] == U'址') {
      by_any_label(i);
    } else if (place_at(text_, i) > 0) {
      unlabelled(i);
    } else if (ends_county(text_[i]) && county_before(text_, i + 1) > 0) {
      unlabelled(i + 1 - county_before(text_, i + 1));
    } else if (one_of<U"号室栋幢弄">(text_[i])) {
      around_number(i);
      if (i >= done_ && is_alnum(text_[i - 1])) known(estate_door(text_, i));
    } else if (one_of<U"路街">(text_[i])) {
      if (text_.starts(i, U"街道")) known(county_and_town(text_, i + 1), 40);
      if (i >= done_) led_street(i);
    } else if (one_of<U"道速">(text_[i])) {
      known(highway_place(text_, i));
      for (std::size_t back = 3; back <= 6; ++back) {
        if (text_[i - back] == U'于') spot(i - back + 1);  // 于|观塘海滨道工地
      }
    } else if (text_[i] == U'组') {
      if (is_hamlet(i)) village(number_before(i) - 1);
    } else if (one_of<U"村屯寨">(text_[i])) {
      known(county_and_town(text_, i), 40);
      if (i >= done_) village(i);
    } else if (one_of<U"镇乡">(text_[i])) {
      known(county_and_town(text_, i), 40);
      if (i >= done_) known(town_and_village(text_, i));
    } else if (text_[i] == U'叉' && text_[i + 1] == U'口') {
      known(crossroads(text_, i), 42);
    } else if (text_.stops(i + 1, U"社区")) {
      community(i);
      if (i >= done_) known(led_estate(text_, i));
    } else if (text_[i] == U'邨') {
      known(public_estate(text_, i), 42);
    } else if (text_[i] == U'家') {
      family_village(i);
    } else if (text_[i] == U'区') {
      known(led_estate(text_, i));
    }
  }
}

void AddressFinder::unlabelled(std::size_t at) {
  AddressReader reader(text_, at);
  reader.read();
  const bool fine = reader.town > 0 || reader.road > 0 || reader.number > 0;
  const bool same = reader.province == reader.city && reader.city > 0;
  const bool whole = text_[reader.province - 1] == U'省' && text_[reader.city - 1] == U'市';
  const int levels = reader.levels() - (same ? 1 : 0);
  if (one_of<U"在去从回到往">(text_[at - 1]) && !fine && family_at(text_, reader.stop)) {
    return add(at, reader.stop, 32);  // 去|榆林|女儿家
  }
  if (const std::size_t people = people_of(at); people > 0) {
    add(at, people, 35);
    return;
  }
  if ((levels >= 3 || (levels >= 2 && (fine || whole || reader.district > 0))) &&
      !provider_follows(reader.stop)) {
    const bool inside = reader.city == 0 && reader.district == 0 && reader.road > 0;
    // 吴忠利通区: more than a name that begins inside.
    const bool known = county_at(text_, at + place_at(text_, at)) > 0;
    add(inside ? name_start(at) : at, reader.stop, known && !fine ? 46 : 35);
  } else if (const std::size_t stop = short_levels(text_, at); stop > 0) {
    add(at, stop, 46);  // more than a name that begins inside: 浙|江温岭
  }
}

void AddressFinder::family_village(std::size_t home) {
  constexpr CharSet kEnds = U"沟湾坪庄岭坳坡寨堡集铺窑坝嘴梁塬营台屯冲垸塘桥渡圩畈坨洼";
  constexpr CharSet kLeads = U"在到去从回往住至由经";
  std::size_t start = home - 1;
  if (!one_of<kEnds>(text_[home + 1]) || (text_.marks(start) & kCommonSurname) == 0) return;
  if (one_of<U"大小上下前后东西南北老新">(text_[start - 1])) --start;
  const bool led = one_of<kLeads>(text_[start - 1]);
  const char32_t after = text_[home + 2];
  if (!led || place_at(text_, start) > 2 || one_of<U"园院路街区镇乡市县">(after) ||
      provider_follows(home + 2)) {
    return;
  }
  add(start, home + 2, 30);
}

std::size_t AddressFinder::people_of(std::size_t at) const {
  const std::size_t name = at + place_at(text_, at);
  std::size_t stop = name;
  while (is_cjk(text_[stop]) && stop < name + 4 && !one_of<U"人籍">(text_[stop])) ++stop;
  const bool whole = stop >= name + 2 && stop <= name + 3 && one_of<U"人籍">(text_[stop]) &&
                     (!is_cjk(text_[stop + 1]) || one_of<U"的士">(text_[stop + 1]));
  for (std::size_t i = name; i < stop; ++i) {
    if (one_of<U"工民农商男女病老本外大军名省年轻中小学医市县区镇乡村">(text_[i])) return 0;
  }
  return whole && name == at + 2 ? stop : 0;
}

std::size_t AddressFinder::name_start(std::size_t at) const {
  std::size_t start = at;
  while (start > done_ && at - start < 3 && is_cjk(text_[start - 1])) {
    if (one_of<kBeforeVillages>(text_[start - 1])) {
      return start;
    }
    --start;
  }
  return at - start == 3 ? at : start;
}

bool AddressFinder::provider_follows(std::size_t at) const {
  for (std::size_t i = at; i < at + 10 && is_cjk(text_[i]); ++i) {
    if (!one_of<U"医卫诊保公中小">(text_[i])) continue;
    if (text_.starts(i, U"医院") || text_.starts(i, U"卫生") || text_.starts(i, U"诊所") ||
        text_.starts(i, U"保健院") || text_.starts(i, U"公司") || text_.starts(i, U"中学") ||
        text_.starts(i, U"小学")) {
      return true;
    }
  }
  return false;
}

void AddressFinder::around_number(std::size_t unit) {
  std::size_t digits = unit;
  while (digits > 0 && (is_digit(text_[digits - 1]) || is_chinese_digit(text_[digits - 1]))) {
    --digits;
  }
  if (digits == unit || digits < 3 || !one_of<U"路街道巷弄村里区园庄苑舍寓">(text_[digits - 1])) {
    return;
  }
  std::size_t start = digits - 1;
  while (start > done_ && digits - start < 16 && is_cjk(text_[start - 1]) &&
         !one_of<U"在于至到住址家的往从由去址现居为">(text_[start - 1]) &&
         !text_.stops(start, U"对面")) {  // 医院对面|梧桐巷12号
    --start;
  }
  AddressReader reader(text_, start);
  reader.read();
  if (reader.stop > unit && (reader.road > 0 || reader.town > 0 || reader.district > 0)) {
    add(start, reader.stop, 30);
  }
}

void AddressFinder::village(std::size_t sign) {
  std::size_t start = sign;
  std::size_t name = 0;  // behind the town that the village belongs to
  while (start > done_ && sign - start < (name > 0 ? 9 : 4) && is_cjk(text_[start - 1]) &&
         !one_of<kBeforeVillages>(text_[start - 1])) {
    name = name == 0 && one_of<U"镇乡">(text_[start - 1]) ? start : name;
    --start;
  }
  const std::size_t length = sign - std::max(start, name);
  if (text_.stops(sign + 1, U"自然村") || text_.stops(sign + 1, U"行政村")) {
    return named_village(sign - 2, sign + 1);
  }
  if (length == 0 || length > 3 || one_of<U"农乡山本全外邻同我该各某哪这城">(text_[sign - 1]) ||
      one_of<U"民委医卡镇乡">(text_[sign + 1])) {
    return;
  }
  AddressReader reader(text_, start);
  reader.read();
  const std::size_t stop = std::max(reader.stop, sign + 1);
  const bool grouped = stop > sign + 2 && one_of<U"组社队号户">(text_[stop - 1]);
  if (grouped || (length > 1 && one_of<U"去到在回往赴从于返看访了">(text_[start - 1]))) {
    add(start, stop, 30);
  }
}

void AddressFinder::named_village(std::size_t kind, std::size_t stop) {
  std::size_t start = kind;
  while (start > done_ && kind - start < 4 && is_cjk(text_[start - 1]) &&
         !one_of<kBeforeVillages>(text_[start - 1])) {
    --start;
  }
  if (kind - start < 2 || one_of<U"个各某本该全两">(text_[kind - 1])) return;
  AddressReader reader(text_, start);
  reader.read();
  add(start, std::max(reader.stop, stop), 30);
}

std::size_t AddressFinder::number_before(std::size_t at) const {
  while (is_digit(text_[at - 1]) || is_chinese_digit(text_[at - 1])) {
    --at;
  }
  return at;
}

bool AddressFinder::is_hamlet(std::size_t i) const {
  const std::size_t number = number_before(i);
  return number < i && i - number <= 3 &&
         one_of<U"沟湾坳坪冲坡岭塘垭坝庄畈垸塆堡洼峪营庙桥洞井">(text_[number - 1]);
}

void AddressFinder::community(std::size_t sign) {
  std::size_t start = sign - 1;
  std::size_t office = 0;
  while (start > done_ && sign - start < 14 && is_cjk(text_[start - 1]) &&
         !one_of<kBeforeVillages>(text_[start - 1]) &&
         !(text_[start - 1] == U'镇' && one_of<U"我本该">(text_[start - 2]))) {
    --start;
    const bool town = one_of<U"镇乡">(text_[start]) && start + 2 < sign;
    office = office == 0 && (town || text_.starts(start, U"街道")) ? start : office;
  }
  if (sign - start < 3 || (office == 0 && sign - start > 6)) {
    return;
  }
  AddressReader reader(text_, start);
  reader.read();
  const bool grouped =
      reader.number > sign && one_of<U"组社队号栋幢室">(text_[reader.number - 1]);
  const bool led = one_of<U"去到在回往赴从于返看访">(text_[start - 1]);
  const bool placed = (office > start + 1 || led) && !provider_follows(sign);
  if (reader.stop > sign && (grouped || placed)) {
    add(start, reader.stop, 30);
  }
}

std::u32string address_first_characters() {
  std::u32string characters = U"家县区市旗号室栋幢弄村屯寨组叉镇乡道速路街邨";
  for (const std::u32string_view label : address_labels()) {
    characters.push_back(label.front());
  }
  return characters + kEstateSigns.characters + kLooseLabels.characters + kOtherSigns.characters;
}

AddressParts split_address(std::string_view address) {
  AddressParts parts;
  if (!is_valid_utf8(address)) {
    return parts;
  }
  const DecodedText text(address);
  AddressReader reader(text, 0);
  reader.read();
  const auto byte = [&](std::size_t index) { return index == 0 ? 0 : text.byte(index); };
  parts.province = byte(reader.province);
  parts.city = byte(reader.city);
  parts.district = byte(reader.district);
  return parts;
}

void find_addresses_zh(const DecodedText& text, Finds& finds) {
  AddressFinder(text, finds).run();
}

}  // namespace emr::desensitize
