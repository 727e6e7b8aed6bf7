#include "desensitize/detect/look_alikes.h"

#include <algorithm>

#include "desensitize/dates.h"
#include "desensitize/detect/identifiers.h"
#include "desensitize/detect/says_date.h"

namespace emr::desensitize {
namespace {

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(' ');
  return start == text.npos ? std::string_view()
                            : text.substr(start, text.find_last_not_of(' ') - start + 1);
}

bool is_shaped(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char c, char wanted) {
    return wanted == 'd' ? is_ascii_digit(c) : c == wanted;
  });
}

/// The check digit of LOINC and of the CDC's codes of race: 2093-3 has it, nine of ten months not.
bool has_check_digit(std::string_view text) {
  int sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int digit = (text[i] - '0') * (i % 2 == 0 ? 1 : 2);
    sum += digit / 10 + digit % 10;
  }
  return (10 - sum % 10) % 10 == text[5] - '0';
}

bool is_code(std::string_view text) { return is_shaped(text, "dddd-d") && has_check_digit(text); }

/// Eleven digits that begin as a Chinese mobile's: whatever the marks between them.
bool is_mobile(std::string_view text) {
  return text.size() == 13 && text[0] == '1' && text[1] >= '3';
}

/// The label of a drug (NDC) of ten digits or eleven.
bool is_drug_code(std::string_view text) {
  return is_shaped(text, "dddd-dddd-dd") || is_shaped(text, "ddddd-ddd-dd") ||
         is_shaped(text, "ddddd-dddd-d") ||
         (is_shaped(text, "ddddd-dddd-dd") && !is_mobile(text));
}

/// "1988.5" at the front of `text` is taken away; `points` counts its point.
bool take_number(std::string_view& text, std::size_t& points) {
  const auto digits = [&] {
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(size);
    return size > 0;
  };
  if (!digits()) {
    return false;
  }
  if (text.size() > 1 && text[0] == '.' && is_ascii_digit(text[1])) {
    text.remove_prefix(1);
    ++points;
    return digits();
  }
  return true;
}

/// "pg/mL", "%", "mmHg": no month, and no word of a sentence behind a date.
bool is_unit(std::string_view text) {
  constexpr std::size_t kLongestWord = 3;
  constexpr std::size_t kLongest = 16;
  for (const std::string_view sign : {"%", "‰", "℃", "°"}) {
    if (text.starts_with(sign)) {
      text.remove_prefix(sign.size());
      return text.empty() || (text.size() == 1 && is_ascii_letter(text[0]));
    }
  }
  for (const std::string_view known : {"mmHg", "cmH2O", "mmol", "umol", "nmol", "pmol", "kcal"}) {
    if (text == known) {
      return true;
    }
  }
  std::size_t month = 0;
  const bool compound = text.find('/') != text.npos;
  return !text.empty() && is_ascii_letter(text[0]) && month_from_name(text, month) == 0 &&
         text.size() <= (compound ? kLongest : kLongestWord) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_ascii_letter(c) || is_ascii_digit(c) || c == '/' || c == '.' || c == '^';
         });
}

/// A decimal number, two of them, also with a unit: 1988.5, 1950.5-2010.3, 1988.5 pg/mL.
bool is_measure(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of("<>=+-"), text.size()));
  std::size_t points = 0;
  if (!take_number(text, points)) {
    return false;
  }
  if (text.starts_with('-') || text.starts_with('~')) {
    text.remove_prefix(1);
    if (!take_number(text, points)) {
      return false;
    }
  }
  text.remove_prefix(text.starts_with(' ') ? 1 : 0);
  return points > 0 && (text.empty() || is_unit(text));
}

}  // namespace

void drop_look_alikes(std::string_view text, std::size_t first, Finds& finds) {
  constexpr std::size_t kLongestValue = 48;
  if (finds.size() == first || text.size() > kLongestValue) {
    return;
  }
  const std::string_view value = trimmed(text);
  const bool drug = is_drug_code(value);
  if (!drug && !is_code(value) && !is_measure(value)) {
    return;
  }
  finds.erase(std::remove_if(finds.begin() + static_cast<std::ptrdiff_t>(first), finds.end(),
                             [&](const Find& find) {
                               return find.type == SpanType::kDate ||
                                      (drug && find.type == SpanType::kPhone);
                             }),
              finds.end());
}

bool is_unproved_date(const DecodedText& text, std::size_t at, std::size_t stop) {
  const std::size_t size = stop - at;
  const char32_t mark = text[at + 4];
  const bool month = is_digit(text[at + 3]);
  const bool code = month && size == 6 && mark == U'-' && is_code(text.bytes(at, stop));
  const bool decimal = month && mark == U'.' && size <= 7;
  const bool version = size >= 6 && size <= 8 && text[stop - 3] == U'.' &&
                       (text[at + 1] == U'.' || text[at + 2] == U'.') && is_version_word(text, at);
  return version || ((code || decimal) && !says_date(text, at, stop));
}

bool is_timestamp(const DecodedText& text, std::size_t at, std::size_t digits) {
  const auto number = [&](std::size_t first, std::size_t size) {
    int value = 0;
    for (std::size_t i = at + first; i < at + first + size; ++i) {
      const char32_t c = text[i];
      value = value * 10 + static_cast<int>(c >= U'０' ? c - U'０' : c - U'0');
    }
    return value;
  };
  const int year = number(0, 4);
  return year >= 1900 && year <= 2100 && is_valid_date({year, number(4, 2), number(6, 2)}) &&
         number(8, 2) < 24 && number(10, 2) < 60 && (digits == 12 || number(12, 2) < 61);
}

bool is_decimal_range(const DecodedText& text, std::size_t at) {
  const auto take = [&](std::size_t most) {
    const std::size_t start = at;
    while (is_digit(text[at]) && at - start <= most) {
      ++at;
    }
    return at > start && at - start <= most;
  };
  const auto decimal = [&] { return take(5) && text[at++] == U'.' && take(2); };
  return decimal() && text[at++] == U'-' && decimal() && !is_alnum(text[at]) &&
         !((text[at] == U'.' || text[at] == U'-') && is_digit(text[at + 1]));
}

}  // namespace emr::desensitize
