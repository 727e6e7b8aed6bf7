#include "desensitize/detect/address_zh.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/utf8.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kMaxAddress = 60;   ///< code points; longer runs are sentences
constexpr std::size_t kMaxLevelName = 12; ///< "积石山保安族东乡族撒拉族自治县" is the longest

/// Words after which an address stands.
constexpr auto kAddressLabels = std::to_array<std::u32string_view>({
    U"住址", U"地址", U"现住", U"家住", U"住于", U"居住于", U"居住在", U"住在", U"户籍", U"籍贯",
    U"出生地", U"户口", U"居住地", U"户籍地", U"所在地", U"现居", U"暂住", U"常住", U"家在",
    U"户口地址", U"老家", U"来自", U"寄往", U"寄至", U"邮寄", U"原籍", U"家庭地址",
    U"现在住", U"搬到", U"暂居", U"租住", U"住的是"});

// Ends of roads, estates and villages.
constexpr CharSet kRoadSigns = U"路街巷弄村里道屯庄苑寨坊湾营坡沟城府邸园轩阁居庭郡墅岭冲";
constexpr auto kRoadWords = std::to_array<std::u32string_view>(
    {U"大道", U"大街", U"胡同", U"小区", U"社区", U"花园", U"家园", U"新村", U"公寓", U"大厦",
     U"广场", U"山庄", U"别墅", U"工业园", U"开发区", U"宿舍", U"嘎查", U"家属院", U"家属区",
     U"大院", U"新城", U"半岛", U"组团", U"校区", U"厂区"});
// Units of a house or a settlement.
constexpr CharSet kUnitSigns = U"号栋幢室楼层座弄组號樓段队户房门社区巷院";
constexpr auto kUnitWords = std::to_array<std::u32string_view>(
    {U"村民小组", U"生产队", U"小组", U"大队", U"号楼", U"号院", U"单元"});

bool is_chinese_digit(char32_t c) { return one_of<U"一二三四五六七八九十百零〇两">(c); }

/// Reads an address from a start as far as its grammar goes.
class AddressReader {
 public:
  AddressReader(const DecodedText& text, std::size_t start) : text_(text), at_(start) {}

  std::size_t province = 0;
  std::size_t city = 0;
  std::size_t district = 0;
  std::size_t town = 0;
  std::size_t road = 0;
  std::size_t number = 0;
  std::size_t stop = 0;  ///< end of the last level that was read

  void read() {
    const std::size_t start = at_;
    if (county_at(text_, at_) == 0) {
      level<U"省">(province, U"自治区", start);
    }
    if (province == 0 && county_at(text_, at_) == 0) {
      short_province();
    }
    if (county_at(text_, at_) == 0) {
      level<U"市州盟">(city, U"地区", start);
    }
    if (const std::size_t county = county_at(text_, at_); county > 0) {
      take(district, county);  // its name may hold any character: 于都县
    } else {
      level<U"区县旗市">(district, U"", start);
    }
    level<U"镇乡">(town, U"街道", start);
    while (roads()) {
    }
    numbers();
  }

  /// At least two levels, or a road with a number: less is a place name.
  int levels() const {
    return (province > 0) + (city > 0) + (district > 0) + (town > 0) + (road > 0) + (number > 0);
  }

 private:
  void take(std::size_t& target, std::size_t length) {
    at_ += length;
    target = stop = at_;
  }

  void short_province() {
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

  /// The shortest run of characters that stops with one of the ends. All that ends or forbids one
  /// is among level_characters().
  template <CharSet kEnds>
  void level(std::size_t& target, std::u32string_view word, std::size_t start) {
    for (std::size_t length = 1; length <= kMaxLevelName; ++length) {
      const std::uint32_t marks = text_.marks(at_ + length - 1);
      if ((marks & kIdeograph) == 0 || (at_ + length - start) > kMaxAddress) {
        return;
      }
      if ((marks & kAddressLevel) == 0) {
        continue;
      }
      const char32_t c = text_[at_ + length - 1];
      if (is_stop(c)) {
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
      const bool street_office = c == U'街' && text_[at_ + length] == U'道' && !word.empty();
      if (length > 1 && one_of<U"路街巷弄号村">(c) && !one_of<kEnds>(c) && !street_office) {
        return;
      }
    }
  }
  bool inner(std::size_t after) const {
    return text_.stops(after, U"小区") || text_.stops(after, U"社区") ||
           text_.stops(after, U"园区") || text_.stops(after, U"病区") ||
           text_.stops(after, U"城市") || text_.stops(after, U"超市");
  }
  /// 家属院 and 大院 are where people live; any other 院 is not.
  bool yard(std::size_t after) const {
    return text_.stops(after, U"家属院") || text_.stops(after, U"大院");
  }
  static bool is_stop(char32_t c) { return one_of<U"的了因于，。患病诊院">(c); }

  bool roads() {
    if (!is_cjk(text_[at_]) && !is_alnum(text_[at_])) {
      return false;
    }
    for (std::size_t length = 2; length <= kMaxLevelName; ++length) {
      const std::uint32_t marks = text_.marks(at_ + length - 1);
      if ((marks & (kIdeograph | kAlnum)) == 0) {
        return false;
      }
      if ((marks & (kAddressLevel | kRoadEnd)) == 0) {
        continue;
      }
      if (is_stop(text_[at_ + length - 1]) && !yard(at_ + length) &&
          !one_of<U"路街巷里">(text_[at_ + length])) {
        return false;
      }
      if (road_ends(length)) {
        take(road, length);
        return true;
      }
    }
    return estate();
  }
  /// Does a road of this length end here?
  bool road_ends(std::size_t length) const {
    static const WordIndex kWords(WordIndex::By::kLastTwo, kRoadWords);
    const std::size_t after = at_ + length;
    const char32_t last = text_[after - 1];
    if (one_of<kRoadSigns>(last) && !continues(after, {&last, 1})) {
      return true;
    }
    for (const std::u32string_view word : kWords.of(text_[after - 2], last)) {
      if (length > word.size() && text_.stops(after, word) && !continues(after, word)) {
        return true;
      }
    }
    return false;
  }
  /// A name of its own before a building: 翠湖天地3幢. Only behind a place that was read.
  bool estate() {
    if (stop == 0) {
      return false;
    }
    std::size_t length = 0;
    while (length < 8 && is_cjk(text_[at_ + length]) && !is_stop(text_[at_ + length])) {
      ++length;
    }
    std::size_t unit = at_ + length;
    while (is_alnum(text_[unit]) && unit < at_ + length + 5) {
      ++unit;
    }
    if (length < 2 || unit == at_ + length || unit_at(unit) == 0) {
      return false;
    }
    take(road, length);
    return true;
  }
  /// 中山路 inside 中山路街道; 道 inside 道路; 里 inside 里程.
  bool continues(std::size_t after, std::u32string_view end) const {
    if ((end == U"街" && text_[after] == U'道') ||
        (end == U"村" && one_of<U"民村">(text_[after])) ||
        text_.starts(after, U"家属")) {
      return true;
    }
    if (end.size() == 1 && end != U"路" && end != U"街" && end != U"巷" && end != U"弄" &&
        end != U"村") {
      return !is_digit(text_[after]) && !is_separator(text_[after]) && text_[after] != 0 &&
             !is_chinese_digit(text_[after]);
    }
    return false;
  }

  /// 12号, 阳光苑3栋2单元, 甲5号, 1-302, B座, 三楼.
  void numbers() {
    for (;;) {
      std::size_t at = at_;
      if (one_of<U"甲乙丙丁戊附第东西南北中">(text_[at]) &&
          (is_digit(text_[at + 1]) || text_[at + 1] == U'区' || unit_at(at + 1) > 0 ||
           is_chinese_digit(text_[at + 1]))) {
        ++at;
      }
      const std::size_t first = at > at_ && unit_at(at) > 0 ? at_ : at;  // 乙单元, 西户
      while (is_alnum(text_[at]) || is_chinese_digit(text_[at]) || text_[at] == U'-' ||
             text_[at] == U'#' || text_[at] == U'之') {
        ++at;
      }
      if (at == first || at - first > 8) {
        // 阳光花园1幢: a name between the numbers.
        if (number > 0 && roads()) {
          continue;
        }
        return;
      }
      const std::size_t unit = unit_at(at);
      if (unit == 0 && !(number > 0 || road > 0)) {
        return;
      }
      if (unit == 0 && is_cjk(text_[at])) {
        return;
      }
      if (unit == 0 && (is_blank(text_[at]) || is_separator(text_[at]) || text_[at] == 0) &&
          at - first > 8) {
        return;
      }
      at_ = at;
      take(number, unit);
    }
  }
  std::size_t unit_at(std::size_t at) const {
    static const WordIndex kWords(WordIndex::By::kFirstTwo, kUnitWords);
    const std::size_t word = kWords.longest_at(text_, at).size();
    return word > 0 ? word : one_of<kUnitSigns>(text_[at]) ? 1 : 0;
  }

  const DecodedText& text_;
  std::size_t at_;
};

class AddressFinder {
 public:
  AddressFinder(const DecodedText& text, Finds& finds) : text_(text), finds_(finds) {}

  void run() {
    constexpr std::uint32_t kPlaces = kAddressStart | kPlaceStart;
    for (std::size_t i = text_.next(kPlaces, 0); i < text_.size(); i = text_.next(kPlaces, i + 1)) {
      if (i < done_) {
        continue;
      }
      if (const std::size_t label = label_at(i); label > 0) {
        labelled(i + label);
      } else if (place_at(text_, i) > 0) {
        unlabelled(i);
      } else if (ends_county(text_[i]) && county_before(text_, i + 1) > 0) {
        unlabelled(i + 1 - county_before(text_, i + 1));
      } else if (text_[i] == U'号' || text_[i] == U'室' || text_[i] == U'栋' || text_[i] == U'幢') {
        around_number(i);
      }
    }
  }

 private:
  std::size_t label_at(std::size_t i) const {
    static const WordIndex kLabels(WordIndex::By::kFirstTwo, kAddressLabels);
    return kLabels.longest_at(text_, i).size();
  }

  void labelled(std::size_t at) {
    while (is_blank(text_[at]) || one_of<U":：为在于是（(至变更改迁还到了】">(text_[at])) {
      ++at;
    }
    if (text_[at - 1] == U'于' && county_at(text_, at - 1) > 0) {
      --at;  // 住于都县: the preposition is the county's
    }
    AddressReader reader(text_, at);
    reader.read();
    if (reader.levels() >= 1 && reader.stop > at + 1) {
      add(at, reader.stop, 60);
    }
  }

  void unlabelled(std::size_t at) {
    AddressReader reader(text_, at);
    reader.read();
    const bool fine = reader.town > 0 || reader.road > 0 || reader.number > 0;
    const bool same = reader.province == reader.city && reader.city > 0;
    const int levels = reader.levels() - (same ? 1 : 0);
    if (levels >= 3 || (levels >= 2 && (fine || reader.district > 0))) {
      if (!provider_follows(reader.stop)) {
        add(at, reader.stop, 35);
      }
    }
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
    if (digits == unit || digits < 3 || !one_of<U"路街道巷弄村里区园庄苑">(text_[digits - 1])) {
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
  std::u32string characters = U"县区市旗号室栋幢";
  for (const std::u32string_view label : kAddressLabels) {
    characters.push_back(label.front());
  }
  return characters;
}

std::u32string road_last_characters() {
  std::u32string characters(std::begin(kRoadSigns.characters), std::end(kRoadSigns.characters));
  for (const std::u32string_view word : kRoadWords) {
    characters.push_back(word.back());
  }
  return characters;
}

std::u32string_view level_characters() noexcept {
  return U"的了因于患病诊院省市州盟区县旗镇乡路街巷弄号村道";
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
