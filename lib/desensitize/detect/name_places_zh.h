// Where names stand in running text: before an illness, behind an address or an employer, as the
// first or second of those who were seen, several in a row. Pure functions on a decoded text.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// 肺癌, 甲亢, 高血压 at `at`: 罗天顺|肺癌术后.
bool illness_at(const DecodedText& text, std::size_t at);
/// 何杰金, 霍奇金 at `at`: diseases have their names from them.
bool eponym_at(const DecodedText& text, std::size_t at);
/// 某某|淋巴瘤: in front of these stands what a disease is called by.
bool names_disease(const DecodedText& text, std::size_t stop);
/// 下周|孟凡休假, 两点半|龙建平
bool behind_day(const DecodedText& text, std::size_t start);
/// 。出车|万旭东、, ，产房|宫雪: nothing but a word of two characters before it in its clause.
bool behind_one_word(const DecodedText& text, std::size_t start);
/// "01:15 |张三": only blanks between `before` and `start`, and a clock or a day in front of them.
bool time_before(const DecodedText& text, std::size_t before, std::size_t start);
/// 第二个|卢小曼, 第3位|金泽
bool ordinal_before(const DecodedText& text, std::size_t start);
/// 任三马|，住, 尹东升|，身份证; 任改梅|八十一岁: what is said of people behind their names, in notes and dictated.
bool says_of_person(const DecodedText& text, std::size_t at);
/// Where the addresses, care providers and employers among the finds stop, sorted.
std::vector<std::size_t> place_stops(const Finds& finds);

/// 王丽|（治疗师）、李静: how long the bracket at `at` is that says what somebody is; 0: none.
std::size_t bracket_length(const DecodedText& text, std::size_t at);
/// "Patient: |Olena Kovalenko": the name behind the colon and its label; `stop` is 0: none.
Find latin_person(const DecodedText& text, std::size_t colon);

/// "Park Min-ho，韩国，男": the name in Latin letters at `at`, when a sex follows it.
Find latin_patient(const DecodedText& text, std::size_t at);

/// Where names stop that stand one behind the other without a sign between them.
struct NameRow {
  static constexpr std::size_t kMost = 7;
  std::array<std::size_t, kMost> stops{};
  std::size_t count = 0;
};
/// The names that [start, stop) consists of (方芳江燕郝丽丽), where a day, a duty or a colon announces
/// people; none when it is something else.
NameRow row_of_names(const DecodedText& text, std::size_t start, std::size_t stop);

}  // namespace emr::desensitize
