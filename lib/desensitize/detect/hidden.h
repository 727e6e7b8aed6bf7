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

/// Zero-width and soft marks, directions, fillers, variation selectors: what Unicode's
/// DerivedCoreProperties.txt has as Default_Ignorable_Code_Point.
constexpr bool is_invisible(char32_t c) noexcept {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (c < 0x2000) {
    return c == 0xAD || c == 0x34F || c == 0x61C || within(0x115F, 0x1160) ||
           within(0x17B4, 0x17B5) || within(0x180B, 0x180F);
  }
  return within(0x200B, 0x200F) || within(0x202A, 0x202E) || within(0x2060, 0x206F) ||
         c == 0x3164 || within(0xFE00, 0xFE0F) || c == 0xFEFF || c == 0xFFA0 ||
         within(0xFFF0, 0xFFF8) || within(0x1BCA0, 0x1BCA3) || within(0x1D173, 0x1D17A) ||
         within(0xE0000, 0xE0FFF);
}

/// A text as it is seen.
struct VisibleText {
  std::string text;
  // Of each byte of `text`: where the character it belongs to begins and ends in the first text.
  std::vector<std::uint32_t> starts;
  std::vector<std::uint32_t> stops;

  /// A piece of the first text, [start, stop) there, and how it is seen.
  void put(std::size_t start, std::size_t stop, std::string_view seen);
};

/// What becomes of an invisible character: it may stand inside a number to hide it, or between two
/// numbers as an edge.
enum class Invisible : std::uint8_t { kDropped, kBlank };

/// `bytes` (valid UTF-8) with invisible characters dropped or made blanks, and character references
/// (HTML: &#24352; &#x5F20; &nbsp; &amp;) replaced by their characters; nothing when there is
/// nothing of both (kDropped), or nothing invisible (kBlank).
std::optional<VisibleText> visible(std::string_view bytes,
                                   Invisible invisible = Invisible::kDropped);
/// `bytes` without the tags of markup, a line break for those of blocks; nothing when there are
/// none.
std::optional<VisibleText> without_markup(std::string_view bytes);

}  // namespace emr::desensitize
