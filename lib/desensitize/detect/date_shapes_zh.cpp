#include "desensitize/detect/date_shapes_zh.h"

namespace emr::desensitize {
namespace {

/// One or two digits at `at` as a number, `at` moved behind them; 0: none, or more of them.
unsigned short_number(const DecodedText& text, std::size_t& at) {
  unsigned number = 0;
  std::size_t digits = 0;
  for (; is_digit(text[at]) && digits < 3; ++at, ++digits) {
    number = number * 10 + static_cast<unsigned>(text[at] - U'0');
  }
  return digits < 3 ? number : 0;
}

}  // namespace

std::size_t month_day_end(const DecodedText& text, std::size_t at) {
  const unsigned month = short_number(text, at);
  if (month == 0 || month > 12 || (text[at] != U'-' && text[at] != U'/')) {
    return 0;
  }
  const unsigned day = short_number(text, ++at);
  const bool closed = !is_alnum(text[at]) && text[at] != U'-' && text[at] != U'/';
  return day > 0 && day <= 31 && closed ? at : 0;
}

std::size_t short_year_date_end(const DecodedText& text, std::size_t at) {
  const char32_t before = text[at - 1];
  if (text[at] == U'1' && is_digit(text[at + 2]) && text[at + 3] == U'/' && text[at + 6] == U'/') {
    ++at;  // 113/05/20, of the Republic
  }
  const unsigned year = short_number(text, at);
  const char32_t mark = text[at];
  if (year < 11 || year > 60 || (mark != U'/' && mark != U'.') ||
      !(before == 0 || is_blank(before) || one_of<U":(,。|于在自从至到期日间诊术查院章字名">(before))) {
    return 0;
  }
  const unsigned month = short_number(text, ++at);
  if (month == 0 || month > 12 || text[at] != mark) {
    return 0;
  }
  const unsigned day = short_number(text, ++at);
  const char32_t after = text[at];
  const bool closed = after == 0 || is_blank(after) ||
                      (is_cjk(after) && !one_of<U"版分级期型">(after)) ||
                      (is_separator(after) && after != U'/' && after != U'%' &&
                       !(after == U'.' && is_digit(text[at + 1])));
  return day > 0 && day <= 31 && closed ? at : 0;
}

std::size_t month_part_end(const DecodedText& text, std::size_t at) {
  const unsigned month = short_number(text, at);
  if (month == 0 || month > 12 || text[at] != U'月') {
    return 0;
  }
  const std::size_t before = at - (is_digit(text[at - 2]) ? 2 : 1);
  ++at;
  if (text[before - 1] == U'年' && one_of<U"去今前上当同">(text[before - 2]) && !is_digit(text[at]) &&
      !one_of<U"日号余多大龄天">(text[at])) {
    return at;  // 去年11月曾……
  }
  if (one_of<U"上中下">(text[at]) && text[at + 1] == U'旬') {
    return at + 2;
  }
  return one_of<U"初底末份">(text[at]) && text[at + 1] != U'步' ? at + 1 : 0;
}

bool is_day_of_month(const DecodedText& text, std::size_t at) {
  std::size_t stop = at;
  const unsigned day = short_number(text, stop);
  return day > 0 && day <= 31 && one_of<U"日号">(text[stop]) && text[at - 1] == U'月' &&
         one_of<U"本上下当">(text[at - 2]);
}

std::size_t spoken_day_end(const DecodedText& text, std::size_t at) {
  constexpr CharSet kOnes = U"一二三四五六七八九";
  at += text[at] == U'十' && one_of<U"一二">(text[at + 1]) ? 2 : 1;
  if (text[at] != U'月') {
    return 0;
  }
  ++at;
  const bool tens = one_of<U"二三">(text[at]) && text[at + 1] == U'十';
  if (!tens && text[at] != U'十' && text[at] != U'廿') {
    return 0;
  }
  at += tens ? 2 : 1;
  at += one_of<kOnes>(text[at]) ? 1 : 0;
  return one_of<U"日号次个天周岁名例多几余">(text[at]) ? 0 : at;
}

bool stands_as_date(const DecodedText& text, std::size_t at, std::size_t stop) {
  std::size_t time = stop;
  while (text[time] == U' ' || text[time] == 0x3000) {
    ++time;
  }
  const std::size_t colon = time + (is_digit(text[time + 1]) ? 2 : 1);
  const bool timed = time > stop && is_digit(text[time]) && is_digit(text[colon + 1]) &&
                     text[colon] == U':';
  const auto line_edge = [](char32_t c) { return c == 0 || c == U'\n'; };
  return timed || (line_edge(text[at - 1]) && line_edge(text[stop]));
}

std::size_t year_before(const DecodedText& text, std::size_t at) {
  if (text[at - 1] != U'年') {
    return at;
  }
  std::size_t start = at - 1;
  while (is_digit(text[start - 1]) && at - start < 5) {
    --start;
  }
  const std::size_t digits = at - 1 - start;
  if (digits == 0) {
    while (one_of<U"〇零○一二三四五六七八九十百">(text[start - 1]) && at - start < 6) {
      --start;
    }
  }
  const bool known = digits == 0 ? at - 1 - start >= 2
                                 : digits >= 2 && !is_alnum(text[start - 1]);
  if (!known) {
    return at;
  }
  return text.stops(start, U"民国") || text.stops(start, U"公元") ? start - 2 : start;
}

Find lunar_date_at(const DecodedText& text, std::size_t day) {
  const std::size_t month = day - 2;
  const bool named = one_of<U"正冬腊">(text[month]) ||
                     (text[day] != U'十' && one_of<U"一二三四五六七八九十">(text[month]));
  if (day < 2 || text[day - 1] != U'月' || !named ||
      !one_of<U"一二三四五六七八九十">(text[day + 1])) {
    return {};
  }
  std::size_t start = month;
  start -= text[start] != U'十' && text[start - 1] == U'十' ? 1 : 0;
  start -= text[start - 1] == U'闰' ? 1 : 0;
  if (start >= 3 && text[start - 1] == U'年' &&
      one_of<U"子丑寅卯辰巳午未申酉戌亥">(text[start - 2])) {
    start -= 3;
  }
  return {year_before(text, start), day + 2, SpanType::kDate, 50};
}

}  // namespace emr::desensitize
