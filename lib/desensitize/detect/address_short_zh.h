// Places by the short names that people say: 绍兴上虞, 佛山顺德大良这边, 石围角邨石桃楼. No sign (市, 区, 镇)
// and no label tells that they are places; two levels, or what stands behind them, does. Pure
// functions on a decoded text.
#pragma once

#include <cstddef>

#include "desensitize/detect/address_marks_zh.h"
#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// 贵州毕节|一带, 佛山顺德大良|这边: where it stops when the name of a province or a city begins at
/// `at`; 0: none.
std::size_t short_levels(const DecodedText& text, std::size_t at);

/// 在|巢湖半汤|住着, 住|陵水新村港渔排: a county without its sign and what lies in it; 0: none.
/// `settled`: behind 住.
std::size_t stem_and_town(const DecodedText& text, std::size_t at, bool settled);

/// 老家|酉阳。: a county without its sign behind `at`; 0: none.
std::size_t short_county(const DecodedText& text, std::size_t at);

/// 惠东|平海镇, 互助县五十镇班彦新村: a town, when its 镇 or 乡 stands at `sign`, behind its county.
Stretch county_and_town(const DecodedText& text, std::size_t sign);

/// 去|侯马|女儿家: a county without its sign before a relative's home, whose 家 stands at `sign`.
Stretch relatives_home(const DecodedText& text, std::size_t sign);

/// 大埔区|太和邨, 黄大仙下邨龙泽楼1203室: an estate of Hong Kong whose 邨 stands at `sign`.
Stretch public_estate(const DecodedText& text, std::size_t sign);

/// …交叉口|往东二百米, …村|西北约3公里处: how far from it; `stop` when nothing says so.
std::size_t behind_distance(const DecodedText& text, std::size_t stop);

}  // namespace emr::desensitize
