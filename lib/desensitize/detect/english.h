// English notes: names, dates, addresses, phones, SSN, record numbers, places, ages.
#pragma once

#include "desensitize/detect/text.h"

namespace emr::desensitize {

void find_english(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
