#include "ledger/state.h"

#include <functional>

#include "base/check.h"
#include "base/wire.h"
#include "crypto/hash.h"

namespace emr::ledger {

namespace {

/// Below so many changes the map is as fast; a full block has some thousand.
constexpr std::size_t kFilteredLeast = 64;
constexpr std::size_t kFilteredUsual = 4096;
constexpr std::size_t kHashedPieceBytes = 32 << 10;

std::size_t hash_of(std::string_view key) noexcept { return std::hash<std::string_view>{}(key); }

/// The first key a scan may return.
template <class Map>
auto scan_start(const Map& map, std::string_view prefix, std::string_view after) {
  return after < prefix ? map.lower_bound(prefix) : map.upper_bound(after);
}

}  // namespace

std::optional<std::string> Overlay::get(std::string_view key) const {
  if (filter_ && !filter_->may_hold(hash_of(key))) return base_->get(key);
  const auto found = changes_.find(key);
  return found != changes_.end() ? found->second : base_->get(key);
}

// Merges two ordered sequences. The base is asked for as many entries as may be hidden by erased
// keys, so that one round almost always suffices.
std::vector<StateEntry> Overlay::scan(std::string_view prefix, std::string_view after,
                                      std::size_t limit) const {
  std::vector<StateEntry> merged;
  auto change = scan_start(changes_, prefix, after);
  std::string base_after(after);
  const auto in_prefix = [&] {
    return change != changes_.end() && std::string_view(change->first).starts_with(prefix);
  };
  const auto take_change = [&] {
    if (change->second) merged.push_back({change->first, *change->second});
    ++change;
  };
  for (bool more = true; more && merged.size() < limit;) {
    std::vector<StateEntry> page = base_->scan(prefix, base_after, limit);
    more = page.size() == limit;
    for (StateEntry& entry : page) {
      while (in_prefix() && change->first < entry.key && merged.size() < limit) take_change();
      if (merged.size() == limit) return merged;
      base_after = entry.key;
      if (in_prefix() && change->first == entry.key) {
        take_change();
      } else {
        merged.push_back(std::move(entry));
      }
    }
  }
  while (in_prefix() && merged.size() < limit) take_change();
  return merged;
}

/// Before a key is added.
void Overlay::note(std::string_view key) {
  if (changes_.size() < kFilteredLeast) return;
  if (!filter_) {
    filter_.emplace(kFilteredUsual);
    for (const auto& [known, value] : changes_) filter_->add(hash_of(known));
  }
  filter_->add(hash_of(key));
}

void Overlay::clear() {
  changes_.clear();
  filter_.reset();
}

void Overlay::put(std::string key, std::string value) {
  note(key);
  changes_.insert_or_assign(std::move(key), std::move(value));
}

void Overlay::erase(std::string key) {
  note(key);
  changes_.insert_or_assign(std::move(key), std::nullopt);
}

void Overlay::absorb(Overlay&& child) {
  EMR_CHECK(child.base_ == this);
  while (!child.changes_.empty()) {  // moves the nodes: no key is copied
    note(child.changes_.begin()->first);
    auto added = changes_.insert(child.changes_.extract(child.changes_.begin()));
    if (!added.inserted) added.position->second = std::move(added.node.mapped());
  }
}

std::vector<StateWrite> Overlay::writes() const {
  std::vector<StateWrite> writes;
  writes.reserve(changes_.size());
  for (const auto& [key, value] : changes_) writes.push_back({key, value});
  return writes;
}

std::vector<StateWrite> Overlay::take_writes() {
  std::vector<StateWrite> writes;
  writes.reserve(changes_.size());
  while (!changes_.empty()) {
    auto node = changes_.extract(changes_.begin());
    writes.push_back({std::move(node.key()), std::move(node.mapped())});
  }
  filter_.reset();
  return writes;
}

std::optional<std::string> MapState::get(std::string_view key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

std::vector<StateEntry> MapState::scan(std::string_view prefix, std::string_view after,
                                       std::size_t limit) const {
  std::vector<StateEntry> found;
  for (auto at = scan_start(entries_, prefix, after); at != entries_.end(); ++at) {
    if (found.size() == limit || !std::string_view(at->first).starts_with(prefix)) break;
    found.push_back({at->first, at->second});
  }
  return found;
}

void MapState::apply(const std::vector<StateWrite>& writes) {
  for (const StateWrite& write : writes) {
    if (write.value) {
      entries_.insert_or_assign(write.key, *write.value);
    } else {
      entries_.erase(write.key);
    }
  }
}

Hash32 chain_writes(const Hash32& previous, const std::vector<StateWrite>& writes) {
  crypto::Sha256 hash = crypto::tagged_hasher("emr/writes/1");
  // In pieces that stay in the cache: a block writes megabytes.
  WireWriter wire(kHashedPieceBytes);
  const auto pass_on = [&] {
    hash.update(wire.bytes());
    wire.clear();
  };
  wire.raw(previous).u32(static_cast<std::uint32_t>(writes.size()));
  for (const StateWrite& write : writes) {
    wire.text(write.key).u8(write.value ? 1 : 0);
    if (write.value) wire.text(*write.value);
    if (wire.size() > kHashedPieceBytes / 2) pass_on();
  }
  pass_on();
  return hash.finish();
}

}  // namespace emr::ledger
