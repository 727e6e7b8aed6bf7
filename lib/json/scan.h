// The two inner loops of the tokenizer, sixteen bytes at a time where the processor has SSE2 (every
// x86-64 has), eight elsewhere. Internal to lib/json.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace emr::json {

/// Quote, backslash or control character: what ends a run of plain string bytes.
inline bool is_string_stop(char c) noexcept {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

inline bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

#if defined(__SSE2__)
/// Which of sixteen bytes stop a string?
inline __m128i string_stops(__m128i block) noexcept {
  const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')),
                                     _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
  return _mm_or_si128(marks, _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block));
}
#endif

/// Offset of the first string stop at or behind `at` (text.size() if none). Sets `non_ascii` when a
/// byte above 0x7F lies before it.
inline std::size_t find_string_stop(std::string_view text, std::size_t at,
                                    bool& non_ascii) noexcept {
  const char* const data = text.data();
  const std::size_t size = text.size();
#if defined(__SSE2__)
  unsigned high_bits = 0;
  while (size - at >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at));
    const auto stops = static_cast<unsigned>(_mm_movemask_epi8(string_stops(block)));
    const auto high = static_cast<unsigned>(_mm_movemask_epi8(block));
    if (stops != 0) {
      const auto first = static_cast<unsigned>(std::countr_zero(stops));
      high_bits |= high & ((1U << first) - 1U);
      non_ascii = non_ascii || high_bits != 0;
      return at + first;
    }
    high_bits |= high;
    at += 16;
  }
  non_ascii = non_ascii || high_bits != 0;
#else
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHigh = 0x8080808080808080ULL;
  while (size - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, data + at, 8);
    const std::uint64_t quote = word ^ (kOnes * 0x22);
    const std::uint64_t slash = word ^ (kOnes * 0x5C);
    const std::uint64_t hits = ((quote - kOnes) & ~quote) | ((slash - kOnes) & ~slash) |
                               ((word - kOnes * 0x20) & ~word);
    if ((hits & kHigh) != 0) break;  // at least one stop in here: the tail loop finds which
    non_ascii = non_ascii || (word & kHigh) != 0;
    at += 8;
  }
#endif
  for (; at < size && !is_string_stop(data[at]); ++at) {
    non_ascii = non_ascii || static_cast<unsigned char>(data[at]) > 0x7F;
  }
  return at;
}

/// Is one of these eight bytes a string stop?
inline bool has_string_stop(std::uint64_t bytes) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  const auto has_zero = [](std::uint64_t word) noexcept { return (word - kOnes) & ~word; };
  const std::uint64_t control = (bytes - ' ' * kOnes) & ~bytes;
  return ((has_zero(bytes ^ '"' * kOnes) | has_zero(bytes ^ '\\' * kOnes) | control) &
          (0x80 * kOnes)) != 0;
}

/// Copies `text` and looks for string stops on the way: false when there is one. The last bytes are
/// copied twice where they fill no block: a loop over them would cost more than all blocks of a
/// short text.
inline bool copy_without_stops(char* to, std::string_view text) noexcept {
#if defined(__SSE2__)
  if (text.size() >= 16) {
    const auto copied = [&](std::size_t at) noexcept {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + at), block);
      return string_stops(block);
    };
    __m128i stops = copied(text.size() - 16);
    for (std::size_t at = 0; at + 16 < text.size(); at += 16) {
      stops = _mm_or_si128(stops, copied(at));
    }
    return _mm_movemask_epi8(stops) == 0;
  }
#endif
  const auto copied = [&](std::size_t at) noexcept {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    std::memcpy(to + at, &bytes, sizeof bytes);
    return has_string_stop(bytes);
  };
  constexpr std::size_t kStep = sizeof(std::uint64_t);
  bool stops = false;
  if (text.size() < kStep) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      to[at] = text[at];
      stops = stops || is_string_stop(text[at]);
    }
    return !stops;
  }
  stops = copied(text.size() - kStep);
  for (std::size_t at = 0; at + kStep < text.size(); at += kStep) {
    stops = copied(at) || stops;
  }
  return !stops;
}

/// Do the bytes at `text` begin with the first `size` of `padded`, an array of 32? `size` > 0.
inline bool begins_with(std::string_view text, const char* padded, std::size_t size) noexcept {
#if defined(__SSE2__)
  if (text.size() >= 32) {
    const auto equal = [&](std::size_t at) noexcept {
      const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
      const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(padded + at));
      return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(a, b)));
    };
    const std::uint32_t differ = ~(equal(0) | equal(16) << 16);
    return differ << (32 - size) == 0;
  }
#endif
  return text.size() >= size && std::memcmp(text.data(), padded, size) == 0;
}

/// Offset of the first byte that is not white space. Compact JSON has none between its tokens and
/// pretty JSON has runs of spaces, so one look decides between nothing and the wide loop.
inline std::size_t find_non_space(std::string_view text, std::size_t at) noexcept {
  const char* const data = text.data();
  const std::size_t size = text.size();
  if (at < size && static_cast<unsigned char>(data[at]) > ' ') return at;
#if defined(__SSE2__)
  const __m128i space = _mm_set1_epi8(' ');
  const __m128i line_feed = _mm_set1_epi8('\n');
  const __m128i carriage_return = _mm_set1_epi8('\r');
  const __m128i tab = _mm_set1_epi8('\t');
  while (size - at >= 16 && at < size) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at));
    const __m128i hits = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(block, space), _mm_cmpeq_epi8(block, line_feed)),
        _mm_or_si128(_mm_cmpeq_epi8(block, carriage_return), _mm_cmpeq_epi8(block, tab)));
    const auto others = static_cast<unsigned>(_mm_movemask_epi8(hits)) ^ 0xFFFFU;
    if (others != 0) return at + static_cast<unsigned>(std::countr_zero(others));
    at += 16;
  }
#endif
  while (at < size && is_space(data[at])) ++at;
  return at;
}

}  // namespace emr::json
