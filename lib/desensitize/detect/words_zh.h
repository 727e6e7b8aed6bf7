// The word lists behind the name detector as hash sets. Immutable, made at first use.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace emr::desensitize {

/// Words as numbers other than 0, in an open table that is mostly empty: the usual answer, "no",
/// costs one look.
class WordTable {
 public:
  /// `most` words will be added.
  explicit WordTable(std::size_t most)
      : slots_(std::bit_ceil(3 * most + 4)), shift_(64 - std::countr_zero(slots_.size())) {}

  void add(std::uint64_t word) { slots_[find(word)] = word; }
  bool has(std::uint64_t word) const noexcept { return word != 0 && slots_[find(word)] == word; }

 private:
  /// Where the word stands, or would.
  std::size_t find(std::uint64_t word) const noexcept {
    std::size_t at = static_cast<std::size_t>(word * 0x9E3779B97F4A7C15ULL >> shift_);
    while (slots_[at] != word && slots_[at] != 0) {
      at = (at + 1) & (slots_.size() - 1);
    }
    return at;
  }

  std::vector<std::uint64_t> slots_;
  int shift_;
};

/// The characters of a word as one number.
inline std::uint64_t word_number(char32_t a, char32_t b, char32_t c = 0) noexcept {
  return std::uint64_t{a} << 42 | std::uint64_t{b} << 21 | c;
}

/// Two-character words; longer ones are kept by their first two characters.
class PairSet {
 public:
  explicit PairSet(std::span<const std::u32string_view> words);
  bool has(char32_t a, char32_t b) const noexcept { return words_.has(word_number(a, b)); }

 private:
  WordTable words_;
};

/// Ordinary words of two and three characters.
class OrdinaryWords {
 public:
  /// `pairs` are groups "first second second …" divided by '|'; `triples` stand one after another.
  OrdinaryWords(std::u32string_view pairs, std::u32string_view triples);
  bool has(char32_t a, char32_t b) const noexcept { return words_.has(word_number(a, b)); }
  bool has(char32_t a, char32_t b, char32_t c) const noexcept {
    return words_.has(word_number(a, b, c));
  }

 private:
  WordTable words_;
};

/// Words by one of their characters. Characters may share a bucket: whoever asks compares the words
/// with the text anyway. (The standard hash tables divide by a prime to find theirs.)
class WordsByCharacter {
 public:
  void add(char32_t key, std::u32string_view word) { buckets_[bucket(key)].push_back(word); }
  void sort_longest_first();
  /// All words of this character, and maybe others.
  const std::vector<std::u32string_view>& of(char32_t key) const noexcept {
    return buckets_[bucket(key)];
  }

 private:
  static constexpr std::size_t kBuckets = 1024;
  static std::size_t bucket(char32_t key) noexcept { return key % kBuckets; }

  std::array<std::vector<std::u32string_view>, kBuckets> buckets_;
};

struct NameWords {
  OrdinaryWords ordinary;  ///< words of the language that look like names
  OrdinaryWords frequent;  ///< words that begin like a given name
  PairSet compound;   ///< compound surnames
  PairSet ethnic;     ///< whole names of two characters: 扎西, 巴图
  PairSet friends;    ///< ordinary words that begin with a surname character
  PairSet followers;  ///< words that stand behind a name
  /// Labels by their last character, the longest first.
  WordsByCharacter labels;
  /// And by their first character.
  WordsByCharacter label_starts;

  NameWords();
};
const NameWords& name_words();

}  // namespace emr::desensitize
