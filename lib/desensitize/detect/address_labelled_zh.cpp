// Addresses behind the words that announce them: labels of forms, 住, 在, 从, any 址.
#include <array>

#include "desensitize/detect/address_finder_zh.h"
#include "desensitize/detect/address_reader_zh.h"
#include "desensitize/detect/address_short_zh.h"
#include "desensitize/detect/field_gap_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {

std::size_t AddressFinder::label_at(std::size_t i) const {
  static const WordIndex kLabels(WordIndex::By::kFirstTwo, address_labels());
  return kLabels.longest_at(text_, i).size();
}

void AddressFinder::labelled(std::size_t label, std::size_t at) {
  const std::size_t behind = at;
  if (text_.starts(at, U"登记")) at += 2;
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
  const bool door = reader.number == 0
                        ? reader.road != at + 2 || !ends_unnamed_way(text_, reader.road)
                        : reader.levels() > 1 || reader.stop >= at + 5;
  const std::size_t brief = std::max(short_levels(text_, at), short_county(text_, at));
  if (brief > reader.stop) {
    add(at, brief, 60);  // 家在|盐城大丰, 老家|酉阳
  } else if (reader.levels() >= 1 && reader.stop > at + 1 && !provider && door) {  // not 地点：2号会议室
    // 籍贯：吉林龙井, but 户籍：本市常住
    const bool whole = !one_of<U"贯籍">(text_[behind - 1]) || cell <= reader.stop + 3;
    add(at, whole ? std::max(cell, reader.stop) : reader.stop, 60);
  } else if (cell >= at + 5 && text_.stops(behind, U"址") && has_place_sign(at, cell)) {
    add(at, cell, 30);  // 地址：天主堂后院2号
  } else if (settles(label, behind) || text_.stops(behind, U"家在")) {
    lived_in(at);
  }
}

void AddressFinder::scene(std::size_t at) {
  const std::size_t stop = scene_of_event(text_, at);
  if (stop > 0 && !provider_follows(at)) add(at, stop, 28);
}

void AddressFinder::spot(std::size_t at) {
  const std::size_t stop = at >= done_ ? spot_at(text_, at) : 0;
  if (stop == 0 || provider_follows(at)) return;
  AddressReader reader(text_, at);
  reader.read();
  add(at, std::max(stop, reader.stop), 28);
}

void AddressFinder::by_any_label(std::size_t i) {
  if (one_of<U"网遗旧选原">(text_[i - 1])) return;
  std::size_t at = i + 1;
  while (is_blank(text_[at]) || is_field_mark(text_[at])) ++at;
  AddressReader reader(text_, at, true);
  reader.read();
  const bool street = reader.road > at + 4;
  if (reader.stop > at + 3 && (reader.levels() >= 2 || street) &&
      !provider_follows(reader.stop)) {
    add(at, reader.stop, 32);
  } else {
    lived_in(at);
  }
}

void AddressFinder::lived_in(std::size_t at) {
  const std::size_t stop = lived_in_place(text_, at);
  const bool beside = text_.starts(at, U"医院") && stop > at + 5;  // 医院南门对面……
  if (stop > 0 && (beside || !provider_follows(at))) add(at, stop, 28);
}

bool AddressFinder::settles(std::size_t label, std::size_t stop) const {
  for (std::size_t i = label; i < stop; ++i) {
    if (one_of<U"住址居户籍">(text_[i])) {
      return true;
    }
  }
  return false;
}

bool AddressFinder::names_field(std::size_t label, std::size_t stop) const {
  const bool origin = one_of<U"贯籍地">(text_[stop - 1]);
  const bool form = origin || text_.stops(stop, U"址");
  return (text_[stop] == U':' || (form && is_blank(text_[stop]))) && !text_.starts(label, U"网址");
}

std::size_t AddressFinder::cell_end(std::size_t at) const {
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

bool AddressFinder::has_place_sign(std::size_t at, std::size_t stop) const {
  for (std::size_t i = at; i < stop; ++i) {
    if (is_digit(text_[i]) || one_of<U"村路街巷镇乡区县屯坳湾沟岗庄寨号栋幢楼户院">(text_[i])) {
      return true;
    }
  }
  return false;
}

void AddressFinder::somewhere(std::size_t label, std::size_t at) {
  const bool ahead = place_ahead(at);
  const std::size_t first = ahead ? 0 : place_at(text_, at);
  const bool two = first > 0 && place_at(text_, at + first) > 0;  // 在广东|佛山务工
  const bool settled = text_[label] == U'住';
  if (settled && !one_of<U"入收转留拟再急夜">(text_[label - 1])) lived_in(at);
  if (!settled) scene(at);
  if (at < done_) return;
  if (const std::size_t town = stem_and_town(text_, at, settled); town > 0) {
    return add(at, town, 36);
  }
  if (const std::size_t stay = workplace_end(text_, at); stay > 0 && text_[label] == U'在') {
    return add(at, stay, short_levels(text_, at) == stay ? 46 : 32);
  }
  if (!(ahead || two) || (text_[label] == U'经' && text_[at] == U'过')) return;
  while (text_[at] == U' ' || text_[at] == 0x3000 || (settled && text_[at] == U':')) ++at;
  AddressReader reader(text_, at, settled);
  reader.read();
  const std::size_t road = reader.road;
  const bool named = road >= at + 3 && one_of<U"路街巷弄村庄道区寨屯堡口邨地">(text_[road - 1]) &&
                     !ends_unnamed_way(text_, road);
  const bool led = settled || text_[label] == U'在';
  const bool gate = reader.number == road + 2 && text_[road + 1] == U'门';
  const std::size_t name = std::max(road, reader.town);
  const bool marked = (reader.landmark > name || gate) && name >= at + 3 &&
                      !ends_unnamed_way(text_, name);  // 金城花园|东门, not 十字路|口
  const bool sure = reader.levels() > 1 || reader.stop > road || one_of<U"口角">(text_[road - 1]) ||
                    is_street(at, road);
  const bool house = road >= at + 2 && reader.number > road && (settled || has_street(at, road));
  if (reader.levels() >= 1 && reader.stop > at + 1 && reader.road == 0 && reader.number == 0 &&
      stay_at(text_, reader.stop)) {
    return add(at, reader.stop, 32);
  }
  const bool crossed = one_of<U"口角">(text_[road - 1]);
  if (settled && reader.town >= at + 3 && road > reader.town) {
    return add(at, reader.stop, 40);  // 住|沙埠镇沙埠村委会大塘队
  }
  if (!led && text_[label] != U'于' ? named && (marked || crossed || is_street(at, road))
                                    : (named && (sure || (settled && !is_cjk(text_[road])))) ||
                                          house || marked) {
    add(at, reader.stop, reader.levels() > 1 ? 40 : 32);  // 住…喻家湖小区: no person is in it
  }
}

void AddressFinder::led_street(std::size_t sign) {
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
  const bool bare = one_of<U"在沿过">(text_[sign - 1]) || ends_unnamed_way(text_, sign + 1);
  if (sign - start < 2 || sign - start > 5 || bare || start < done_) {
    return;
  }
  AddressReader reader(text_, start);
  reader.read();
  // ，大通街|老地委宿舍
  const bool part = reader.road > sign + 3 && reader.number == 0 && !is_cjk(text_[start - 1]) &&
                    (text_.stops(reader.road, U"宿舍") || text_.stops(reader.road, U"家属院"));
  if ((reader.road == sign + 1 && reader.landmark > 0) || part) {
    add(start, reader.stop, 30);  // ，老司城路大转盘旁倒地
  }
}

bool AddressFinder::place_ahead(std::size_t at) const {
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

bool AddressFinder::has_street(std::size_t at, std::size_t stop) const {
  for (std::size_t i = at + 2; i < stop; ++i) {
    if (one_of<U"路街巷弄">(text_[i])) {
      return true;
    }
  }
  return false;
}

bool AddressFinder::is_street(std::size_t at, std::size_t stop) const {
  return stop - at <= 6 && one_of<U"路街">(text_[stop - 1]) &&
         !one_of<U"上中途边径口线程面道">(text_[stop]) && !ends_unnamed_way(text_, stop);
}

}  // namespace emr::desensitize
