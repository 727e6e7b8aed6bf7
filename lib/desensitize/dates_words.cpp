#include <array>

#include "desensitize/dates.h"

namespace emr::desensitize {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

namespace {

bool is_clock_sign(char c) noexcept {
  const bool letter = c == 'T' || c == 'Z';
  return letter || c == ' ' || c == ':' || c == '.' || c == '+' || c == '-' || c == ',';
}

/// Bytes of a word of the clock at the front of `text`.
std::size_t time_word(std::string_view text) {
  for (const std::string_view word : {"时", "分", "秒", "点", "上午", "下午", "凌晨", "晚", "早",
                                      "AM", "PM", "am", "pm", "a.m.", "p.m.", "UTC"}) {
    if (text.starts_with(word)) {
      return word.size();
    }
  }
  return 0;
}

}  // namespace

bool is_time_of_day(std::string_view tail) {
  constexpr std::size_t kLongestTail = 40;
  if (tail.size() > kLongestTail) {
    return false;
  }
  std::size_t signs = 0;
  std::size_t digits = 0;
  for (std::size_t at = 0; at < tail.size();) {
    const char c = tail[at];
    if (is_digit(c) || is_clock_sign(c)) {
      signs += c == '+' || c == '-' ? 1 : 0;
      digits += is_digit(c) ? 1 : 0;
      ++at;
      continue;
    }
    const std::size_t word = time_word(tail.substr(at));
    if (word == 0) {
      return false;
    }
    at += word;
  }
  return signs <= 1 && digits <= 20;
}

int month_from_name(std::string_view text, std::size_t& size) {
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    const std::string_view name = kMonths[month];
    std::size_t same = 0;
    while (same < name.size() && same < text.size() && lower(text[same]) == name[same]) {
      ++same;
    }
    const bool letter_follows =
        same < text.size() && lower(text[same]) >= 'a' && lower(text[same]) <= 'z';
    const bool sept = month == 8 && same == 4;
    if ((same != name.size() && same != 3 && !sept) || letter_follows) {
      continue;
    }
    size = same;
    if (same < name.size() && same < text.size() && text[same] == '.') {
      ++size;
    }
    return static_cast<int>(month) + 1;
  }
  return 0;
}

}  // namespace emr::desensitize
