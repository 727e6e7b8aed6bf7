// Short texts that were searched and found clean: names of tests, units, drugs and diagnoses come
// again with every record, and a find depends on nothing but the text (the record's own values are
// looked for apart). A fixed number of slots, the newest text of a slot wins. One per thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace emr::desensitize {

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
    for (const char c : text) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
    return static_cast<std::size_t>(hash >> 32) % kSlots;
  }

  std::array<Slot, kSlots> slots_{};
};

}  // namespace emr::desensitize
