#include "desensitize/detect/address_reader_zh.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "desensitize/detect/address_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kMaxLevelName = 12; ///< "积石山保安族东乡族撒拉族自治县" is the longest

// Ends of roads, estates and villages.
constexpr CharSet kRoadSigns = U"路街巷弄村里道屯庄苑寨坊湾营坡沟城府邸园轩阁居庭郡墅岭冲梁塬坝坪坳岗塘浜渡桥洲集堡窑圩垸坨峪邨";
constexpr auto kRoadWords = std::to_array<std::u32string_view>(
    {U"大道", U"大街", U"胡同", U"小区", U"社区", U"花园", U"家园", U"新村", U"公寓", U"大厦", U"广场", U"山庄", U"别墅",
     U"工业园", U"开发区", U"宿舍", U"嘎查", U"家属院", U"家属区", U"大院", U"新城", U"半岛", U"组团", U"校区", U"厂区",
     U"苏木", U"村委", U"村委会", U"居委会", U"路口", U"街口", U"交口", U"交叉口", U"安置房", U"安置区", U"农场", U"林场", U"兵团",
     U"牧场", U"工地", U"标段", U"项目部", U"宿舍楼", U"公寓楼", U"家属楼", U"教工楼", U"专家楼", U"工业区", U"产业园", U"科技园",
     U"业园区", U"技园区", U"宿舍区",
     U"物流园", U"茶场", U"渔场", U"度假村", U"服务区", U"市场", U"夜市", U"超市", U"商城", U"生活区", U"住宅区",
     U"矿区", U"村民小组", U"民委员会", U"酒店", U"宾馆", U"旅馆", U"招待所", U"民宿"});
}  // namespace

void AddressReader::read() {
  const std::size_t start = at_;
  if (county() == 0) {
    level<U"省">(province, U"自治区", start);
  }
  if (province == 0 && county() == 0) {
    short_province();
  }
  if (county() == 0) {
    level<U"市州盟">(city, U"地区", start);
  }
  if (province > 0 && city == 0 && county_at(text_, at_) == 0) {
    if (const std::size_t length = place_at(text_, at_); length > 0) {
      take(city, length);  // 湖北恩施
    }
  }
  if (county() > 0) {
    take(district, county());  // its name may hold any character: 于都县
  } else {
    level<U"区县旗市">(district, U"", start);
  }
  level<U"镇乡">(town, U"街道", start);
  while (roads()) {
  }
  numbers();
  if (number > 0 && inner_estate()) numbers();  // 288号|宿舍区3号楼
  beside();
  if (landmark == at_ && landmark > 0 && is_digit(text_[at_])) {  // 后院|2号, 造船厂|2号船坞
    numbers();
    beside();
  }
  building();
  if (stop > 0 && text_[at_] == U'内' && text_[at_ - 1] == U'院' && !is_cjk(text_[at_ + 1])) {
    take(landmark, 1);  // 65号院|内
  }
}

bool AddressReader::shop_ends(std::size_t length) const {
  return length >= 3 && one_of<U"店厦场厂堂馆厅摊坞">(text_[at_ + length - 1]) &&
         !one_of<U"内店">(text_[at_ + length]);
}

/// …|菜市场门口, …12栋|对面平房: what people find it by, right behind a road or a number.
void AddressReader::beside() {
  static constexpr auto kBeside = std::to_array<std::u32string_view>(
      {U"对面", U"旁边", U"门口", U"门前", U"附近", U"楼下", U"隔壁", U"路口", U"街口", U"村口", U"桥头", U"后面",
       U"前面", U"东侧", U"西侧", U"南侧", U"北侧", U"院内", U"平房", U"东门", U"西门", U"南门", U"北门", U"正门",
       U"大门", U"后门", U"桥下", U"入口", U"出口", U"大厅", U"码头", U"转盘", U"站台", U"左岸", U"右岸", U"岸边", U"河边",
       U"后院", U"前院", U"公园", U"船坞", U"匝道", U"公交站", U"地铁站", U"南口", U"北口", U"东口", U"西口"});
  static const WordIndex kWords(WordIndex::By::kLastTwo, kBeside);
  const bool led = begin_ > 0 && text_[begin_ - 1] == U'在';  // 在八面通镇|木材加工厂
  const std::size_t last = std::max({led ? town : 0, road, number});
  if (last == 0 || at_ - last > kMaxLevelName) {
    return;
  }
  for (std::size_t length = 1; length <= 10 && is_cjk(text_[at_ + length - 1]); ++length) {
    const std::size_t after = at_ + length;
    const bool behind = text_[after - 1] == U'后' && one_of<U"院门面">(text_[after]);
    const bool yard = text_[after - 1] == U'院' && one_of<U"后前">(text_[after - 2]) && length > 1;
    if ((is_stop(text_[after - 1]) && !yard) ||
        (one_of<U"被与后时送至到在发出不及为由医卫药坐骑开步行">(text_[after - 1]) && !behind)) {
      return;
    }
    const bool mouth = length == 1 && text_[at_] == U'口' && at_ == road;
    const bool side = text_[after - 1] == U'旁' &&
                      (!is_cjk(text_[after]) || one_of<U"接被发摔跌晕倒时等遇候捡救">(text_[after]));
    const bool word = length > 1 && !kWords.longest_before(text_, after).empty();
    if (mouth || side || word || shop_ends(length)) {
      take(landmark, length + (word && one_of<U"口台">(text_[after]) ? 1 : 0));  // 正门|口
      beside();
      return;
    }
  }
}

std::size_t AddressReader::county() {
  if (county_place_ != at_) {
    county_place_ = at_;
    county_ = county_at(text_, at_);
  }
  return county_;
}

int AddressReader::levels() const {
  return (province > 0) + (city > 0) + (district > 0) + (town > 0) + (road > 0) + (number > 0);
}

void AddressReader::take(std::size_t& target, std::size_t length) {
  at_ += length;
  target = stop = at_;
}

void AddressReader::short_province() {
  const std::size_t length = place_at(text_, at_);
  if (length == 0) {
    return;
  }
  const char32_t next = text_[at_ + length];
  if (text_[at_ + length - 1] == U'市') {
    take(city, length);
    province = city;  // 北京市 is both
  } else if (!one_of<U"市省州盟">(next) && !text_.starts(at_ + length, U"地区")) {
    take(province, length);
  }
}

template <CharSet kEnds>
void AddressReader::level(std::size_t& target, std::u32string_view word, std::size_t start) {
  for (std::size_t length = 1; length <= kMaxLevelName; ++length) {
    const std::uint32_t marks = text_.marks(at_ + length - 1);
    if ((marks & kIdeograph) == 0 || (at_ + length - start) > kMaxAddress) {
      return;
    }
    if ((marks & kAddressLevel) == 0) {
      continue;
    }
    const char32_t c = text_[at_ + length - 1];
    if (is_stop(c) && !(c == U'院' && one_of<U"镇乡村">(text_[at_ + length])) &&
        !(c == U'于' && text_[at_ + length] == U'孜')) {  // 胡地亚于孜镇
      return;
    }
    if (!word.empty() && length > 1 && text_.stops(at_ + length, word)) {
      take(target, length);
      return;
    }
    // 市 inside 市区, 区 inside 小区: the level has not ended there.
    const bool city_of = c == U'州' && text_[at_ + length] == U'市';  // 赣州市
    if (length > 1 && one_of<kEnds>(c) && !city_of && !inner(at_ + length)) {
      take(target, length);
      return;
    }
    // 新街|道, 凤凰路|街道
    const bool street_office = !word.empty() && ((c == U'街' && text_[at_ + length] == U'道') ||
                                                 text_.starts(at_ + length, U"街道"));
    const bool village_town = c == U'村' && one_of<U"镇乡">(text_[at_ + length]);  // 梁村镇
    if (length > 1 && one_of<U"路街巷弄号村">(c) && !one_of<kEnds>(c) && !street_office &&
        !village_town) {
      return;
    }
  }
}

bool AddressReader::inner(std::size_t after) const {
  return text_.stops(after, U"小区") || text_.stops(after, U"社区") ||
         text_.stops(after, U"园区") || text_.stops(after, U"病区") ||
         text_.stops(after, U"城市") || text_.stops(after, U"超市");
}

bool AddressReader::yard(std::size_t after) const {
  // 试飞院|北区, 学院|南路
  const bool part = one_of<U"东西南北">(text_[after]) && one_of<U"区路街巷">(text_[after + 1]);
  return part || text_.stops(after, U"家属院") || text_.stops(after, U"大院");
}

bool AddressReader::roads() {
  if ((!is_cjk(text_[at_]) && !is_alnum(text_[at_])) || too_long()) {
    return false;
  }
  if (crossing()) {
    return true;
  }
  for (std::size_t length = 2; length <= kMaxLevelName; ++length) {
    const std::uint32_t marks = text_.marks(at_ + length - 1);
    if ((marks & (kIdeograph | kAlnum)) == 0 &&
        !(text_[at_ + length - 1] == U'-' && is_digit(text_[at_ + length]))) {
      break;
    }
    if ((marks & (kAddressLevel | kRoadEnd)) == 0) {
      continue;
    }
    if (is_stop(text_[at_ + length - 1]) && !yard(at_ + length) &&
        !one_of<U"路街巷里村">(text_[at_ + length])) {
      return false;
    }
    if (road_ends(length)) {
      const bool part = text_[at_ + length - 1] == U'村' && one_of<U"组屯">(text_[at_ + length]);
      take(road, length + (part && stop > 0 && text_[at_ - 1] == U'村' ? 1 : 0));  // 石岭村|新村组
      return true;
    }
  }
  return hamlet() || estate();
}

bool AddressReader::crossing() {
  if (road == 0 || !one_of<U"与和及">(text_[at_])) {
    return false;
  }
  for (std::size_t length = 3; length <= kMaxLevelName && is_cjk(text_[at_ + length - 1]);
       ++length) {
    const bool cross = text_.stops(at_ + length, U"十字") || text_.stops(at_ + length, U"丁字");
    if (cross || text_[at_ + length - 1] == U'口' || text_.stops(at_ + length, U"交汇处")) {
      take(road, length + (cross && text_.starts(at_ + length, U"路口") ? 2 : 0));
      corner();
      return true;
    }
  }
  return false;
}

/// …交叉口|东北角.
void AddressReader::corner() {
  std::size_t length = 0;
  while (one_of<U"东西南北">(text_[at_ + length]) && length < 2) {
    ++length;
  }
  if (length > 0 && one_of<U"角侧边">(text_[at_ + length])) {
    take(road, length + 1);
  }
}

bool AddressReader::hamlet() {
  const bool alone = stop == 0 && settled_;  // 住在|枫树坪组
  if (!alone && (stop == 0 || !one_of<U"村会">(text_[at_ - 1]))) {
    return false;
  }
  std::size_t length = 0;
  while (length < 5 && is_cjk(text_[at_ + length]) && !is_stop(text_[at_ + length]) &&
         !one_of<U"组社队">(text_[at_ + length])) {
    ++length;
  }
  if (length == 0 || length > 3 || !one_of<U"组社队">(text_[at_ + length]) ||
      text_[at_ + length + 1] == U'区' || (alone && (length < 2 || text_[at_ + length] != U'组'))) {
    return false;
  }
  take(road, length + 1);
  return true;
}

bool AddressReader::road_ends(std::size_t length) const {
  static const WordIndex kWords(WordIndex::By::kLastTwo, kRoadWords);
  const std::size_t after = at_ + length;
  const char32_t last = text_[after - 1];
  const bool village = one_of<U"街巷">(last) && one_of<U"村屯寨弄里坊">(text_[after]);  // 下街屯
  if (one_of<kRoadSigns>(last) && !village && !continues(after, {&last, 1})) {
    return true;
  }
  for (const std::u32string_view word : kWords.of(text_[after - 2], last)) {
    if (length + (stop > 0 ? 1 : 0) > word.size() && text_.stops(after, word) &&
        !continues(after, word)) {
      return true;
    }
  }
  return false;
}

bool AddressReader::estate() {
  if (stop == 0 && !settled_) {
    return false;
  }
  std::size_t length = 0;
  const auto stops = [&](std::size_t i) {  // 试飞院北区|41号楼
    return is_stop(text_[i]) && !(text_[i] == U'院' && one_of<U"东西南北小家">(text_[i + 1]));
  };
  while (length < 8 && is_cjk(text_[at_ + length]) && !stops(at_ + length)) {
    ++length;
  }
  std::size_t unit = at_ + length;
  while (is_alnum(text_[unit]) && unit < at_ + length + 5) {
    ++unit;
  }
  const bool door = unit > at_ + length && text_[unit] == U'-' && is_digit(text_[unit + 1]);
  if (length < 2 || unit == at_ + length || (unit_at(unit) == 0 && !door) ||
      (stop == 0 && in_ward(length))) {
    return false;
  }
  take(road, length);
  return true;
}

bool AddressReader::inner_estate() {
  for (std::size_t i = at_; is_cjk(text_[i]) && i < at_ + 4; ++i) {
    if (one_of<U"科病床诊室房急护第">(text_[i])) return false;
  }
  return is_cjk(text_[at_]) && estate();
}

bool AddressReader::in_ward(std::size_t length) const {
  for (std::size_t i = at_; i < at_ + length; ++i) {
    if (one_of<U"科房室区部处床号急护第共过后前左右内外上下">(text_[i])) {
      return true;
    }
  }
  return false;
}

bool AddressReader::continues(std::size_t after, std::u32string_view end) const {
  if ((end == U"街" && text_[after] == U'道') ||
      (end == U"村" && one_of<U"民村委">(text_[after]) &&
       !(text_.starts(after, U"村民") && !text_.starts(after, U"村民委"))) ||
      (end == U"村委" && text_[after] == U'会') ||
      (end == U"居" && one_of<U"独同分旅寄定">(text_[after - 2])) ||
      (one_of<U"舍寓">(end.back()) && text_[after] == U'楼') ||
      (end.size() > 1 && one_of<U"园舍">(end.back()) && text_[after] == U'区') ||  // 工业园|区
      (end.size() > 1 && one_of<U"路街巷">(text_[after])) ||
      text_.starts(after, U"家属")) {
    return true;
  }
  if (end.size() == 1 && end != U"路" && end != U"街" && end != U"巷" && end != U"弄" &&
      end != U"村") {
    const bool part = one_of<U"东南西北中">(text_[after]) && text_[after + 1] == U'区';  // 佳苑|北区
    return !part && !is_alnum(text_[after]) && !is_separator(text_[after]) && text_[after] != 0 &&
           !is_chinese_digit(text_[after]);
  }
  return false;
}

std::u32string road_last_characters() {
  std::u32string characters(std::begin(kRoadSigns.characters), std::end(kRoadSigns.characters));
  for (const std::u32string_view word : kRoadWords) {
    characters.push_back(word.back());
  }
  return characters;
}

std::u32string_view level_characters() noexcept {
  return U"的了因于在患病诊院省市州盟区县旗镇乡路街巷弄号村道";
}

}  // namespace emr::desensitize
