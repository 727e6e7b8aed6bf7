// Word lists by two neighbouring characters. Nearly every place of a text begins (or ends) no word
// of a list; one look into a table that is mostly empty says so. Immutable once made.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// The characters of a word as one number; 0 only for 0, 0, 0.
inline std::uint64_t word_number(char32_t a, char32_t b, char32_t c = 0) noexcept {
  return std::uint64_t{a} << 42 | std::uint64_t{b} << 21 | c;
}

/// May a pair of characters be among those that were added? Wrong positives only. Small enough to
/// stay in the processor's first cache, unlike the tables behind it, which are rarely needed.
class PairFilter {
 public:
  /// `most` pairs will be added; one in sixteen others passes.
  explicit PairFilter(std::size_t most)
      : words_(std::bit_ceil(most / 4 + 1)), shift_(32 - std::countr_zero(64 * words_.size())) {}

  void add(char32_t a, char32_t b) noexcept {
    words_[bit(a, b) / 64] |= std::uint64_t{1} << (bit(a, b) % 64);
  }
  bool may_have(char32_t a, char32_t b) const noexcept {
    return (words_[bit(a, b) / 64] >> (bit(a, b) % 64) & 1) != 0;
  }

 private:
  std::size_t bit(char32_t a, char32_t b) const noexcept {
    return (a * 0x9E3779B1U ^ b * 0x85EBCA77U) >> shift_;
  }

  std::vector<std::uint64_t> words_;
  int shift_;
};

class WordIndex {
 public:
  enum class By : std::uint8_t { kFirstTwo, kLastTwo };
  using Words = std::span<const std::u32string_view>;

  /// Copies the views, not the characters: these must outlive the index. Every word has two
  /// characters or more.
  WordIndex(By by, Words words);

  /// The words whose first (last) two characters are a and b, the longest first.
  Words of(char32_t a, char32_t b) const noexcept {
    if (!filter_.may_have(a, b)) {
      return {};
    }
    const std::uint64_t number = word_number(a, b);
    for (std::size_t at = place(number);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.number == number || slot.number == 0) {
        return {words_.data() + slot.first, slot.count};
      }
    }
  }
  // The usual answer is "none": it is given here, without the registers that a search needs.
  /// The longest word that begins at `at` (kFirstTwo); empty when none does.
  std::u32string_view longest_at(const DecodedText& text, std::size_t at) const noexcept {
    return filter_.may_have(text[at], text[at + 1]) ? find_at(text, at) : std::u32string_view();
  }
  /// The longest word that stops before `stop` (kLastTwo); empty when none does.
  std::u32string_view longest_before(const DecodedText& text, std::size_t stop) const noexcept {
    return filter_.may_have(text[stop - 2], text[stop - 1]) ? find_before(text, stop)
                                                            : std::u32string_view();
  }

 private:
  std::u32string_view find_at(const DecodedText& text, std::size_t at) const noexcept;
  std::u32string_view find_before(const DecodedText& text, std::size_t stop) const noexcept;

  struct Slot {
    std::uint64_t number = 0;  ///< of the two characters; 0: free, and no word has them
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  std::size_t place(std::uint64_t number) const noexcept {
    return static_cast<std::size_t>(number * 0x9E3779B97F4A7C15ULL >> shift_);
  }

  PairFilter filter_;
  std::vector<Slot> slots_;
  std::vector<std::u32string_view> words_;  ///< those of one slot stand together
  int shift_;
};

}  // namespace emr::desensitize
