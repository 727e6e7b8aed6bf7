// What stands around a date of a note: the year before it in the ways of the mainland and of the
// Republic, the time of day or the empty line that make a month and a day a date.
#pragma once

#include <cstddef>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Behind a month and a day in digits ("03-22", "11/9"); 0: none.
std::size_t month_day_end(const DecodedText& text, std::size_t at);

/// Behind "23/12/1" or "24.9.9", the year first and above 10: a score of 10/10/10 is none.
std::size_t short_year_date_end(const DecodedText& text, std::size_t at);
/// Behind 5月底, 11月上旬, 3月份.
std::size_t month_part_end(const DecodedText& text, std::size_t at);
/// Are there digits of a day of 本月, 上月 (本月12号)?
bool is_day_of_month(const DecodedText& text, std::size_t at);
/// Behind 六月十三, which is said without 日.
std::size_t spoken_day_end(const DecodedText& text, std::size_t at);

/// 三月初八, 腊月廿三, 甲辰年正月十六: the date whose 初, 廿 or 十 stands at `day`; `stop` is 0: none.
Find lunar_date_at(const DecodedText& text, std::size_t day);

/// "03-22 10:40" has a time of day behind it, "11/9" a line to itself.
bool stands_as_date(const DecodedText& text, std::size_t at, std::size_t stop);

/// Where a date that stops with its day begins, with a year of two digits (95年3月2日), of the
/// Republic (113年5月20日, 民国四十七年六月三日), or in characters before a lunar month.
std::size_t year_before(const DecodedText& text, std::size_t at);

}  // namespace emr::desensitize
