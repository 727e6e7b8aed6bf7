// Characters that no reader sees, and characters that are written as references: between the digits
// of a number, or instead of them, they would hide it from every rule. The detectors look at what a
// reader sees, and the finds are led back to the bytes that stood there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace emr::desensitize {

/// Zero-width and soft marks, directions, variation selectors (Unicode: Default_Ignorable).
constexpr bool is_invisible(char32_t c) noexcept {
  return c == 0xAD || c == 0x34F || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}

/// A text as it is seen.
struct VisibleText {
  std::string text;
  std::vector<std::uint32_t> origin;  ///< byte of `text`, or its end -> byte of the first text

};

/// `bytes` (valid UTF-8) without what is invisible, character references (HTML: &#24352; &#x5F20;
/// &nbsp; &amp;) replaced by their characters; nothing when there is nothing of both.
std::optional<VisibleText> visible(std::string_view bytes);

}  // namespace emr::desensitize
