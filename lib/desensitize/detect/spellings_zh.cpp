#include "desensitize/detect/spellings_zh.h"

#include <string_view>

#include "base/utf8.h"

namespace emr::desensitize {
namespace {

#include "desensitize/detect/traditional_zh.inc"

static_assert(kTraditional.size() == kSimplified.size());

constexpr char32_t kFirst = 0x4E00;
constexpr char32_t kLast = 0x9FFF;

/// Simplified form by code point; 0 where a character is its own.
const std::vector<char32_t>& simple_forms() {
  static const std::vector<char32_t> kForms = [] {
    std::vector<char32_t> forms(kLast - kFirst + 1);
    for (std::size_t i = 0; i < kTraditional.size(); ++i) {
      forms[kTraditional[i] - kFirst] = kSimplified[i];
    }
    return forms;
  }();
  return kForms;
}

bool is_gap(char32_t c) { return c == 0 || is_blank(c) || c == U':' || c == U'|'; }

/// One character between gaps.
bool single(const DecodedText& text, std::size_t i) {
  return !is_gap(text[i]) && is_gap(text[i - 1]) && is_gap(text[i + 1]);
}

/// A blank inside a word that was spaced out: "乐 嘉 怡性别", "2 0 2 3 年 1 月".
bool hides(const DecodedText& text, std::size_t i) {
  const bool digits = is_digit(text[i - 1]) && !is_alnum(text[i - 2]) && is_digit(text[i + 1]);
  if (!single(text, i - 1) && !(digits && single(text, i + 1))) {  // 日期2 0 2 3 年
    return false;
  }
  return single(text, i + 1) || is_cjk(text[i + 1]) || is_digit(text[i + 1]);
}

}  // namespace

std::u32string_view traditional_characters() noexcept { return kTraditional; }

std::optional<std::string> simplified(const DecodedText& text) {
  if (!text.has(kOldForm)) {
    return std::nullopt;
  }
  const std::vector<char32_t>& forms = simple_forms();
  std::string result(text.bytes());
  for (const std::size_t i : Places(text, kOldForm)) {
    std::string spelt;
    append_utf8(spelt, forms[text[i] - kFirst]);
    result.replace(text.byte(i), spelt.size(), spelt);  // both have three bytes
  }
  return result;
}

std::optional<Compact> joined(const DecodedText& text) {
  constexpr std::size_t kShortLine = 2;
  constexpr std::size_t kFewest = 2;
  constexpr std::size_t kNarrow = 24;  ///< a longer line: the page is wide, no line broke by itself
  if (text.bytes().find('\n') == std::string_view::npos) {
    return std::nullopt;
  }
  std::size_t broken = 0;
  std::size_t line = 0;
  std::size_t length = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != U'\n') {
      length += is_cjk(text[i]) ? 1 : kShortLine + 1;
      if (i - line >= kNarrow) {
        return std::nullopt;
      }
      continue;
    }
    line = i + 1;
    broken += length > 0 && length <= kShortLine ? 1 : 0;
    length = 0;
  }
  if (broken < kFewest) {
    return std::nullopt;
  }
  const auto goes_on = [](char32_t c) { return is_cjk(c) || is_alnum(c) || c == U'-'; };
  Compact result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == U'\n' && goes_on(text[i - 1]) && goes_on(text[i + 1])) {
      continue;
    }
    result.text.append(text.bytes(i, i + 1));
    result.origin.push_back(i);
  }
  return result;
}

std::optional<Compact> compact(const DecodedText& text) {
  std::size_t spaced = 0;
  for (std::size_t at = text.bytes().find(' '); at != std::string_view::npos && spaced < 3;
       at = text.bytes().find(' ', at + 1)) {
    // " 名 ": three bytes of an ideograph between two blanks.
    const std::string_view bytes = text.bytes().substr(at);
    spaced += bytes.size() > 4 && bytes[4] == ' ' && static_cast<unsigned char>(bytes[1]) >= 0xE4 &&
                      static_cast<unsigned char>(bytes[1]) <= 0xE9
                  ? 1
                  : 0;
  }
  if (spaced < 3) {
    return std::nullopt;
  }
  Compact result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == U' ' && hides(text, i)) {
      continue;
    }
    result.text.append(text.bytes(i, i + 1));
    result.origin.push_back(i);
  }
  return result;
}

}  // namespace emr::desensitize
