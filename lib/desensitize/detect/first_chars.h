// The first characters of texts that are searched together. Where could one of them begin? Sixteen
// characters of a text are asked at a time, by one byte of each: nearly every place says no.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "desensitize/detect/char_set.h"

namespace emr::desensitize {

class DecodedText;

class FirstChars {
 public:
  /// `c` as it stands in a DecodedText.
  void add(char32_t c) noexcept {
    if (!filter_.may_hold(c)) {
      filter_.add(c);
      prints_[count_ % kMostPrints] = CharFilter::print(c);
      ++count_;
    }
  }
  void clear() noexcept { *this = {}; }
  /// Bit per code point of [64 * block, 64 * block + 64): may one of the texts begin there? Wrong
  /// positives only.
  std::uint64_t block(const DecodedText& text, std::size_t block) const noexcept;

 private:
  /// Beyond so many, asking a table for each character is cheaper than comparing.
  static constexpr std::size_t kMostPrints = 16;

  CharFilter filter_;
  std::array<std::uint8_t, kMostPrints> prints_{};
  std::size_t count_ = 0;  ///< of different prints; when they are more, the filter is asked
};

}  // namespace emr::desensitize
