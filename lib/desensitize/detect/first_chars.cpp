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
    for (std::size_t at = 0; at < size; at += DecodedText::kStep) {
      const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(prints + at));
      __m128i hits = _mm_setzero_si128();
      for (std::size_t i = 0; i < count_; ++i) {
        const __m128i wanted = _mm_set1_epi8(static_cast<char>(prints_[i]));
        hits = _mm_or_si128(hits, _mm_cmpeq_epi8(here, wanted));
      }
      bits |= std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(hits))} << at;
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
