// Looks for many byte strings at once. Each planted value is looked for in every spelling in which
// a program might leave it behind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace demo {

struct Pattern {
  std::string bytes;
  const char* encoding;     ///< "utf-8", "gb18030", "utf-16le", "hex", "base64", ...
  std::uint32_t value = 0;  ///< index of the planted value
};

/// All spellings of one UTF-8 value. Spellings shorter than 48 bits are left out: in 100 MB of
/// cipher text they would be found by chance.
std::vector<Pattern> spellings(std::string_view value, std::uint32_t index);

/// A prefix table over the patterns; immutable after construction, may be shared by threads.
class Searcher {
 public:
  explicit Searcher(std::vector<Pattern> patterns);

  /// Calls hit(pattern) for every occurrence in `data`.
  template <class Hit>
  void search(std::string_view data, Hit hit) const {
    for (std::size_t at = 0; at + kPrefix <= data.size(); ++at) {
      const std::uint32_t key = prefix_key(data.data() + at);
      if (!maybe_[key & (maybe_.size() - 1)]) continue;
      const auto [first, last] = table_.equal_range(key);
      for (auto entry = first; entry != last; ++entry) {
        const Pattern& pattern = patterns_[entry->second];
        if (data.substr(at, pattern.bytes.size()) == pattern.bytes) hit(pattern);
      }
    }
  }

 private:
  static constexpr std::size_t kPrefix = 6;
  static std::uint32_t prefix_key(const char* bytes) noexcept;

  std::vector<Pattern> patterns_;
  std::vector<bool> maybe_;  ///< a Bloom-like bit per key: most positions end here
  std::unordered_multimap<std::uint32_t, std::uint32_t> table_;
};

}  // namespace demo
