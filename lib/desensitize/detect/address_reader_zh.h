// The grammar of Chinese addresses, from the province to the door.
#pragma once

#include <cstddef>
#include <string_view>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

inline bool is_chinese_digit(char32_t c) {
  return one_of<U"一二三四五六七八九十百零〇两">(c);
}

/// Reads an address from a start as far as its grammar goes.
class AddressReader {
 public:
  /// `settled`: behind 住, where the name of an estate may come first (住翠湖天地12栋).
  AddressReader(const DecodedText& text, std::size_t start, bool settled = false)
      : text_(text), begin_(start), at_(start), settled_(settled) {}

  std::size_t province = 0;
  std::size_t city = 0;
  std::size_t district = 0;
  std::size_t town = 0;
  std::size_t road = 0;
  std::size_t number = 0;
  std::size_t landmark = 0;  ///< what people find it by: 菜市场门口, 对面平房
  std::size_t stop = 0;  ///< end of the last level that was read

  void read();

  /// At least two levels, or a road with a number: less is a place name.
  int levels() const;

 private:
  void take(std::size_t& target, std::size_t length);

  /// Length of the county's name that begins here; 0: none.
  std::size_t county();
  void short_province();

  /// The shortest run of characters that stops with one of the ends. All that ends or forbids one
  /// is among level_characters().
  template <CharSet kEnds>
  void level(std::size_t& target, std::u32string_view word, std::size_t start);
  bool inner(std::size_t after) const;
  /// People live in a 家属院 and a 大院, 学院南路 is a road; any other 院 is none of an address.
  bool yard(std::size_t after) const;
  static bool is_stop(char32_t c) { return one_of<U"的了因于在患病诊院">(c); }

  bool roads();
  /// 徽州大道|与南二环交口: the second road, up to where they meet.
  bool crossing();
  /// …交叉口|东北角.
  void corner();
  /// 五里村|上寨组: a named part of a village.
  bool hamlet();
  /// Does a road of this length end here?
  bool road_ends(std::size_t length) const;
  /// A name of its own before a building: 翠湖天地3幢. Only behind a place that was read, or 住.
  bool estate();
  /// 288号|宿舍区3号楼: another building behind a number.
  bool inner_estate();
  /// 住|抢救室2号, 住|外科大楼3楼: where patients lie, not where they live.
  bool in_ward(std::size_t length) const;
  /// 中山路 inside 中山路街道; 道 inside 道路; 里 inside 里程.
  bool continues(std::size_t after, std::u32string_view end) const;

  /// 803天, 803次: no door.
  static bool measure(char32_t c) { return one_of<U"天月年日时分秒岁次人个名元点例斤米克毫">(c); }
  /// 12号, 阳光苑3栋2单元, 甲5号, 1-302, B座, 三楼.
  void numbers();
  std::size_t unit_at(std::size_t at) const;
  /// 西七B| 312室: the next part stands behind a blank.
  bool spaced_door();
  void beside();
  /// 人民路|新世纪百货商场: a place where people go.
  bool shop_ends(std::size_t length) const;
  /// 1515号|嘉里中心2101: a building behind a sign that ends the cell.
  void building();

  /// Longer runs are no address, and each place in one must not walk it all.
  bool too_long() const { return at_ - begin_ > kMaxAddress; }
  static constexpr std::size_t kMaxAddress = 60;  ///< code points

  const DecodedText& text_;
  std::size_t begin_;
  std::size_t at_;
  bool settled_;
  std::size_t county_place_ = ~std::size_t{0};  ///< where `county_` was read
  std::size_t county_ = 0;
};

}  // namespace emr::desensitize
