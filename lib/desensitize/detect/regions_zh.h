// Provinces, cities, counties and districts by name, so that a place is known wherever it begins
// (辽宁省, 昆山, 碑林区, 于都县).
// Immutable, made at first use.
#pragma once

#include <cstddef>
#include <string>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// First characters of all names that place_at knows.
std::u32string place_first_characters();

/// Code points of the province or city name (without 市 where the list has none) at `at`; 0: none.
std::size_t place_at(const DecodedText& text, std::size_t at);

/// Length of the county name that begins at `at`; 0 when there is none.
std::size_t county_at(const DecodedText& text, std::size_t at);

/// Length of a county's name without its sign (上虞, 侯马) at `at`, two characters or more; 0: none.
std::size_t county_stem_at(const DecodedText& text, std::size_t at);

/// Length of the county name that stops before `stop`; 0 when there is none.
std::size_t county_before(const DecodedText& text, std::size_t stop);

/// Can this character end a county's name?
inline bool ends_county(char32_t c) noexcept {
  return c == U'县' || c == U'区' || c == U'市' || c == U'旗';
}

}  // namespace emr::desensitize
