// What simdjson does first and what bounds every JSON reader from above: the place of each
// structural character outside strings, 64 bytes at a time (Langdale and Lemire, "Parsing gigabytes
// of JSON per second", 2019, section 3.1). Validates nothing, reads no value. A peer for the
// benchmarks, used nowhere else.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace emr::bench {

/// One bit per byte of a block of 64.
struct JsonMasks {
  std::uint64_t quotes = 0;
  std::uint64_t backslashes = 0;
  std::uint64_t marks = 0;  ///< { } [ ] : ,
};

inline JsonMasks classify(const char* block) noexcept {
  JsonMasks masks;
#if defined(__SSE2__)
  for (unsigned i = 0; i < 4; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * i));
    const auto equal = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    const auto bits = [&](__m128i hits) {
      return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(hits))) << (16 * i);
    };
    // '[' and ']' differ from '{' and '}' in one bit.
    const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    const __m128i braces = _mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')),
                                        _mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
    masks.quotes |= bits(equal('"'));
    masks.backslashes |= bits(equal('\\'));
    masks.marks |= bits(_mm_or_si128(braces, _mm_or_si128(equal(':'), equal(','))));
  }
#else
  for (unsigned i = 0; i < 64; ++i) {
    const char c = block[i];
    masks.quotes |= std::uint64_t{c == '"'} << i;
    masks.backslashes |= std::uint64_t{c == '\\'} << i;
    masks.marks |= std::uint64_t{std::strchr("{}[]:,", c) != nullptr && c != 0} << i;
  }
#endif
  return masks;
}

/// Bit i becomes the exclusive or of the bits 0..i: the inside of strings from their quotes.
inline std::uint64_t prefix_xor(std::uint64_t bits) noexcept {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

/// Appends nothing: `places` is used as a ring of its own size. Returns how many marks there are.
inline std::size_t structural_scan(std::string_view text, std::vector<std::uint32_t>& places) {
  constexpr std::uint64_t kEven = 0x5555555555555555ULL;
  std::size_t count = 0;
  std::uint64_t inside = 0;   // all ones: the block begins inside a string
  std::uint64_t escaped = 0;  // 1: the block's first byte is escaped
  for (std::size_t at = 0; at + 64 <= text.size(); at += 64) {
    JsonMasks masks = classify(text.data() + at);
    std::uint64_t hidden = escaped;
    escaped = 0;
    if (masks.backslashes != 0) {
      const std::uint64_t slashes = masks.backslashes & ~hidden;
      const std::uint64_t follows = slashes << 1 | hidden;
      const std::uint64_t odd_starts = slashes & ~kEven & ~follows;
      std::uint64_t even_runs = 0;
      escaped = __builtin_add_overflow(odd_starts, slashes, &even_runs) ? 1 : 0;
      hidden = (kEven ^ (even_runs << 1)) & follows;
    }
    const std::uint64_t strings = prefix_xor(masks.quotes & ~hidden) ^ inside;
    inside = static_cast<std::uint64_t>(static_cast<std::int64_t>(strings) >> 63);
    for (std::uint64_t marks = masks.marks & ~strings; marks != 0; marks &= marks - 1) {
      places[count++ % places.size()] =
          static_cast<std::uint32_t>(at + static_cast<unsigned>(std::countr_zero(marks)));
    }
  }
  return count;
}

}  // namespace emr::bench
