// The authenticated map over the whole state (FORMAT.md section 13). The entries, in key order, are
// cut into chunks; where to cut depends on the keys alone, so equal states have equal trees
// whatever their histories. A chunk's leaf binds its key range, each key and the hash of each
// value; the root is the RFC 6962 root over the leaves. So a chunk is the piece in which a snapshot
// travels and is verified, and the one chunk whose range holds a key proves its presence or its
// absence. What a header holds, the state root, also binds the number of chunks.
//
// Kept in memory: every key and the hash of its value, in runs, and the runs in groups; copies
// share both until they differ (a copy costs one pointer per group). apply() costs one or two
// hashes per write; root() hashes the runs that changed. Not thread-safe; a copy may live on
// another thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/wire.h"
#include "ledger/sorted_keys.h"
#include "ledger/state.h"

namespace emr::ledger {

/// What a leaf is made of: a chunk without its values.
struct ChunkIndex {
  std::string start;                ///< first key that can be in it; "" for the first chunk
  std::optional<std::string> stop;  ///< first key that cannot; none for the last chunk
  std::vector<std::pair<std::string, Hash32>> entries;  ///< key, SHA-256 of the value; rising keys
};
/// The leaf hash; kData when order, range or size are not those of a chunk.
Result<Hash32> chunk_leaf(const ChunkIndex& index);

/// A chunk as it travels.
struct StateChunk {
  std::string start;
  std::optional<std::string> stop;
  std::vector<StateEntry> entries;
};
Bytes encode_chunk(const StateChunk& chunk);
/// Checks form and limits, not the range: chunk_leaf(index_of(chunk)) does.
Result<StateChunk> decode_chunk(ByteView bytes);
ChunkIndex index_of(const StateChunk& chunk);

/// What a header holds: the number of chunks and the RFC 6962 root over their leaves, hashed.
Hash32 state_root(std::uint64_t chunks, const Hash32& tree_root) noexcept;

/// Does a key begin a chunk wherever it occurs?
bool is_chunk_boundary(std::string_view key) noexcept;

class StateTree {
 public:
  StateTree();
  /// Everything that `state` shows.
  static StateTree of(const StateReader& state);

  /// Each key once; fastest in byte order of the keys.
  void apply(const std::vector<StateWrite>& writes);
  /// The state root.
  Hash32 root() const;
  /// The leaf hashes, in order.
  std::vector<Hash32> leaves() const;
  /// The first keys of the chunks, in order: chunk i holds [starts[i], starts[i + 1]).
  std::vector<std::string> starts() const;
  /// The chunk with this number; it must exist.
  ChunkIndex chunk(std::size_t number) const;
  /// The number of the one chunk that can hold the key.
  std::size_t chunk_of(std::string_view key) const;
  std::uint64_t entries() const noexcept { return entries_; }
  /// Every key, in order.
  template <class Take>
  void visit_keys(Take take) const {
    for (const GroupPtr& group : groups_) {
      for (const RunPtr& run : group->runs) {
        for (std::size_t i = 0; i < run->keys.size(); ++i) take(run->keys[i]);
      }
    }
  }

 private:
  /// The entries from one boundary key (or the very first key) to the next.
  struct Run {
    SortedKeys keys;
    std::vector<Hash32> values;
    std::vector<Hash32> leaves;  ///< of its chunks; empty: to be computed

    std::size_t chunks() const noexcept;
  };
  using RunPtr = std::shared_ptr<Run>;
  /// Neighbours, and where each one starts. Never empty.
  struct Group {
    SortedKeys starts;
    std::vector<RunPtr> runs;
  };
  using GroupPtr = std::shared_ptr<Group>;
  /// Of a run; in order.
  struct Place {
    std::size_t group = 0;
    std::size_t run = 0;

    bool operator==(const Place&) const = default;
  };

  const Run& at(Place place) const { return *groups_[place.group]->runs[place.run]; }
  std::string_view start_of(Place place) const { return groups_[place.group]->starts[place.run]; }
  bool is_end(Place place) const noexcept { return place.group == groups_.size(); }
  Place behind(Place place) const;
  std::optional<std::string_view> stop_of(Place place) const;
  bool is_in_group(std::size_t group, std::string_view key) const;
  Place place_of(std::size_t hint, std::string_view key) const;

  Group& own_group(std::size_t group);
  Run& own(Place place);
  void add_run(Place before, std::string_view start, RunPtr run);
  std::size_t join_to_run_before(Place place);
  std::size_t put(std::size_t hint, std::string_view key, const Hash32& value);
  std::size_t erase(std::size_t hint, std::string_view key);
  ChunkIndex cut(Place place, std::size_t piece) const;
  void refresh(Place place, WireWriter& scratch) const;

  std::vector<GroupPtr> groups_;
  std::uint64_t entries_ = 0;
};

}  // namespace emr::ledger
