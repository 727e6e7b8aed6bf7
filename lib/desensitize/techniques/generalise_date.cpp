#include "desensitize/dates.h"
#include "desensitize/techniques/generalise.h"

namespace emr::desensitize {
namespace {

std::string two_digits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string coarse(CivilDate date, DateGrain grain) {
  const std::string year = std::to_string(date.year);
  switch (grain) {
    case DateGrain::kDay: return year + "-" + two_digits(date.month) + "-" + two_digits(date.day);
    case DateGrain::kMonth: return year + "-" + two_digits(date.month);
    case DateGrain::kQuarter: return year + "-Q" + std::to_string((date.month + 2) / 3);
    case DateGrain::kYear: return year;
    case DateGrain::kDecade: return std::to_string(date.year / 10 * 10) + "s";
  }
  return {};
}

/// The first day of what the grain leaves.
CivilDate first_day(CivilDate date, DateGrain grain) {
  date.day = grain == DateGrain::kDay ? date.day : 1;
  date.month = grain == DateGrain::kQuarter ? (date.month + 2) / 3 * 3 - 2
               : grain >= DateGrain::kYear  ? 1
                                            : date.month;
  date.year = grain == DateGrain::kDecade ? date.year / 10 * 10 : date.year;
  return date;
}

CivilDate at_least(CivilDate date, int year) {
  return date.year < year ? CivilDate{year, 1, 1} : date;
}

}  // namespace

std::optional<std::string> generalise_instant(std::string_view text, DateGrain grain,
                                              int oldest_year) {
  constexpr std::size_t kDateBytes = 10;
  const auto date = parse_iso_date(text);
  if (!date || text.size() <= kDateBytes) {
    return std::nullopt;
  }
  return coarse(first_day(at_least(*date, oldest_year), grain), DateGrain::kDay) + "T00:00:00Z";
}

std::optional<std::string> generalise_date(std::string_view text, DateGrain grain, bool full,
                                           DateOrder order, int oldest_year) {
  if (!full) {
    if (const auto iso = parse_iso_date(text)) {
      return coarse(at_least(*iso, oldest_year), grain);
    }
  }
  auto parsed = parse_date(text, order);
  if (!parsed || !parsed->has_year) {
    return std::nullopt;
  }
  const CivilDate date = at_least(parsed->date, oldest_year);
  // A text that is less precise than asked stays at what it says.
  if (parsed->precision == DatePrecision::kYear && grain < DateGrain::kYear) {
    grain = DateGrain::kYear;
  } else if (parsed->precision == DatePrecision::kMonth && grain < DateGrain::kMonth) {
    grain = DateGrain::kMonth;
  }
  if (!full) {
    return coarse(date, grain);
  }
  parsed->pieces.pop_back();  // the time of day goes
  return parsed->render(first_day(date, grain));
}

}  // namespace emr::desensitize
