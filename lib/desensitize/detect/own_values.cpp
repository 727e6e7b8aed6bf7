#include "desensitize/detect/own_values.h"

#include <algorithm>
#include <array>

namespace emr::desensitize {
namespace {

constexpr int kOwnWeight = 100;

bool is_word_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Do Latin letters or digits go on at `at`? No value stops or begins inside them.
bool inside_word(std::string_view bytes, std::size_t at) {
  return at > 0 && at < bytes.size() && is_word_byte(bytes[at]) && is_word_byte(bytes[at - 1]);
}

/// A number of so many digits is the patient's even where the next number is written right behind
/// it: "身份证1101051949123100212025年3月入院".
constexpr std::size_t kUnmistakable = 15;

bool is_long_number(std::string_view value) {
  return value.size() >= kUnmistakable &&
         std::all_of(value.begin(), value.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
}

/// Every place where an own value stands as it is: one pass over the text for all of them.
void find_literals(const DecodedText& text, const NeedleIndex& own, Finds& finds) {
  const std::string_view bytes = text.bytes();
  for_each_first(text, own.firsts(), [&](std::size_t i) {
    const std::size_t at = text.byte(i);
    if (inside_word(bytes, at) || bytes.size() - at < NeedleIndex::kPrefix ||
        !own.may_begin(bytes.data() + at)) {
      return;
    }
    own.each(bytes.data() + at, [&](std::string_view value, SpanType type) {
      if (bytes.substr(at).starts_with(value) &&
          (!inside_word(bytes, at + value.size()) || is_long_number(value))) {
        finds.push_back({i, text.index_of(at + value.size()), type, kOwnWeight});
      }
    });
  });
}

bool is_number_separator(char32_t c) { return c == U' ' || c == U'-' || c == U'.'; }

/// The first digits of the number at `start`, separators left out; false when it has fewer.
bool first_digits(const DecodedText& text, std::size_t start,
                  std::array<char, NeedleIndex::kPrefix>& digits) {
  std::size_t at = start;
  for (char& digit : digits) {
    while (is_number_separator(text[at])) {
      ++at;
    }
    if (!is_digit(text[at])) {
      return false;
    }
    digit = static_cast<char>(text[at++]);
  }
  return true;
}

/// Where the digits that begin at `start` stop, blanks, '-' or '.' between them; 0: other digits.
std::size_t match_digits(const DecodedText& text, std::size_t start, std::string_view digits) {
  std::size_t at = start;
  for (std::size_t matched = 0; matched < digits.size(); ++at) {
    if (text[at] == static_cast<char32_t>(digits[matched])) {
      ++matched;
    } else if (!is_number_separator(text[at])) {
      return 0;
    }
  }
  return is_alnum(text[at]) ? 0 : at;
}

/// The record's own numbers, however they are grouped.
void find_numbers(const DecodedText& text, const NeedleIndex& own, Finds& finds) {
  std::array<char, NeedleIndex::kPrefix> prefix{};
  for (const std::size_t i : Places(text, kRunStart)) {
    if (!is_digit(text[i]) || !first_digits(text, i, prefix)) {
      continue;
    }
    own.each(prefix.data(), [&](std::string_view digits, SpanType type) {
      const std::size_t stop = match_digits(text, i, digits);
      if (stop != 0) {
        finds.push_back({i, stop, type, kOwnWeight});
      }
    });
  }
}

}  // namespace

void find_own_values(const DecodedText& text, const PatientContext& own, Finds& finds) {
  if (!own.literals().empty()) {
    find_literals(text, own.literals(), finds);
  }
  if (!own.numbers().empty()) {
    find_numbers(text, own.numbers(), finds);
  }
}

}  // namespace emr::desensitize
