// Dates as people and machines write them, Chinese and Western: read with their spelling, so that a
// moved date can be written back in the same form ("２月 5日" aside: full-width digits are read as
// NFKC by `standardise` first). Pure functions on UTF-8 text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace emr::desensitize {

enum class DatePrecision : std::uint8_t { kYear, kMonth, kDay };

/// How numbers are read that could stand in several orders: 3/5/2025, and with a year of two digits
/// 24/02/21, which in China is a day of 2024.
enum class DateOrder : std::uint8_t { kMonthFirst, kDayFirst, kYearFirst };

struct DateText {
  CivilDate date;
  DatePrecision precision = DatePrecision::kDay;
  bool has_year = true;
  /// The text was wholly a date, possibly with a time of day behind it.
  std::string render(CivilDate moved) const;

  enum class Style : std::uint8_t {
    kLiteral, kYear, kShortYear, kMonth, kDay, kPaddedMonth, kPaddedDay, kChineseYear,
    kChineseMonth, kChineseDay, kMonthName, kMonthShort, kOrdinalDay,
  };
  struct Piece {
    Style style = Style::kLiteral;
    std::string literal;  ///< kLiteral; the month's case for names ("M", "m", "U")
  };
  std::vector<Piece> pieces;
};

/// Reads a text that is a date and nothing else but a time of day ("2025-03-05T08:00:00+08:00",
/// "2025年3月5日 8时", "20250305", "March 5, 2025", "5 Mar 2025", "3/5/2025", "2025-03", "2025").
std::optional<DateText> parse_date(std::string_view text, DateOrder order = DateOrder::kMonthFirst);

/// The date of "2025-03-05", also with a time of day: the spelling of nearly every machine, read
/// without the pieces that parse_date collects.
std::optional<CivilDate> parse_iso_date(std::string_view text);

/// Bytes of the date (without a time of day) at the front of `text`; 0 when there is none. A bare
/// year is no date here; "3月5日" is.
std::size_t date_prefix(std::string_view text, DateOrder order = DateOrder::kMonthFirst);

/// The date moved by `days`; a month or a year is moved from its middle and stays as precise.
std::string shift_date(const DateText& text, int days);
/// The same for a text that parse_iso_date reads as `date`; `out` is replaced.
void shift_iso_date(std::string_view text, CivilDate date, int days, std::string& out);

/// Is this a time of day (or nothing) and nothing else? One sign, the zone's, at most, so that no
/// second date can hide in it.
bool is_time_of_day(std::string_view tail);

/// 1..12 for an English month name or its abbreviation at the front of `text`; `size` gets its
/// bytes (a full stop behind an abbreviation included).
int month_from_name(std::string_view text, std::size_t& size);

}  // namespace emr::desensitize
