// The word lists behind the name detector as hash sets. Immutable, made at first use.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "desensitize/detect/word_index.h"

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

/// Two-character words; longer ones are kept by their first two characters.
class PairSet {
 public:
  explicit PairSet(std::span<const std::u32string_view> words);
  bool has(char32_t a, char32_t b) const noexcept {
    return filter_.may_have(a, b) && words_.has(word_number(a, b));
  }

 private:
  PairFilter filter_;
  WordTable words_;
};

/// Ordinary words of two and three characters.
class OrdinaryWords {
 public:
  /// `pairs` are groups "first second second …" divided by '|'; `triples` stand one after another.
  OrdinaryWords(std::u32string_view pairs, std::u32string_view triples);
  bool has(char32_t a, char32_t b) const noexcept {
    return pairs_.may_have(a, b) && words_.has(word_number(a, b));
  }
  bool has(char32_t a, char32_t b, char32_t c) const noexcept {
    return triples_.may_have(a ^ c << 7, b) && words_.has(word_number(a, b, c));
  }

 private:
  PairFilter pairs_;
  PairFilter triples_;
  WordTable words_;
};

struct NameWords {
  OrdinaryWords ordinary;  ///< words of the language that look like names
  OrdinaryWords frequent;  ///< words that begin like a given name
  PairSet compound;   ///< compound surnames
  PairSet countries;  ///< 俄罗|斯, 意大|利
  PairSet ethnic;     ///< whole names of two characters: 扎西, 巴图
  PairSet given_words;  ///< given names that are words of the language: 爱国, 胜利
  PairSet surname_ends;  ///< words that end in a surname: 病程, 照顾
  PairSet friends;    ///< ordinary words that begin with a surname character
  PairSet followers;  ///< words that stand behind a name
  WordIndex labels;        ///< words that announce a name, by their end
  WordIndex label_starts;  ///< the same by their beginning

  NameWords();
};
const NameWords& name_words();

}  // namespace emr::desensitize
