#include "base/time.h"

#include <array>

namespace emr {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;
constexpr std::int64_t kMinTime = -62135596800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kMaxTime = 253402300799;  // 9999-12-31T23:59:59Z

int two_digits(std::string_view text, std::size_t at) noexcept {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

void put_two_digits(std::string& text, std::size_t at, int number) noexcept {
  text[at] = static_cast<char>('0' + number / 10);
  text[at + 1] = static_cast<char>('0' + number % 10);
}

bool has_utc_shape(std::string_view text) noexcept {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return false;
  }
  return true;
}

}  // namespace

// Both conversions count in eras of 400 years that start on 1 March, so that the leap day is the
// last day of a year (H. Hinnant, "chrono-compatible low-level date algorithms").
std::int64_t days_from_civil(CivilDate date) noexcept {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month_from_march = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate civil_from_days(std::int64_t days) noexcept {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  date.month =
      static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  date.year = static_cast<int>(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
  return date;
}

bool is_valid_date(CivilDate date) noexcept {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12) return false;
  const bool leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  const int last = kDays[static_cast<std::size_t>(date.month - 1)] + (leap && date.month == 2);
  return date.day >= 1 && date.day <= last;
}

std::string format_utc(UnixSeconds time) {
  EMR_CHECK(time >= kMinTime && time <= kMaxTime);
  std::int64_t days = time / kSecondsPerDay;
  std::int64_t rest = time % kSecondsPerDay;
  if (rest < 0) {
    rest += kSecondsPerDay;
    --days;
  }
  const CivilDate date = civil_from_days(days);
  // By hand: every transaction writes a few of these, and printf costs ten times as much.
  std::string text = "0000-00-00T00:00:00Z";
  put_two_digits(text, 0, date.year / 100);
  put_two_digits(text, 2, date.year % 100);
  put_two_digits(text, 5, date.month);
  put_two_digits(text, 8, date.day);
  put_two_digits(text, 11, static_cast<int>(rest / 3600));
  put_two_digits(text, 14, static_cast<int>(rest / 60 % 60));
  put_two_digits(text, 17, static_cast<int>(rest % 60));
  return text;
}

Result<UnixSeconds> parse_utc(std::string_view text) {
  if (!has_utc_shape(text)) {
    return fail(Code::kData, "time is not of the form YYYY-MM-DDTHH:MM:SSZ");
  }
  CivilDate date;
  date.year = two_digits(text, 0) * 100 + two_digits(text, 2);
  date.month = two_digits(text, 5);
  date.day = two_digits(text, 8);
  const int hour = two_digits(text, 11);
  const int minute = two_digits(text, 14);
  const int second = two_digits(text, 17);
  if (!is_valid_date(date) || hour > 23 || minute > 59 || second > 59) {
    return fail(Code::kData, "time does not exist in the calendar");
  }
  return days_from_civil(date) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
}

}  // namespace emr
