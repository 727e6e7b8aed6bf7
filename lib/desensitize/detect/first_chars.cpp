#include "desensitize/detect/first_chars.h"

#include <algorithm>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "desensitize/detect/text.h"

namespace emr::desensitize {

std::uint64_t FirstChars::block(const DecodedText& text, std::size_t block) const noexcept {
  const std::uint8_t* const prints = text.prints() + 64 * block;
  const std::size_t size = std::min(text.size() - 64 * block, std::size_t{64});
  std::uint64_t bits = 0;
#if defined(__SSE2__)
  if (count_ <= kMostPrints) {
    for (std::size_t at = 0; at < size; at += 2 * DecodedText::kStep) {
      const __m128i* const here = reinterpret_cast<const __m128i*>(prints + at);
      const __m128i first = _mm_loadu_si128(here);
      const __m128i second = _mm_loadu_si128(here + 1);
      __m128i first_hits = _mm_setzero_si128();
      __m128i second_hits = _mm_setzero_si128();
      for (std::size_t i = 0; i < count_; ++i) {
        const __m128i wanted = _mm_set1_epi8(static_cast<char>(prints_[i]));
        first_hits = _mm_or_si128(first_hits, _mm_cmpeq_epi8(first, wanted));
        second_hits = _mm_or_si128(second_hits, _mm_cmpeq_epi8(second, wanted));
      }
      const auto low = static_cast<unsigned>(_mm_movemask_epi8(first_hits));
      const auto high = static_cast<unsigned>(_mm_movemask_epi8(second_hits));
      bits |= std::uint64_t{low | high << 16} << at;
    }
    return size == 64 ? bits : bits & ((std::uint64_t{1} << size) - 1);
  }
#endif
  for (std::size_t i = 0; i < size; ++i) {
    bits |= std::uint64_t{filter_.may_hold(char32_t{prints[i]})} << i;
  }
  return bits;
}

}  // namespace emr::desensitize
