#include "desensitize/detect/own_values.h"

#include <algorithm>
#include <vector>

namespace emr::desensitize {
namespace {

constexpr int kOwnWeight = 100;
/// Numbers shorter than this occur by chance (doses, beds).
constexpr std::size_t kMinDigits = 6;

std::size_t index_of(const DecodedText& text, std::size_t byte) {
  std::size_t low = 0;
  std::size_t high = text.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (text.byte(middle) < byte) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

bool is_word_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Every place where the value stands as it is; Latin letters and digits must not go on around it.
void find_literal(const DecodedText& text, std::string_view value, SpanType type, Finds& finds) {
  const std::string_view bytes = text.bytes();
  for (std::size_t at = bytes.find(value); at != std::string_view::npos;
       at = bytes.find(value, at + value.size())) {
    const std::size_t stop = at + value.size();
    const bool left = at > 0 && is_word_byte(bytes[at - 1]) && is_word_byte(value.front());
    const bool right = stop < bytes.size() && is_word_byte(bytes[stop]) && is_word_byte(value.back());
    if (!left && !right) {
      finds.push_back({index_of(text, at), index_of(text, stop), type, kOwnWeight});
    }
  }
}

std::string digits_of(std::string_view value) {
  std::string digits;
  for (const char c : value) {
    if (c >= '0' && c <= '9') {
      digits.push_back(c);
    }
  }
  return digits;
}

/// Where numbers begin: read once, because a record has many values and its text is long.
std::vector<std::size_t> number_starts(const DecodedText& text) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i]) && !is_alnum(text[i - 1])) {
      starts.push_back(i);
    }
  }
  return starts;
}

/// The same digits with blanks, '-' or '.' between them.
void find_digits(const DecodedText& text, const std::vector<std::size_t>& numbers,
                 std::string_view digits, SpanType type, Finds& finds) {
  for (const std::size_t i : numbers) {
    if (text[i] != static_cast<char32_t>(digits[0])) {
      continue;
    }
    std::size_t matched = 0;
    std::size_t at = i;
    while (matched < digits.size()) {
      if (text[at] == static_cast<char32_t>(digits[matched])) {
        ++matched;
      } else if (matched == 0 || (text[at] != U' ' && text[at] != U'-' && text[at] != U'.')) {
        break;
      }
      ++at;
    }
    if (matched == digits.size() && !is_alnum(text[at])) {
      finds.push_back({i, at, type, kOwnWeight});
    }
  }
}

/// Single words of a Western name: "Mr. Example" for "Jordan Example".
void find_name_words(const DecodedText& text, std::string_view name, Finds& finds) {
  constexpr std::size_t kMinWord = 4;
  while (!name.empty()) {
    const std::size_t stop = std::min(name.find_first_of(" ,.-'"), name.size());
    const std::string_view word = name.substr(0, stop);
    if (word.size() >= kMinWord && word[0] >= 'A' && word[0] <= 'Z') {
      find_literal(text, word, SpanType::kName, finds);
    }
    name.remove_prefix(std::min(stop + 1, name.size()));
  }
}

}  // namespace

void find_own_values(const DecodedText& text, const PatientContext& own, Finds& finds) {
  if (own.own_values().empty()) {
    return;
  }
  const std::vector<std::size_t> numbers = number_starts(text);
  for (const PatientContext::OwnValue& value : own.own_values()) {
    find_literal(text, value.text, value.type, finds);
    if (value.type == SpanType::kName) {
      if (static_cast<unsigned char>(value.text[0]) < 0x80) {
        find_name_words(text, value.text, finds);
      }
      continue;
    }
    const std::string digits = digits_of(value.text);
    if (digits.size() >= kMinDigits && digits.size() + 4 >= value.text.size()) {
      find_digits(text, numbers, digits, value.type, finds);
    }
  }
}

}  // namespace emr::desensitize
