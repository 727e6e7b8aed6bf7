// Keys in byte order in one piece of memory. What all of them begin with is left out when one is
// looked for, and the eight bytes behind it are compared as a number: the keys of one family of the
// state differ there, so hardly ever is a second look at memory needed. (The poor man's normalised
// keys of Graefe and Larson 2001, behind a prefix truncated as in the prefix B-tree of Bayer and
// Unterauer 1977.) A value type, not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace emr::ledger {

class SortedKeys {
 public:
  std::size_t size() const noexcept { return stops_.size(); }
  std::string_view operator[](std::size_t place) const noexcept {
    const std::uint32_t begin = place == 0 ? 0 : stops_[place - 1];
    return std::string_view(bytes_).substr(begin, stops_[place] - begin);
  }
  /// The place of the first key that is not smaller.
  std::size_t find(std::string_view wanted) const noexcept;
  bool has(std::size_t place, std::string_view key) const noexcept {
    return place < size() && (*this)[place] == key;
  }

  /// `key` is not there; `place` is where find() puts it.
  void insert(std::size_t place, std::string_view key);
  void erase(std::size_t place);
  /// Takes the keys from `place` on away.
  SortedKeys split(std::size_t place);
  /// The keys of `other` from `first` on, all of them greater than those here.
  void append(const SortedKeys& other, std::size_t first);

 private:
  std::uint64_t head_of(std::string_view key) const noexcept;
  void share(std::size_t common);

  std::string bytes_;                 ///< the keys, one after the other
  std::vector<std::uint32_t> stops_;  ///< where each one stops
  std::vector<std::uint64_t> heads_;  ///< of each one the eight bytes behind what all share
  std::size_t common_ = 0;            ///< so many first bytes all share, or some more
};

}  // namespace emr::ledger
