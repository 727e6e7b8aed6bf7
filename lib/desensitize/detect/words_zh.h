// The word lists behind the name detector as hash sets. Immutable, made at first use.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace emr::desensitize {

/// Two-character words as a hash set; longer ones are kept by their first two characters.
class PairSet {
 public:
  explicit PairSet(std::span<const std::u32string_view> words) {
    for (const std::u32string_view word : words) {
      pairs_.insert(key(word[0], word[1]));
    }
  }
  bool has(char32_t a, char32_t b) const { return pairs_.contains(key(a, b)); }

 private:
  static std::uint64_t key(char32_t a, char32_t b) { return std::uint64_t{a} << 32 | b; }
  std::unordered_set<std::uint64_t> pairs_;
};

/// Ordinary words of two and three characters.
class OrdinaryWords {
 public:
  /// `pairs` are groups "first second second …" divided by '|'; `triples` stand one after another.
  OrdinaryWords(std::u32string_view pairs, std::u32string_view triples);
  bool has(char32_t a, char32_t b) const { return words_.contains(key(a, b, 0)); }
  bool has(char32_t a, char32_t b, char32_t c) const { return words_.contains(key(a, b, c)); }

 private:
  static std::uint64_t key(char32_t a, char32_t b, char32_t c) {
    return std::uint64_t{a} << 42 | std::uint64_t{b} << 21 | c;
  }
  std::unordered_set<std::uint64_t> words_;
};

struct NameWords {
  OrdinaryWords ordinary;  ///< words of the language that look like names
  OrdinaryWords frequent;  ///< words that begin like a given name
  PairSet compound;   ///< compound surnames
  PairSet ethnic;     ///< whole names of two characters: 扎西, 巴图
  PairSet friends;    ///< ordinary words that begin with a surname character
  PairSet followers;  ///< words that stand behind a name
  /// Labels by their last character, the longest first.
  std::unordered_map<char32_t, std::vector<std::u32string_view>> labels;
  /// And by their first character.
  std::unordered_map<char32_t, std::vector<std::u32string_view>> label_starts;

  NameWords();
};
const NameWords& name_words();

}  // namespace emr::desensitize
