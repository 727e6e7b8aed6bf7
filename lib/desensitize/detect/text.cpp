#include "desensitize/detect/text.h"

#include "base/utf8.h"

namespace emr::desensitize {
namespace {

/// U+FF01..U+FF5E are ASCII in full width.
char32_t fold(char32_t c) noexcept { return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c; }

}  // namespace

DecodedText::DecodedText(std::string_view bytes) : bytes_(bytes) {
  points_.reserve(bytes.size());
  offsets_.reserve(bytes.size() + 1);
  for (std::size_t at = 0; at < bytes.size();) {
    offsets_.push_back(static_cast<std::uint32_t>(at));
    const auto first = static_cast<unsigned char>(bytes[at]);
    if (first < 0x80) {
      points_.push_back(first);
      ++at;
    } else if ((first & 0xF0) == 0xE0) {  // nearly every character of a Chinese text
      const char32_t point = static_cast<char32_t>(first & 0x0F) << 12 |
                             static_cast<char32_t>(bytes[at + 1] & 0x3F) << 6 |
                             static_cast<char32_t>(bytes[at + 2] & 0x3F);
      points_.push_back(fold(point));
      at += 3;
    } else {
      points_.push_back(next_code_point(bytes, at));
    }
  }
  offsets_.push_back(static_cast<std::uint32_t>(bytes.size()));
}

bool DecodedText::starts(std::size_t at, std::u32string_view word) const noexcept {
  for (std::size_t i = 0; i < word.size(); ++i) {
    if ((*this)[at + i] != word[i]) {
      return false;
    }
  }
  return true;
}

bool DecodedText::stops(std::size_t stop, std::u32string_view word) const noexcept {
  return stop >= word.size() && starts(stop - word.size(), word);
}

bool is_separator(char32_t c) noexcept {
  if (c < 0x80) {
    return !is_alnum(c) && c != U'_';
  }
  return c == 0x3000 || c == 0xA0 || (c >= 0x2010 && c <= 0x2027 && c != 0x2022 && c != 0x2027) ||
         (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011) || c == 0xB7 || c == 0xD7 ||
         (c >= 0x3014 && c <= 0x301B) || (c >= 0x2500 && c <= 0x25FF);
}

}  // namespace emr::desensitize
