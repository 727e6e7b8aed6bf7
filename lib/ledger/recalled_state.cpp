#include "ledger/recalled_state.h"

#include <algorithm>
#include <functional>

namespace emr::ledger {

namespace {

/// A filter is made anew seldom, and holds no more than twice what it must.
constexpr std::size_t kRoomLeast = 4096;

std::size_t hash_of(std::string_view key) noexcept { return std::hash<std::string_view>{}(key); }

}  // namespace

RecalledState::RecalledState(const StateReader& state, const StateTree& tree) : state_(&state) {
  replaced(tree);
}

std::optional<std::string> RecalledState::get(std::string_view key) const {
  const std::size_t hash = hash_of(key);
  if (!filter_.may_hold(hash)) return std::nullopt;
  Slot& slot = slot_of(hash);
  if (slot.key == key && !key.empty()) return slot.value;
  std::optional<std::string> value = state_->get(key);
  if (value && value->size() <= kValueBytesMax) {
    slot.key = key;
    slot.value = *value;
  }
  return value;
}

void RecalledState::applied(const std::vector<StateWrite>& writes, const StateTree& tree) {
  if (writes.size() > room_) return replaced(tree);
  room_ -= writes.size();
  for (const StateWrite& write : writes) {
    const std::size_t hash = hash_of(write.key);
    if (write.value) filter_.add(hash);
    if (Slot& slot = slot_of(hash); slot.key == write.key) slot.key.clear();
  }
}

void RecalledState::replaced(const StateTree& tree) {
  const auto entries = static_cast<std::size_t>(tree.entries());
  room_ = std::max(kRoomLeast, entries);
  filter_ = KeyFilter(entries + room_);
  tree.visit_keys([this](std::string_view key) { filter_.add(hash_of(key)); });
  for (Slot& slot : slots_) slot.key.clear();
}

}  // namespace emr::ledger
