// The state: an ordered map from text keys to canonical JSON texts. Contracts see it through
// StateReader and change it through an Overlay, which can be discarded; the store applies the
// collected writes atomically with the block. Not thread-safe: one owner at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/key_filter.h"

namespace emr::ledger {

struct StateEntry {
  std::string key;
  std::string value;
};

/// Read access. An implementation that cannot read its medium stops the program: a replica that
/// guessed would leave consensus.
class StateReader {
 public:
  virtual ~StateReader() = default;
  virtual std::optional<std::string> get(std::string_view key) const = 0;
  /// Up to `limit` entries whose key starts with `prefix` and is greater than `after` ("" = from
  /// the first), in byte order of the keys.
  virtual std::vector<StateEntry> scan(std::string_view prefix, std::string_view after,
                                       std::size_t limit) const = 0;
};

/// One change: a new value, or none for an erased key.
struct StateWrite {
  std::string key;
  std::optional<std::string> value;
};

/// Changes on top of a reader that must outlive it. Overlays stack: one per block, on it one per
/// transaction.
class Overlay final : public StateReader {
 public:
  /// By pointer: an overlay on an overlay must not read as a copy.
  explicit Overlay(const StateReader* base) : base_(base) {}
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  std::optional<std::string> get(std::string_view key) const override;
  std::vector<StateEntry> scan(std::string_view prefix, std::string_view after,
                               std::size_t limit) const override;
  void put(std::string key, std::string value);
  void erase(std::string key);

  /// Moves the changes of a child that was made on this overlay into it.
  void absorb(Overlay&& child);
  /// The changes of keys with this prefix, in order; null for an erased key.
  template <class Visit>
  void visit_changes(std::string_view prefix, Visit visit) const {
    for (auto at = changes_.lower_bound(prefix); at != changes_.end(); ++at) {
      if (!std::string_view(at->first).starts_with(prefix)) return;
      visit(at->first, at->second ? &*at->second : nullptr);
    }
  }
  void clear();
  bool empty() const noexcept { return changes_.empty(); }
  /// All changes in byte order of the keys, each key once.
  std::vector<StateWrite> writes() const;
  /// The same, and the overlay is empty afterwards.
  std::vector<StateWrite> take_writes();

 private:
  void note(std::string_view key);

  const StateReader* base_;
  std::map<std::string, std::optional<std::string>, std::less<>> changes_;
  /// Of the keys of changes_, once they are many: most reads of a block are of others.
  std::optional<KeyFilter> filter_;
};

/// A state in memory, for tests, the simulator and offline re-execution.
class MapState final : public StateReader {
 public:
  std::optional<std::string> get(std::string_view key) const override;
  std::vector<StateEntry> scan(std::string_view prefix, std::string_view after,
                               std::size_t limit) const override;
  void apply(const std::vector<StateWrite>& writes);
  const std::map<std::string, std::string, std::less<>>& entries() const noexcept {
    return entries_;
  }

 private:
  std::map<std::string, std::string, std::less<>> entries_;
};

/// The write-set chain: H("emr/writes/1", previous || for each write: key, presence, value).
Hash32 chain_writes(const Hash32& previous, const std::vector<StateWrite>& writes);

}  // namespace emr::ledger
