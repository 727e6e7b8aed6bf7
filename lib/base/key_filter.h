// Says of almost all keys that are not in a set that they are not, in one look at memory (a Bloom
// filter whose bits of one key lie in one word; Putze, Sanders and Singler 2007).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace emr {

/// Not thread-safe while keys are added.
class KeyFilter {
 public:
  /// Room for so many keys; more are allowed and make it say "perhaps" more often.
  explicit KeyFilter(std::size_t keys);
  /// `hash` of a key: 64 good bits.
  void add(std::size_t hash) noexcept { words_[word(hash)] |= bits(hash); }
  bool may_hold(std::size_t hash) const noexcept {
    return (words_[word(hash)] & bits(hash)) == bits(hash);
  }

 private:
  static std::uint64_t bits(std::size_t hash) noexcept;
  std::size_t word(std::size_t hash) const noexcept { return (hash >> 18) & (words_.size() - 1); }
  std::vector<std::uint64_t> words_;
};

}  // namespace emr
