#include "desensitize/detect/fold.h"

#include <utf8proc.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
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

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

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

namespace {

/// What a byte of an identifier asks for.
enum class Spelling : std::uint8_t { kPlain, kIdeograph, kChanges, kOther };
constexpr auto kSpellings = [] {
  std::array<Spelling, 256> spellings{};
  for (std::size_t byte = 0; byte < spellings.size(); ++byte) {
    const auto c = static_cast<char>(byte);
    const bool changes = is_blank(c) || c == '-' || (c >= 'a' && c <= 'z');
    spellings[byte] = byte >= 0xE4 && byte <= 0xE9 ? Spelling::kIdeograph
                      : byte >= 0x80               ? Spelling::kOther
                      : changes                    ? Spelling::kChanges
                                                   : Spelling::kPlain;
  }
  return spellings;
}();

/// Are these eight bytes all in '.'..'`': digits, capitals and signs that stay?
bool are_plain(std::uint64_t bytes) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHigh = 0x80 * kOnes;
  const std::uint64_t at_least = (bytes | kHigh) - '.' * kOnes;
  const std::uint64_t beyond = bytes + (0x7F - '`') * kOnes;
  return (at_least & ~beyond & ~bytes & kHigh) == kHigh;
}

/// Is the text what folding would make of it? Wrong negatives only.
bool is_folded(std::string_view text) noexcept {
  std::size_t at = 0;
  for (std::uint64_t bytes = 0; text.size() - at >= sizeof bytes; at += sizeof bytes) {
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    if (!are_plain(bytes)) {
      break;
    }
  }
  for (; at < text.size(); ++at) {
    const Spelling spelling = kSpellings[static_cast<unsigned char>(text[at])];
    if (spelling == Spelling::kPlain) {
      continue;
    }
    if (spelling != Spelling::kIdeograph || text.size() - at < 3 ||
        (text[at + 1] & 0xC0) != 0x80 || (text[at + 2] & 0xC0) != 0x80) {
      return false;
    }
    at += 2;
  }
  return true;
}

}  // namespace

std::string_view fold_identifier(std::string_view text, std::string& room) {
  if (is_folded(text)) {
    return text;
  }
  std::string normal;
  if (!is_plain(text)) {
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
    // E3 90 80 is U+3400, E9 BF BF is U+9FFF; E3 below 90 are kana and punctuation. F0 A0 80 80 is
    // U+20000.
    if ((first >= 0xE4 && first <= 0xE9) ||
        (first == 0xE3 && static_cast<unsigned char>(text[i + 1]) >= 0x90) ||
        (first == 0xF0 && static_cast<unsigned char>(text[i + 1]) >= 0xA0)) {
      return true;
    }
  }
  return false;
}

}  // namespace emr::desensitize
