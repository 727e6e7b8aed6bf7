#include "desensitize/dates.h"

#include <algorithm>
#include <array>
#include <utility>

#include "desensitize/detect/fold.h"

namespace emr::desensitize {
namespace {

using Style = DateText::Style;

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 10> kDigits = {"〇", "一", "二", "三", "四",
                                                      "五", "六", "七", "八", "九"};
constexpr std::string_view kTen = "十";
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Reads the parts of a date from the front of a text and remembers how they were spelt.
class DateReader {
 public:
  DateReader(std::string_view text, DateOrder order) : text_(text), order_(order) {}

  bool read() {
    return (has_ideograph(text_) && attempt(&DateReader::chinese)) ||
           attempt(&DateReader::year_first) || attempt(&DateReader::compact) ||
           attempt(&DateReader::named_month) || attempt(&DateReader::slashed) ||
           attempt(&DateReader::year_month) || attempt(&DateReader::year_only);
  }

  DateText result;
  std::size_t at() const noexcept { return at_; }

 private:
  bool attempt(bool (DateReader::*form)()) {
    result = DateText{};
    at_ = 0;
    return (this->*form)() && valid();
  }

  bool valid() const {
    const CivilDate& date = result.date;
    if (result.has_year && (date.year < 1850 || date.year > 2199)) {
      return false;
    }
    return is_valid_date({result.has_year ? date.year : 2000, date.month, date.day});
  }

  std::string_view rest() const { return text_.substr(at_); }
  bool peek(std::string_view word) const { return rest().starts_with(word); }
  void piece(Style style, std::string_view literal = {}) {
    result.pieces.push_back({style, std::string(literal)});
  }
  bool literal(std::string_view word) {
    if (!peek(word)) return false;
    piece(Style::kLiteral, word);
    at_ += word.size();
    return true;
  }
  void blanks() {
    while (at_ < text_.size() && text_[at_] == ' ' && literal(" ")) {
    }
  }

  /// Up to `max` digits; 0 digits give -1.
  int digits(std::size_t max, std::size_t& count) {
    int value = 0;
    count = 0;
    while (count < max && at_ < text_.size() && is_digit(text_[at_])) {
      value = value * 10 + (text_[at_] - '0');
      ++at_;
      ++count;
    }
    return count == 0 ? -1 : value;
  }

  bool year4() {
    std::size_t count = 0;
    result.date.year = digits(4, count);
    piece(Style::kYear);
    return count == 4;
  }
  bool month2() {
    std::size_t count = 0;
    result.date.month = digits(2, count);
    piece(count == 2 ? Style::kPaddedMonth : Style::kMonth);
    return result.date.month >= 1 && result.date.month <= 12;
  }
  bool day2() {
    std::size_t count = 0;
    result.date.day = digits(2, count);
    piece(count == 2 ? Style::kPaddedDay : Style::kDay);
    return result.date.day >= 1 && result.date.day <= 31 && !digit_follows();
  }
  bool digit_follows() const { return at_ < text_.size() && is_digit(text_[at_]); }

  /// One Chinese digit at the front, or -1.
  int chinese_digit() {
    for (std::size_t value = 0; value < kDigits.size(); ++value) {
      if (peek(kDigits[value])) {
        at_ += kDigits[value].size();
        return static_cast<int>(value);
      }
    }
    for (const std::string_view zero : {"零", "○", "Ｏ"}) {
      if (peek(zero)) {
        at_ += zero.size();
        return 0;
      }
    }
    return -1;
  }
  /// 一 .. 三十一.
  int chinese_number() {
    int value = chinese_digit();
    if (peek(kTen)) {
      at_ += kTen.size();
      value = (value < 0 ? 1 : value) * 10;
      const int ones = chinese_digit();
      value += ones < 0 ? 0 : ones;
    }
    return value;
  }

  bool chinese_year() {
    int value = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = chinese_digit();
      if (digit < 0) {
        return false;
      }
      value = value * 10 + digit;
    }
    result.date.year = value;
    piece(Style::kChineseYear);
    return true;
  }
  bool chinese_year_part() {
    const std::size_t mark = at_;
    const std::size_t pieces = result.pieces.size();
    if (((digit_follows() && year4()) || chinese_year()) && (blanks(), literal("年"))) {
      blanks();
      return true;
    }
    at_ = mark;
    result.pieces.resize(pieces);
    return false;
  }
  bool chinese_month_part() {
    if (digit_follows()) {
      if (!month2()) {
        return false;
      }
    } else {
      result.date.month = chinese_number();
      piece(Style::kChineseMonth);
    }
    blanks();
    return result.date.month >= 1 && (literal("月份") || literal("月"));
  }
  bool chinese_day_part() {
    if (digit_follows()) {
      if (!day2()) {
        return false;
      }
    } else {
      result.date.day = chinese_number();
      piece(Style::kChineseDay);
    }
    blanks();
    return result.date.day >= 1 && (literal("日") || literal("号"));
  }

  /// 2025年3月5日, 二〇二五年三月五日, 3月5日, 2025年3月, 2025年.
  bool chinese() {
    result.has_year = chinese_year_part();
    result.precision = DatePrecision::kYear;
    std::size_t mark = at_;
    std::size_t pieces = result.pieces.size();
    const DateText year_alone = result;
    if (!chinese_month_part()) {
      result = year_alone;
      result.date.month = result.date.day = 1;
      at_ = mark;
      return result.has_year;
    }
    result.precision = DatePrecision::kMonth;
    mark = at_;
    pieces = result.pieces.size();
    blanks();
    if (chinese_day_part()) {
      result.precision = DatePrecision::kDay;
      return true;
    }
    at_ = mark;
    result.pieces.resize(pieces);
    result.date.day = 1;
    return result.has_year;
  }

  /// 2025-03-05, 2025/3/5, 2025.3.5.
  bool year_first() {
    if (!year4() || at_ >= text_.size()) {
      return false;
    }
    const std::string_view mark = text_.substr(at_, 1);
    if (mark != "-" && mark != "/" && mark != ".") {
      return false;
    }
    return literal(mark) && month2() && literal(mark) && day2();
  }

  /// 20250305, also with a time directly behind it.
  bool compact() {
    std::size_t run = 0;
    while (run < text_.size() && is_digit(text_[run])) {
      ++run;
    }
    if (run != 8 && run != 10 && run != 12 && run != 14) {
      return false;
    }
    std::size_t count = 0;
    result.date.year = digits(4, count);
    piece(Style::kYear);
    result.date.month = digits(2, count);
    piece(Style::kPaddedMonth);
    result.date.day = digits(2, count);
    piece(Style::kPaddedDay);
    return true;
  }

  bool year_month() {
    result.precision = DatePrecision::kMonth;
    result.date.day = 1;
    return year4() && (literal("-") || literal("/") || literal(".")) && month2() &&
           !digit_follows();
  }

  bool year_only() {
    result.precision = DatePrecision::kYear;
    result.date.month = result.date.day = 1;
    return year4() && at_ == text_.size();
  }

  /// 3/5/2025, 05.03.2025, 3-5-25: month first unless that is impossible or days come first; where
  /// years do, 24/2/21, and 98/12/30 anywhere.
  bool slashed() {
    std::array<int, 3> number{};
    std::array<std::size_t, 3> count{};
    const std::size_t mark_at = std::min(text_.find_first_not_of("0123456789"), text_.size());
    const std::string_view mark = text_.substr(mark_at, 1);
    if (mark != "/" && mark != "-" && mark != ".") return false;
    for (std::size_t i = 0; i < 3; ++i) {
      if (i > 0 && text_.substr(std::min(at_, text_.size()), 1) != mark) return false;
      at_ += i > 0 ? 1 : 0;
      number[i] = digits(i < 2 ? 2 : 4, count[i]);
    }
    const bool year_first = count[0] == 2 && count[2] <= 2 &&
                            (order_ == DateOrder::kYearFirst || number[0] > 31);  // and no day
    if (digit_follows() || (!year_first && count[2] != 2 && count[2] != 4)) return false;
    const bool day_first = mark == "." || number[0] > 12 ||
                           (order_ == DateOrder::kDayFirst && number[1] <= 12);
    const std::string_view order = year_first ? "YMD" : day_first ? "DMY" : "MDY";
    for (std::size_t i = 0; i < 3; ++i) {
      if (i > 0) piece(Style::kLiteral, mark);
      part(order[i], number[i], count[i]);
    }
    return true;
  }

  void part(char kind, int number, std::size_t digits) {
    if (kind == 'Y') {
      result.date.year = number + (digits == 4 ? 0 : number < 30 ? 2000 : 1900);
      piece(digits == 4 ? Style::kYear : Style::kShortYear);
    } else if (kind == 'M') {
      result.date.month = number;
      piece(digits == 2 ? Style::kPaddedMonth : Style::kMonth);
    } else {
      result.date.day = number;
      piece(digits == 2 ? Style::kPaddedDay : Style::kDay);
    }
  }

  bool month_name() {
    std::size_t size = 0;
    result.date.month = month_from_name(rest(), size);
    if (result.date.month == 0) {
      return false;
    }
    const std::string_view written = text_.substr(at_, size);
    const bool dotted = written.back() == '.';
    const std::string_view word = written.substr(0, size - (dotted ? 1 : 0));
    const bool capital = word[0] <= 'Z';
    const std::string_view letter_case = capital && word[1] <= 'Z' ? "U" : capital ? "M" : "m";
    const bool is_short =
        word.size() < kMonths[static_cast<std::size_t>(result.date.month - 1)].size();
    piece(is_short ? Style::kMonthShort : Style::kMonthName, letter_case);
    if (dotted) {
      piece(Style::kLiteral, ".");
    }
    at_ += size;
    return true;
  }

  void ordinal() {
    for (const std::string_view suffix : {"st", "nd", "rd", "th"}) {
      if (peek(suffix)) {
        result.pieces.back().style = Style::kOrdinalDay;
        at_ += suffix.size();
        return;
      }
    }
  }

  bool separator() {
    bool any = false;
    while (literal(" ") || literal(",") || literal("-") || literal("of ")) {
      any = true;
    }
    return any;
  }

  void optional_year() {
    const std::size_t mark = at_;
    const std::size_t pieces = result.pieces.size();
    const CivilDate date = result.date;
    if (separator() && year4() && !digit_follows()) {
      return;
    }
    at_ = mark;
    result.pieces.resize(pieces);
    result.date = date;
    result.has_year = false;
  }

  /// March 5, 2025; Mar 5th; March 2025; 5 March 2025; 05-Mar-2025.
  bool named_month() {
    if (digit_follows()) {
      if (!day2()) {
        return false;
      }
      ordinal();
      if (!separator() || !month_name()) {
        return false;
      }
      optional_year();
      return true;
    }
    if (!month_name() || !separator()) {
      return false;
    }
    const std::size_t mark = at_;
    const std::size_t pieces = result.pieces.size();
    if (year4() && !digit_follows()) {
      result.precision = DatePrecision::kMonth;
      result.date.day = 1;
      return true;
    }
    at_ = mark;
    result.pieces.resize(pieces);
    if (!day2()) {
      return false;
    }
    ordinal();
    optional_year();
    return true;
  }

  std::string_view text_;
  DateOrder order_;
  std::size_t at_ = 0;
};

}  // namespace
std::optional<DateText> parse_date(std::string_view text, DateOrder order) {
  DateReader reader(text, order);
  if (!reader.read()) {
    return std::nullopt;
  }
  const std::string_view tail = text.substr(reader.at());
  if (!is_time_of_day(tail)) {
    return std::nullopt;
  }
  reader.result.pieces.push_back({Style::kLiteral, std::string(tail)});
  return std::move(reader.result);
}

std::size_t date_prefix(std::string_view text, DateOrder order) {
  // No date is longer. The rest of a long text is not searched for ideographs at each number in it.
  constexpr std::size_t kLongestDate = 96;
  DateReader reader(text.substr(0, kLongestDate), order);
  const bool read = reader.read() && reader.result.precision != DatePrecision::kYear;
  return read ? reader.at() : 0;
}

}  // namespace emr::desensitize
