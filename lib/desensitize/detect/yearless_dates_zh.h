// Dates without a year, which notes write as 08-01, 7.22, 10/19: so do blood pressures, grades,
// doses, ranges and results. What stands around the numbers decides.
#pragma once

#include <cstddef>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Behind the date that begins with the digits at `at`; 0: none. `follows_date`: a date stands
/// before it, and 至 or a dash between them.
std::size_t yearless_date_end(const DecodedText& text, std::size_t at, bool follows_date);

/// Behind 20号 in 20号左右, 12号复查; 0: none.
std::size_t spoken_number_end(const DecodedText& text, std::size_t at);

}  // namespace emr::desensitize
