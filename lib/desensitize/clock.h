// The time of day that belongs to a date in a text.
#pragma once

#include <cstddef>
#include <string_view>

namespace emr::desensitize {

/// Bytes of the time of day in `text` that continues the date at [start, stop): hours to fractions
/// of a second with the zone, 时分秒; 0: none. A date that has a part of it already is continued.
std::size_t clock_size(std::string_view text, std::size_t start, std::size_t stop);

}  // namespace emr::desensitize
