// Lists of people in a sentence or a field: 参加人员：舒畅、袁媛、卿艳（护士）. Pure functions on a decoded text.
#pragma once

#include <cstddef>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Does a list begin at `start` whose entries are all built like names, and most of them leave no
/// doubt? Then the others are people too, whatever else they mean.
bool opens_people_list(const DecodedText& text, std::size_t start);
/// 参加|：张三、李四: a word for a list of people stops before `stop`.
bool announces_list(const DecodedText& text, std::size_t stop);

/// 用药：金水宝、|施慧达: is a list of drugs, diagnoses or tests open at `start`?
bool in_drug_list(const DecodedText& text, std::size_t start);

/// 张王氏: a married woman of old by both families. Not 王氏征.
bool married_name_at(const DecodedText& text, std::size_t start);

}  // namespace emr::desensitize
