// Strict decimal numbers: no sign on unsigned, no leading zero, no space, no overflow.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace emr {

/// "0" or a digit 1-9 followed by digits, at most `max`; anything else is kData.
Result<std::uint64_t> parse_u64(std::string_view text, std::uint64_t max = UINT64_MAX);
/// The same with an optional leading '-'; "-0" is refused.
Result<std::int64_t> parse_i64(std::string_view text);
/// A count of seconds: "90", "90s", "15m", "4h", "30d", "6y" (365 days).
Result<std::int64_t> parse_duration_seconds(std::string_view text);

}  // namespace emr
