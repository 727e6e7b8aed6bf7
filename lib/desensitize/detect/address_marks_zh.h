// Words that announce an address; and addresses that nothing announces: a house by its building and
// its door, a place on a highway. Pure functions on a decoded text.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// 住址, 籍贯, 现居: words after which an address stands.
std::span<const std::u32string_view> address_labels() noexcept;

struct Stretch {
  std::size_t start = 0;
  std::size_t stop = 0;  ///< 0: none
};

// What stands between a sentence and the name of a place.
inline constexpr CharSet kBeforeVillages =
    U"在于至到住址家的往从由去现居为自系是回返看访送和与及我该各某其所入进出来赴接经了";

/// "62 城西乡胡家畈 高血压", 转去高埗镇冼沙村那边: a town, when its 镇 or 乡 stands at `sign`, and what lies
/// in it.
Stretch town_and_village(const DecodedText& text, std::size_t sign);

/// 在珲春市|打工: what people do for years where they live.
bool stay_at(const DecodedText& text, std::size_t at);

/// 去榆林|女儿家, 从深圳|赶回: whom people visit in a city, or come from.
bool family_at(const DecodedText& text, std::size_t at);

/// 深圳龙华富士康|上班: where the place stops where people work, when a city stands at `at`; 0: none.
std::size_t workplace_end(const DecodedText& text, std::size_t at);

/// 送至|滨江花园, 从|粮食局家属楼|接回, （碧桂园凤凰城）: an estate by its name behind a word of going or living, or
/// in a clause of its own, when the last character of its kind stands at `sign`.
Stretch led_estate(const DecodedText& text, std::size_t sign);

/// 新安街|牡丹小区: a street and the estate in it, when the street's 路 or 街 stands at `sign`.
Stretch street_estate(const DecodedText& text, std::size_t sign);

/// 科苑路与规划三路|叉口
Stretch crossroads(const DecodedText& text, std::size_t sign);

/// 绿洲丽景|6栋1单元, 翠湖天地12#2-602: where the estate's name begins and the door stops, when 栋, 幢,
/// 号楼 or 单元 stands at `unit`. Two numbers prove a home; wards have one.
Stretch estate_door(const DecodedText& text, std::size_t unit);

/// 108国道剑阁段下寺镇附近, 沪陕高速信阳段K872处: a highway with where on it, when its 道 or 速 stands at
/// `sign`.
Stretch highway_place(const DecodedText& text, std::size_t sign);

/// 尿路, 通路, 农村, 十字路口: ways and villages that nobody has named. Does one stop at `stop`?
bool ends_unnamed_way(const DecodedText& text, std::size_t stop);

}  // namespace emr::desensitize
