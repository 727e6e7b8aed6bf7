#include "desensitize/detect/address_zh.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "desensitize/detect/address_reader_zh.h"
#include "desensitize/detect/field_gap_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

/// Words after which an address stands.
constexpr auto kAddressLabels = std::to_array<std::u32string_view>({
    U"住址", U"地址", U"现住", U"家住", U"住于", U"居住于", U"居住在", U"住在", U"户籍", U"籍贯",
    U"出生地", U"户口", U"居住地", U"户籍地", U"所在地", U"现居", U"暂住", U"常住", U"家在",
    U"户口地址", U"老家", U"来自", U"寄往", U"寄至", U"邮寄", U"原籍", U"家庭地址",
    U"现在住", U"搬到", U"暂居", U"租住", U"住的是", U"住所", U"住处", U"祖籍", U"出生于", U"现址", U"地点",
    U"事发地", U"现场", U"寄到", U"送到", U"居住", U"住所地", U"宿舍", U"倒在", U"现住址", U"户口所在地",
     U"工地在"});
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
        somewhere(i + 1);
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

  void labelled(std::size_t label, std::size_t at) {
    const std::size_t behind = at;
    while (is_blank(text_[at]) || is_field_mark(text_[at]) || behind_tag(text_, at) > at ||
           one_of<U"为在于是(至变更改迁还到了【】[]“\"">(text_[at])) {
      at = std::max(at + 1, behind_tag(text_, at));
    }
    if (text_[at - 1] == U'于' && county_at(text_, at - 1) > 0) {
      --at;  // 住于都县: the preposition is the county's
    }
    AddressReader reader(text_, at);
    reader.read();
    const bool provider = reader.number == 0 && provider_follows(reader.stop);  // 地点：舟山医院
    const bool field = at > behind && text_[at - 1] != U'\n' && names_field(label, behind);
    const std::size_t cell = field && !provider ? cell_end(std::max(at, reader.stop)) : 0;
    if (reader.levels() >= 1 && reader.stop > at + 1 && !provider) {
      add(at, std::max(cell, reader.stop), 60);
    } else if (cell >= at + 5 && has_place_sign(at, cell)) {
      add(at, cell, 30);  // 地址：天主堂后院2号
    }
  }
  /// Of a form: nothing but the address stands in its cell.
  bool names_field(std::size_t label, std::size_t stop) const {
    return text_.stops(stop, U"址") && (text_[stop] == U':' || is_blank(text_[stop])) &&
           !text_.starts(label, U"网址");
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
  void somewhere(std::size_t at) {
    while (text_[at] == U' ' || text_[at] == 0x3000) {
      ++at;
    }
    AddressReader reader(text_, at);
    reader.read();
    const std::size_t road = reader.road;
    const bool named = road >= at + 3 && one_of<U"路街巷弄村庄道区寨屯堡口邨">(text_[road - 1]) &&
                       !text_.stops(road, U"公路") && !text_.stops(road, U"尿路") &&
                       !text_.stops(road, U"通路") && !text_.stops(road, U"铁路");
    const bool sure = reader.levels() > 1 || reader.stop > road || one_of<U"口角">(text_[road - 1]);
    if (named && (sure || (text_[at - 1] != U'在' && !is_cjk(text_[road])))) {
      add(at, reader.stop, 32);
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
  std::u32string characters = U"县区市旗号室栋幢在住";
  for (const std::u32string_view label : kAddressLabels) {
    characters.push_back(label.front());
  }
  return characters;
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
