// A StateReader in front of the store's, for the one who executes blocks. Most keys that a
// transaction asks for are not there (is its nonce used, its record taken?), and most of the others
// are the accounts and institutions of the last one. Of the first a filter over all keys knows, the
// second are kept. What it says is what the store would say, always.
//
// Not thread-safe: the thread that executes owns it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/key_filter.h"
#include "ledger/state.h"
#include "ledger/state_tree.h"

namespace emr::ledger {

class RecalledState final : public StateReader {
 public:
  /// `state` must outlive it; `tree` describes what it holds.
  RecalledState(const StateReader& state, const StateTree& tree);

  std::optional<std::string> get(std::string_view key) const override;
  std::vector<StateEntry> scan(std::string_view prefix, std::string_view after,
                               std::size_t limit) const override {
    return state_->scan(prefix, after, limit);
  }

  /// The state behind it shows these writes from the next read on; `tree` has them.
  void applied(const std::vector<StateWrite>& writes, const StateTree& tree);
  /// The state behind it is another one.
  void replaced(const StateTree& tree);

 private:
  struct Slot {
    std::string key;  ///< "" when the slot is free
    std::string value;
  };
  static constexpr std::size_t kSlots = 512;
  /// Accounts, sessions, institutions are smaller; other values are read once.
  static constexpr std::size_t kValueBytesMax = 1024;

  Slot& slot_of(std::size_t hash) const noexcept { return slots_[hash % kSlots]; }

  const StateReader* state_;
  KeyFilter filter_{0};
  std::size_t room_ = 0;  ///< for further keys, until the filter is made anew
  mutable std::array<Slot, kSlots> slots_;
};

}  // namespace emr::ledger
