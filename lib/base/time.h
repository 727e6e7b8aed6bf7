// UTC time as text. The house writes "YYYY-MM-DDTHH:MM:SSZ" and nothing else: whole seconds, Z
// (jq's fromdateiso8601 accepts no other form). Pure: the clock itself is always passed in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace emr {

/// Seconds since 1970-01-01T00:00:00Z.
using UnixSeconds = std::int64_t;

struct CivilDate {
  int year = 1970;
  int month = 1;  ///< 1..12
  int day = 1;    ///< 1..31
};

/// Days since 1970-01-01 of a proleptic Gregorian date, and back.
std::int64_t days_from_civil(CivilDate date) noexcept;
CivilDate civil_from_days(std::int64_t days) noexcept;
/// Does this date exist (leap years included)? Years 1..9999.
bool is_valid_date(CivilDate date) noexcept;

/// "2026-11-22T01:15:00Z". Only for years 1..9999 (checked).
std::string format_utc(UnixSeconds time);
/// Parses exactly the form above; the date must exist, seconds 0..59.
Result<UnixSeconds> parse_utc(std::string_view text);

}  // namespace emr
