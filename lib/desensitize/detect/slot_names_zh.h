// Names by where they stand: behind words of roles that forms print without a colon (管床张三, 阅片
// 李四), in the column of a table whose header says so, between a relative's word and the next name
// (张三之女李四), before a sex, an age, a telephone number or a date of their own. Reads after
// names_zh.h and adds to its finds.
#pragma once

#include "desensitize/detect/text.h"

namespace emr::desensitize {

void find_slot_names_zh(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
