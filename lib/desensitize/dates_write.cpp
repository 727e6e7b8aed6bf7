#include <array>

#include "desensitize/dates.h"

namespace emr::desensitize {
namespace {

using Style = DateText::Style;

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 10> kDigits = {"〇", "一", "二", "三", "四",
                                                      "五", "六", "七", "八", "九"};
constexpr std::string_view kTen = "十";
/// Years outside are numbers of something else (as in dates.cpp).
constexpr int kMinYear = 1850;
constexpr int kMaxYear = 2199;

std::string padded(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string chinese_number(int value) {
  std::string text;
  if (value >= 10) {
    text.append(value >= 20 ? kDigits[static_cast<std::size_t>(value / 10)] : "").append(kTen);
  }
  return value % 10 == 0 ? text : text.append(kDigits[static_cast<std::size_t>(value % 10)]);
}

std::string chinese_year(int year) {
  std::string text;
  for (const char digit : std::to_string(year)) {
    text.append(kDigits[static_cast<std::size_t>(digit - '0')]);
  }
  return text;
}

std::string month_name(int month, std::string_view letter_case, bool is_short) {
  std::string name(kMonths[static_cast<std::size_t>(month - 1)]);
  if (is_short) {
    name.resize(3);
  }
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (letter_case == "U" || (letter_case == "M" && i == 0)) {
      name[i] = static_cast<char>(name[i] - 32);
    }
  }
  return name;
}

std::string ordinal_day(int day) {
  const bool teen = day / 10 == 1;
  const std::string_view suffix = teen            ? "th"
                                  : day % 10 == 1 ? "st"
                                  : day % 10 == 2 ? "nd"
                                  : day % 10 == 3 ? "rd"
                                                  : "th";
  return std::to_string(day).append(suffix);
}

std::string render_piece(const DateText::Piece& piece, CivilDate date) {
  switch (piece.style) {
    case Style::kLiteral: return piece.literal;
    case Style::kYear: return std::to_string(date.year);
    case Style::kShortYear: return padded(date.year % 100);
    case Style::kMonth: return std::to_string(date.month);
    case Style::kDay: return std::to_string(date.day);
    case Style::kPaddedMonth: return padded(date.month);
    case Style::kPaddedDay: return padded(date.day);
    case Style::kChineseYear: return chinese_year(date.year);
    case Style::kChineseMonth: return chinese_number(date.month);
    case Style::kChineseDay: return chinese_number(date.day);
    case Style::kMonthName: return month_name(date.month, piece.literal, false);
    case Style::kMonthShort: return month_name(date.month, piece.literal, true);
    case Style::kOrdinalDay: return ordinal_day(date.day);
  }
  return {};
}

}  // namespace

std::string DateText::render(CivilDate moved) const {
  std::string text;
  for (const Piece& piece : pieces) {
    text += render_piece(piece, moved);
  }
  return text;
}

std::optional<CivilDate> parse_iso_date(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  if (text.size() < kShape.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) {
      return std::nullopt;
    }
  }
  const auto number = [&](std::size_t at, std::size_t stop) {
    int value = 0;
    for (; at < stop; ++at) {
      value = value * 10 + (text[at] - '0');
    }
    return value;
  };
  const CivilDate date{number(0, 4), number(5, 7), number(8, 10)};
  const std::string_view tail = text.substr(kShape.size());
  const bool digit_follows = !tail.empty() && tail[0] >= '0' && tail[0] <= '9';
  if (date.year < kMinYear || date.year > kMaxYear || !is_valid_date(date) || digit_follows ||
      !is_time_of_day(tail)) {
    return std::nullopt;
  }
  return date;
}

void shift_iso_date(std::string_view text, CivilDate date, int days, std::string& out) {
  const CivilDate moved = civil_from_days(days_from_civil(date) + days);
  out.clear();
  const auto put = [&](int value, int scale) {
    for (; scale > 0; scale /= 10) {
      out.push_back(static_cast<char>('0' + value / scale % 10));
    }
  };
  put(moved.year, 1000);
  out.push_back('-');
  put(moved.month, 10);
  out.push_back('-');
  put(moved.day, 10);
  out.append(text.substr(10));
}

std::string shift_date(const DateText& text, int days) {
  CivilDate middle = text.date;
  if (text.precision == DatePrecision::kMonth) {
    middle.day = 15;
  } else if (text.precision == DatePrecision::kYear) {
    middle.month = 7;
    middle.day = 1;
  }
  if (!text.has_year) {
    middle.year = 2001;  // any common year: 29 February cannot come out of it
  }
  return text.render(civil_from_days(days_from_civil(middle) + days));
}

}  // namespace emr::desensitize
