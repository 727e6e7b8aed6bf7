#include "base/utf8.h"

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/check.h"
#include "base/utf8_wide.h"

namespace emr {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) noexcept {
  return static_cast<std::uint8_t>(text[at]);
}

bool is_continuation(std::uint8_t byte) noexcept { return (byte & 0xC0) == 0x80; }

/// Length of the well-formed sequence at `at`, 0 if it is ill-formed (Unicode table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t at) noexcept {
  const std::uint8_t first = byte_at(text, at);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (text.size() - at < length) return 0;
  const std::uint8_t second = byte_at(text, at + 1);
  if (second < low || second > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!is_continuation(byte_at(text, at + i))) return 0;
  }
  return length;
}

#if defined(__SSE2__)
/// Bytes of `text` from `at` on that are surely well formed: sixteen of ASCII or five three-byte
/// characters at a time, whose first bytes are neither E0 nor ED. Stops where neither fits.
std::size_t skip_wide(std::string_view text, std::size_t at) noexcept {
  const __m128i mask = _mm_setr_epi8(-16, -64, -64, -16, -64, -64, -16, -64, -64, -16, -64, -64,
                                     -16, -64, -64, 0);
  const __m128i form = _mm_setr_epi8(-32, -128, -128, -32, -128, -128, -32, -128, -128, -32, -128,
                                     -128, -32, -128, -128, 0);
  const __m128i first_e0 = _mm_set1_epi8(-32);
  const __m128i first_ed = _mm_set1_epi8(-19);
  constexpr int kFirstBytes = 0x1249;  // bytes 0, 3, 6, 9 and 12
  while (text.size() - at >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    if (_mm_movemask_epi8(block) == 0) {
      at += 16;
      continue;
    }
    const __m128i fits = _mm_cmpeq_epi8(_mm_and_si128(block, mask), form);
    const __m128i special =
        _mm_or_si128(_mm_cmpeq_epi8(block, first_e0), _mm_cmpeq_epi8(block, first_ed));
    if (_mm_movemask_epi8(fits) != 0xFFFF || (_mm_movemask_epi8(special) & kFirstBytes) != 0) {
      break;
    }
    at += 15;
  }
  return at;
}
#else
std::size_t skip_wide(std::string_view, std::size_t at) noexcept { return at; }
#endif

// 1110xxxx 10xxxxxx 10xxxxxx as a little-endian word (the fourth byte does not matter).
static_assert(std::endian::native == std::endian::little);
constexpr std::uint32_t kThreeByteMask = 0x00C0C0F0;
constexpr std::uint32_t kThreeByteForm = 0x008080E0;

}  // namespace

bool is_valid_utf8(std::string_view text) noexcept {
  constexpr std::size_t kWorthIt = 64;
  if (text.size() >= kWorthIt && has_wide_utf8()) return is_valid_utf8_wide(text);
  std::size_t at = 0;
  while (at < text.size()) {
    at = skip_wide(text, at);
    if (at == text.size()) break;
    // Eight ASCII bytes at a time: most JSON is ASCII between its Chinese values.
    if (text.size() - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, 8);
      if ((word & 0x8080808080808080ULL) == 0) {
        at += 8;
        continue;
      }
    }
    // Runs of Chinese: three bytes a character, none of the special first bytes E0 and ED.
    while (text.size() - at >= 4) {
      std::uint32_t word = 0;
      std::memcpy(&word, text.data() + at, 4);
      const std::uint32_t first = word & 0xFF;
      if ((word & kThreeByteMask) != kThreeByteForm || first == 0xE0 || first == 0xED) break;
      at += 3;
    }
    if (at == text.size()) break;
    const std::size_t length = sequence_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

char32_t next_code_point(std::string_view text, std::size_t& at) noexcept {
  const std::uint8_t first = byte_at(text, at);
  if (first < 0x80) {
    ++at;
    return first;
  }
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t code_point = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    code_point = (code_point << 6) | (byte_at(text, at + i) & 0x3FU);
  }
  at += length;
  return code_point;
}

void append_utf8(std::string& text, char32_t c) {
  EMR_CHECK(c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF));
  const auto push = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    push(c);
  } else if (c < 0x800) {
    push(0xC0 | (c >> 6));
    push(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    push(0xE0 | (c >> 12));
    push(0x80 | ((c >> 6) & 0x3F));
    push(0x80 | (c & 0x3F));
  } else {
    push(0xF0 | (c >> 18));
    push(0x80 | ((c >> 12) & 0x3F));
    push(0x80 | ((c >> 6) & 0x3F));
    push(0x80 | (c & 0x3F));
  }
}

std::size_t count_code_points(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += !is_continuation(static_cast<std::uint8_t>(c));
  return count;
}

}  // namespace emr
