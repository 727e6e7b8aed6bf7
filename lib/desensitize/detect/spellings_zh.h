// Spellings under which Chinese notes hide from word lists: traditional characters, and the forms
// that printers and scanners space out ("姓 名 ： 张 三"). Each gives a second text to look at, with
// the way back to the first.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// The characters that have a simplified form (kOldForm).
std::u32string_view traditional_characters() noexcept;

/// The text with simplified characters, byte for byte as long; nothing when no character is
/// traditional.
std::optional<std::string> simplified(const DecodedText& text);

/// A text without the blanks that stand between single characters.
struct Compact {
  std::string text;
  std::vector<std::size_t> origin;  ///< code point of `text` -> code point of the spaced text
};
/// Nothing when the text is not spaced out.
std::optional<Compact> compact(const DecodedText& text);
/// A text without the line ends inside words and numbers; nothing when it has no lines of one or
/// two characters, as recognition of scanned forms leaves them.
std::optional<Compact> joined(const DecodedText& text);

}  // namespace emr::desensitize
