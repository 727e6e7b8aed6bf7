// What is built like a date or a phone number and is none: codes of vocabularies (LOINC, races of
// the CDC, NDC), measured values and the versions of software.
#pragma once

#include <string_view>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Takes the dates and phones away from finds[first..] when the whole text is a code, or a number.
void drop_look_alikes(std::string_view text, std::size_t first, Finds& finds);

/// Is what date_prefix() reads at [at, stop) rather a code, a number or a version (2093-3, 1988.5,
/// 3.1.62)? A word or a second date beside it says that it is a date.
bool is_unproved_date(const DecodedText& text, std::size_t at, std::size_t stop);

/// Are the 12 or 14 digits at `at` a moment, from the year 1900 to 2100 with hours and minutes?
bool is_timestamp(const DecodedText& text, std::size_t at, std::size_t digits);

/// "1950.5-2010.3" at `at`, the range of a normal value.
bool is_decimal_range(const DecodedText& text, std::size_t at);

}  // namespace emr::desensitize
