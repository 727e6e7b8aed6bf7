// Sets of characters that are known when the program is built: one_of<U"省市区">(c). They are asked
// for every other character of a text, so each has a table in which every member has a slot of its
// own: one look and one comparison decide. And a filter for sets that are made as we go.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace emr::desensitize {

/// Could this character be among some? Wrong positives only.
class CharFilter {
 public:
  constexpr void add(char32_t c) noexcept {
    bits_[print(c) / 64] |= std::uint64_t{1} << (print(c) % 64);
  }
  constexpr bool may_hold(char32_t c) const noexcept {
    return (bits_[print(c) / 64] >> (print(c) % 64) & 1) != 0;
  }
  /// What the filter knows of a character.
  static constexpr std::uint8_t print(char32_t c) noexcept {
    return static_cast<std::uint8_t>(c ^ (c >> 8));
  }

 private:
  std::array<std::uint64_t, 4> bits_{};
};

/// A literal, as a template argument.
template <std::size_t N>
struct CharSet {
  char32_t characters[N] = {};

  consteval CharSet(const char32_t (&text)[N]) {  // NOLINT(google-explicit-constructor)
    static_assert(N > 1, "a set has members");
    for (std::size_t i = 0; i + 1 < N; ++i) {
      characters[i] = text[i];
    }
  }
};

/// The members of a set at the places that a product of theirs says. Factors are tried until no two
/// members meet; the more there are, the more room they need for that.
template <std::size_t N>
class CharTable {
 public:
  consteval explicit CharTable(const CharSet<N>& set) {
    while (!place(set)) {
      factor_ = factor_ * 1664525U + 1013904222U;  // stays odd
    }
  }
  constexpr bool has(char32_t c) const noexcept { return slots_[slot(c)] == c; }

 private:
  static constexpr std::size_t kRoom = N <= 16 ? 2 : N <= 32 ? 4 : N <= 64 ? 8 : 16;
  static constexpr std::size_t kSlots = std::bit_ceil(kRoom * N);

  consteval bool place(const CharSet<N>& set) {
    slots_.fill(0);
    for (std::size_t i = 0; i + 1 < N; ++i) {
      const char32_t member = set.characters[i];
      char16_t& here = slots_[slot(member)];
      here = here == 0 ? static_cast<char16_t>(member) : here;
      if (here != member) {
        return false;  // for ever, where one is beyond U+FFFF: that does not build
      }
    }
    // 0 stands outside every text and is in no set: the slot where it is looked for holds something
    // else, if need be a member that is found elsewhere.
    slots_[slot(0)] = slots_[slot(0)] == 0 ? slots_[slot(set.characters[0])] : slots_[slot(0)];
    return true;
  }
  constexpr std::size_t slot(char32_t c) const noexcept {
    return std::uint32_t{c} * factor_ >> (32 - std::countr_zero(kSlots));
  }

  std::array<char16_t, kSlots> slots_{};
  std::uint32_t factor_ = 0x9E3779B1U;
};

template <CharSet kSet>
inline constexpr CharTable kCharTable{kSet};

template <CharSet kSet>
constexpr bool one_of(char32_t c) noexcept {
  return kCharTable<kSet>.has(c);
}

}  // namespace emr::desensitize
