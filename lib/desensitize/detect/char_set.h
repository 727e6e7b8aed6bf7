// Sets of characters that are known when the program is built: one_of<U"省市区">(c). Nearly every
// character of a text is in none of the sets that it is asked for, so one look at 256 bits says no
// before anything is compared.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace emr::desensitize {

/// Could this character be among some? Wrong positives only.
class CharFilter {
 public:
  constexpr CharFilter() = default;
  /// Of the first (last) characters of words.
  template <class Words>
  static consteval CharFilter of_first(const Words& words) {
    CharFilter filter;
    for (const auto& word : words) {
      filter.add(word.front());
    }
    return filter;
  }
  template <class Words>
  static consteval CharFilter of_last(const Words& words) {
    CharFilter filter;
    for (const auto& word : words) {
      filter.add(word.back());
    }
    return filter;
  }
  constexpr void add(char32_t c) noexcept {
    bits[print(c) / 64] |= std::uint64_t{1} << (print(c) % 64);
  }
  constexpr bool may_hold(char32_t c) const noexcept {
    return (bits[print(c) / 64] >> (print(c) % 64) & 1) != 0;
  }
  /// What the filter knows of a character.
  static constexpr std::uint8_t print(char32_t c) noexcept {
    return static_cast<std::uint8_t>(c ^ (c >> 8));
  }

  std::array<std::uint64_t, 4> bits{};  ///< public, as a template argument must be
};

template <std::size_t N>
struct CharSet {
  char32_t characters[N] = {};
  CharFilter filter;

  consteval CharSet(const char32_t (&text)[N]) {  // NOLINT(google-explicit-constructor)
    for (std::size_t i = 0; i + 1 < N; ++i) {
      characters[i] = text[i];
      filter.add(text[i]);
    }
  }
};

template <CharSet kSet>
constexpr bool one_of(char32_t c) noexcept {
  if (!kSet.filter.may_hold(c)) {
    return false;
  }
  bool found = false;
  for (const char32_t member : kSet.characters) {
    found = found || (member == c && c != 0);  // 0 ends the literal
  }
  return found;
}

}  // namespace emr::desensitize
