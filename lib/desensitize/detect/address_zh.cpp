#include "desensitize/detect/address_zh.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "desensitize/detect/address_marks_zh.h"
#include "desensitize/detect/address_reader_zh.h"
#include "desensitize/detect/field_gap_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

// Before an address and before much else: what follows must be told from other words.
constexpr CharSet kLooseLabels = U"在住";

class AddressFinder {
 public:
  AddressFinder(const DecodedText& text, Finds& finds) : text_(text), finds_(finds) {}

  void run() {
    constexpr std::uint32_t kPlaces = kAddressStart | kPlaceStart;
    for (const std::size_t i : Places(text_, kPlaces)) {
      if (i < done_) {
        continue;
      }
      if (const std::size_t label = label_at(i); label > 0) {
        labelled(i, i + label);
      } else if (one_of<kLooseLabels>(text_[i])) {
        somewhere(i, i + 1);
      } else if (place_at(text_, i) > 0) {
        unlabelled(i);
      } else if (ends_county(text_[i]) && county_before(text_, i + 1) > 0) {
        unlabelled(i + 1 - county_before(text_, i + 1));
      } else if (one_of<U"号室栋幢">(text_[i])) {
        around_number(i);
        if (i >= done_ && is_alnum(text_[i - 1])) known(estate_door(text_, i));
      } else if (one_of<U"路街">(text_[i])) {
        led_street(i);
      } else if (one_of<U"道速">(text_[i])) {
        known(highway_place(text_, i));
      } else if (text_[i] == U'组') {
        if (is_hamlet(i)) village(number_before(i) - 1);
      } else if (one_of<U"村屯寨">(text_[i])) {
        village(i);
      } else if (one_of<U"镇乡">(text_[i])) {
        known(town_and_village(text_, i));
      } else if (text_[i] == U'叉' && text_[i + 1] == U'口') {
        known(crossroads(text_, i), 42);
      } else if (text_.stops(i + 1, U"社区")) {
        community(i);
      }
    }
  }

 private:
  std::size_t label_at(std::size_t i) const {
    static const WordIndex kLabels(WordIndex::By::kFirstTwo, address_labels());
    return kLabels.longest_at(text_, i).size();
  }

  void labelled(std::size_t label, std::size_t at) {
    const std::size_t behind = at;
    while (is_blank(text_[at]) || is_field_mark(text_[at]) || behind_tag(text_, at) > at ||
           one_of<U"为在于於是(至变更改迁还到了【】[]“\"">(text_[at])) {
      at = std::max(at + 1, behind_tag(text_, at));
    }
    if (text_[at - 1] == U'于' && county_at(text_, at - 1) > 0) {
      --at;  // 住于都县: the preposition is the county's
    }
    AddressReader reader(text_, at, settles(label, behind));
    reader.read();
    const bool provider = reader.number == 0 && provider_follows(reader.stop);  // 地点：舟山医院
    const bool field = at > behind && text_[at - 1] != U'\n' && names_field(label, behind);
    const std::size_t cell = field && !provider ? cell_end(std::max(at, reader.stop)) : 0;
    const bool door = reader.number == 0 ? reader.road != at + 2 || !is_other_road(reader.road)
                                         : reader.levels() > 1 || reader.stop >= at + 5;
    if (reader.levels() >= 1 && reader.stop > at + 1 && !provider && door) {  // not 地点：2号会议室
      // 籍贯：吉林龙井, but 户籍：本市常住
      const bool whole = !one_of<U"贯籍">(text_[behind - 1]) || cell <= reader.stop + 3;
      add(at, whole ? std::max(cell, reader.stop) : reader.stop, 60);
    } else if (cell >= at + 5 && text_.stops(behind, U"址") && has_place_sign(at, cell)) {
      add(at, cell, 30);  // 地址：天主堂后院2号
    }
  }
  /// 现住, 家庭地址: people live there.
  bool settles(std::size_t label, std::size_t stop) const {
    for (std::size_t i = label; i < stop; ++i) {
      if (one_of<U"住址居户籍">(text_[i])) {
        return true;
      }
    }
    return false;
  }
  /// Of a form: nothing but the address stands in its cell.
  bool names_field(std::size_t label, std::size_t stop) const {
    const bool origin = one_of<U"贯籍地">(text_[stop - 1]);
    const bool form = origin || text_.stops(stop, U"址");
    return (text_[stop] == U':' || (form && is_blank(text_[stop]))) && !text_.starts(label, U"网址");
  }
  /// Where the run of characters stops, when it is short enough for an address; else 0.
  std::size_t cell_end(std::size_t at) const {
    constexpr std::size_t kMost = 24;
    std::size_t stop = at;
    while (is_cjk(text_[stop]) || is_alnum(text_[stop]) || text_[stop] == U'-') {
      if (stop - at >= kMost || is_sentence(text_[stop])) {
        return 0;
      }
      ++stop;
    }
    return stop;
  }
  static bool is_sentence(char32_t c) { return one_of<U"的了是因于患病诊电联邮">(c); }
  /// A number, or what ends the names of places.
  bool has_place_sign(std::size_t at, std::size_t stop) const {
    for (std::size_t i = at; i < stop; ++i) {
      if (is_digit(text_[i]) || one_of<U"村路街巷镇乡区县屯坳湾沟岗庄寨号栋幢楼户院">(text_[i])) {
        return true;
      }
    }
    return false;
  }

  /// 在|红星路菜市场门口, 住 |西仓北巷回民小区: a road or a village, and where on it, or nothing else
  /// behind it.
  void somewhere(std::size_t label, std::size_t at) {
    const bool ahead = place_ahead(at);
    const std::size_t first = ahead ? 0 : place_at(text_, at);
    const bool two = first > 0 && place_at(text_, at + first) > 0;  // 在广东|佛山务工
    if (const std::size_t stay = workplace_end(text_, at); stay > 0 && text_[label] == U'在') {
      add(at, stay, 32);
      return;
    }
    if (!(ahead || two) || (text_[label] == U'经' && text_[at] == U'过')) return;
    const bool settled = text_[label] == U'住';
    while (text_[at] == U' ' || text_[at] == 0x3000 || (settled && text_[at] == U':')) ++at;
    AddressReader reader(text_, at, settled);
    reader.read();
    const std::size_t road = reader.road;
    const bool named = road >= at + 3 && one_of<U"路街巷弄村庄道区寨屯堡口邨">(text_[road - 1]) &&
                       !is_other_road(road);
    const bool led = settled || text_[label] == U'在';
    const bool gate = reader.number == road + 2 && text_[road + 1] == U'门';
    const std::size_t name = std::max(road, reader.town);
    const bool marked = (reader.landmark > name || gate) && name >= at + 3;  // 金城花园|东门
    const bool sure = reader.levels() > 1 || reader.stop > road || one_of<U"口角">(text_[road - 1]) ||
                      is_street(at, road);
    const bool house = road >= at + 2 && reader.number > road && (settled || has_street(at, road));
    if (reader.levels() >= 1 && reader.stop > at + 1 && reader.road == 0 && reader.number == 0 &&
        stay_at(text_, reader.stop)) {
      return add(at, reader.stop, 32);
    }
    const bool crossed = one_of<U"口角">(text_[road - 1]);
    if (!led && text_[label] != U'于' ? named && (marked || crossed || is_street(at, road))
                                      : (named && (sure || (settled && !is_cjk(text_[road])))) ||
                                            house || marked) {
      add(at, reader.stop, reader.levels() > 1 ? 40 : 32);  // 住…喻家湖小区: no person is in it
    }
  }
  /// 于|南环路加油站对面跌倒, 经过|永丰路红绿灯时: the same behind other prepositions.
  void led_street(std::size_t sign) {
    // 解放大道与黄浦大街|交汇处公交站台, 明秀东路与友爱路|口公交站旁
    const bool crossed = one_of<U"交口">(text_[sign + 1]) || text_.starts(sign + 1, U"十字");
    if (crossed) known(crossroads(text_, sign), 42);
    known(street_estate(text_, sign));
    if (sign < done_) return;
    for (std::size_t back = 3; back <= 6; ++back) {
      if (one_of<U"于至到过经从沿">(text_[sign - back])) {
        somewhere(sign - back, sign - back + 1);
        return;
      }
    }
    std::size_t start = sign;
    while (is_cjk(text_[start - 1]) && sign - start < 6) --start;
    if (sign - start < 2 || sign - start > 5 || start < done_ || is_other_road(sign + 1)) {
      return;
    }
    AddressReader reader(text_, start);
    reader.read();
    if (reader.road == sign + 1 && reader.landmark > 0) {
      add(start, reader.stop, 30);  // ，老司城路大转盘旁倒地
    }
  }
  /// May a road, an estate or a village stop within the next characters?
  bool place_ahead(std::size_t at) const {
    constexpr std::size_t kReach = 14;
    for (std::size_t i = at + 1; i < at + kReach; ++i) {
      if ((text_.marks(i) & kIdeograph) == 0 && i > at + 2) {
        return false;
      }
      if (one_of<U"路街巷弄村庄道区寨屯堡口邨园厦场寓城苑府湾厂舍栋幢号市县州旗店馆所">(text_[i])) {
        return true;
      }
    }
    return false;
  }
  bool has_street(std::size_t at, std::size_t stop) const {
    for (std::size_t i = at + 2; i < stop; ++i) {
      if (one_of<U"路街巷弄">(text_[i])) {
        return true;
      }
    }
    return false;
  }
  /// 尿路, 通路: ways, but no streets.
  bool is_other_road(std::size_t stop) const {
    static constexpr auto kOthers = std::to_array<std::u32string_view>(
        {U"公路", U"尿路", U"通路", U"铁路", U"回路", U"道路", U"马路", U"线路", U"电路", U"旁路", U"胆路", U"气路", U"思路",
         U"短路", U"网路", U"半路", U"来路", U"走路", U"管路", U"赶路", U"水路", U"产道", U"食道", U"气道", U"肠道", U"尿道",
         U"阴道", U"耳道", U"通道", U"隧道", U"窦道", U"胆道", U"上街", U"逛街", U"农村", U"乡村", U"山村"});
    static const WordIndex kWords(WordIndex::By::kLastTwo, kOthers);
    return !kWords.longest_before(text_, stop).empty();
  }
  /// 在|建设路被撞: a street by its name, which the sentence goes on behind.
  bool is_street(std::size_t at, std::size_t stop) const {
    return stop - at <= 6 && one_of<U"路街">(text_[stop - 1]) &&
           !one_of<U"上中途边径口线程面道">(text_[stop]) && !is_other_road(stop);
  }

  void unlabelled(std::size_t at) {
    AddressReader reader(text_, at);
    reader.read();
    const bool fine = reader.town > 0 || reader.road > 0 || reader.number > 0;
    const bool same = reader.province == reader.city && reader.city > 0;
    const bool whole = text_[reader.province - 1] == U'省' && text_[reader.city - 1] == U'市';
    const int levels = reader.levels() - (same ? 1 : 0);
    if (const std::size_t people = people_of(at); people > 0) {
      add(at, people, 35);
      return;
    }
    if ((levels >= 3 || (levels >= 2 && (fine || whole || reader.district > 0))) &&
        !provider_follows(reader.stop)) {
      const bool inside = reader.city == 0 && reader.district == 0 && reader.road > 0;
      add(inside ? name_start(at) : at, reader.stop, 35);
    }
  }

  /// 安徽枞阳|人, 广西河池|籍: a province and a county by its short name.
  std::size_t people_of(std::size_t at) const {
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

  /// 去望|江门社区: the name of a city within another name.
  std::size_t name_start(std::size_t at) const {
    std::size_t start = at;
    while (start > done_ && at - start < 3 && is_cjk(text_[start - 1])) {
      if (one_of<kBeforeVillages>(text_[start - 1])) {
        return start;
      }
      --start;
    }
    return at - start == 3 ? at : start;
  }

  /// 武汉市江岸区人民医院 is a hospital, not an address.
  bool provider_follows(std::size_t at) const {
    for (std::size_t i = at; i < at + 10 && is_cjk(text_[i]); ++i) {
      if (text_.starts(i, U"医院") || text_.starts(i, U"卫生") || text_.starts(i, U"诊所") ||
          text_.starts(i, U"保健院") || text_.starts(i, U"公司") || text_.starts(i, U"中学") ||
          text_.starts(i, U"小学")) {
        return true;
      }
    }
    return false;
  }

  /// 解放东路495号: a number that belongs to a road, with no place name before it.
  void around_number(std::size_t unit) {
    std::size_t digits = unit;
    while (digits > 0 && (is_digit(text_[digits - 1]) || is_chinese_digit(text_[digits - 1]))) {
      --digits;
    }
    if (digits == unit || digits < 3 || !one_of<U"路街道巷弄村里区园庄苑舍寓">(text_[digits - 1])) {
      return;
    }
    std::size_t start = digits - 1;
    while (start > done_ && digits - start < 16 && is_cjk(text_[start - 1]) &&
           !one_of<U"在于至到住址家的往从由去址现居为">(text_[start - 1])) {
      --start;
    }
    AddressReader reader(text_, start);
    reader.read();
    if (reader.stop > unit && (reader.road > 0 || reader.town > 0 || reader.district > 0)) {
      add(start, reader.stop, 30);
    }
  }

  /// 去|岭下村三组, ，石碣村2社: a village behind a word of going, or with the number of a group.
  void village(std::size_t sign) {
    const std::size_t kind = text_.stops(sign + 1, U"自然村") ? sign - 2 : sign;
    std::size_t start = kind;
    std::size_t name = 0;  // behind the town that the village belongs to
    while (start > done_ && kind - start < (name > 0 ? 9 : 4) && is_cjk(text_[start - 1]) &&
           !one_of<kBeforeVillages>(text_[start - 1])) {
      name = name == 0 && one_of<U"镇乡">(text_[start - 1]) ? start : name;
      --start;
    }
    const std::size_t length = kind - std::max(start, name);
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
  std::size_t number_before(std::size_t at) const {
    while (is_digit(text_[at - 1]) || is_chinese_digit(text_[at - 1])) {
      --at;
    }
    return at;
  }
  /// 龙潭沟三|组: what else villages are called.
  bool is_hamlet(std::size_t i) const {
    const std::size_t number = number_before(i);
    return number < i && i - number <= 3 &&
           one_of<U"沟湾坳坪冲坡岭塘垭坝庄畈垸塆堡洼峪营庙桥洞井">(text_[number - 1]);
  }
  /// 府青路街道|八里社区, 双湖社区|五组
  void community(std::size_t sign) {
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

  void known(const Stretch& address, int weight = 30) {
    if (address.stop > 0 && address.start >= done_) add(address.start, address.stop, weight);
  }
  void add(std::size_t start, std::size_t stop, int weight) {
    finds_.push_back({start, stop, SpanType::kAddress, weight});
    done_ = std::max(done_, stop);
  }

  const DecodedText& text_;
  Finds& finds_;
  std::size_t done_ = 0;
};

}  // namespace

std::u32string address_first_characters() {
  std::u32string characters = U"县区市旗号室栋幢村屯寨组叉镇乡道速路街";
  for (const std::u32string_view label : address_labels()) {
    characters.push_back(label.front());
  }
  return characters + kLooseLabels.characters;
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
