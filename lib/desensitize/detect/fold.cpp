#include "desensitize/detect/fold.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/utf8.h"

namespace emr::desensitize {
namespace {

struct FreeMalloc {
  void operator()(utf8proc_uint8_t* text) const { std::free(text); }
};

/// ASCII and U+4000..U+9FFF only: nothing there folds or composes, and nearly all Chinese names,
/// words and numbers are made of it.
bool is_plain(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) {
      ++at;
    } else if (first >= 0xE4 && first <= 0xE9 && text.size() - at >= 3 &&
               (text[at + 1] & 0xC0) == 0x80 && (text[at + 2] & 0xC0) == 0x80) {
      at += 3;
    } else {
      return false;
    }
  }
  return true;
}

std::string nfkc(std::string_view text) {
  if (is_plain(text) || !is_valid_utf8(text)) {
    return std::string(text);
  }
  utf8proc_uint8_t* raw = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                      UTF8PROC_COMPAT);
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &raw, options);
  const std::unique_ptr<utf8proc_uint8_t, FreeMalloc> owner(raw);
  if (size < 0) {
    return std::string(text);
  }
  return std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
}

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

std::string normalise_text(std::string_view text) {
  std::string result;
  bool blank = false;
  for (const char c : nfkc(text)) {
    if (is_blank(c)) {
      blank = true;
      continue;
    }
    if (blank && !result.empty()) {
      result.push_back(' ');
    }
    blank = false;
    result.push_back(c);
  }
  return result;
}

std::string_view fold_identifier(std::string_view text, std::string& room) {
  const bool plain = is_plain(text);
  const auto changes = [](char c) { return is_blank(c) || c == '-' || (c >= 'a' && c <= 'z'); };
  if (plain && std::none_of(text.begin(), text.end(), changes)) {
    return text;
  }
  std::string normal;
  if (!plain) {
    normal = nfkc(text);
    text = normal;
  }
  room.clear();
  for (const char c : text) {
    if (!is_blank(c) && c != '-') {
      room.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
    }
  }
  return room;
}

std::string fold_identifier(std::string_view text) {
  std::string room;
  return std::string(fold_identifier(text, room));
}

std::string fold_word(std::string_view text) {
  std::string result = normalise_text(text);
  for (char& c : result) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return result;
}

bool has_ideograph(std::string_view text) noexcept {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    // E3 90 80 is U+3400, E9 BF BF is U+9FFF; E3 below 90 are kana and punctuation.
    if ((first >= 0xE4 && first <= 0xE9) ||
        (first == 0xE3 && static_cast<unsigned char>(text[i + 1]) >= 0x90)) {
      return true;
    }
  }
  return false;
}

}  // namespace emr::desensitize
