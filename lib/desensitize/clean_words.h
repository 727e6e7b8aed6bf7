// Short texts that were searched and found clean: names of tests, units, drugs and diagnoses come
// again with every record, and a find depends on nothing but the text (the record's own values are
// looked for apart). A fixed number of slots, the newest text of a slot wins. One per thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace emr::desensitize {

/// "2.16.840.1.113883.6.1": an object identifier. Its numbers look like telephones and are none; a
/// number that proves itself by a check digit is still searched in it.
inline bool is_oid(std::string_view text) noexcept {
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dot = text[i] == '.';
    if (!dot && (text[i] < '0' || text[i] > '9')) {
      return false;
    }
    if (dot && (i == 0 || i + 1 == text.size() || text[i - 1] == '.')) {
      return false;
    }
    dots += dot ? 1 : 0;
  }
  return dots >= 4 && text[0] <= '2' && text[1] == '.';
}

class CleanWords {
 public:
  /// Longer texts are notes, which do not come again.
  static constexpr std::size_t kMaxBytes = 47;

  bool contains(std::string_view text) const noexcept {
    const Slot& slot = slots_[place(text)];
    return slot.size == text.size() && std::memcmp(slot.text.data(), text.data(), text.size()) == 0;
  }
  void insert(std::string_view text) noexcept {
    Slot& slot = slots_[place(text)];
    slot.size = static_cast<std::uint8_t>(text.size());
    std::memcpy(slot.text.data(), text.data(), text.size());
  }
  static bool fits(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kMaxBytes;
  }

 private:
  struct Slot {
    std::uint8_t size = 0;
    std::array<char, kMaxBytes> text{};
  };
  /// A vocabulary of some hundred words with few collisions, in 48 KiB.
  static constexpr std::size_t kSlots = 1024;

  static std::size_t place(std::string_view text) noexcept {
    std::uint64_t hash = text.size();
    for (std::size_t at = 0; at < text.size(); at += sizeof hash) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, std::min(sizeof word, text.size() - at));
      hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
      hash ^= hash >> 29;
    }
    return static_cast<std::size_t>(hash >> 32) % kSlots;
  }

  std::array<Slot, kSlots> slots_{};
};

}  // namespace emr::desensitize
