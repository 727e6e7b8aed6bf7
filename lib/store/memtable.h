// What the trees of `state` and `txindex` do not hold yet (private to lib/store; FORMAT.md, The
// memtable). Keys of these tables come in no order: alone, a change of a hundred bytes costs a page
// of its own, copied and written. So the changes of a batch are logged in one piece and gather
// here, and each batch takes a slice of them into the trees: neighbours, which share their pages.
// (The rolling merge of the LSM-tree, O'Neil et al. 1996, with LMDB as its component on disk.)
// Neighbours that come together share their pages as they are: they go into the trees at once, and
// the log only says so, because an older log may still hold what their keys had before.
// Runs of batches are joined by eights, and four of those with all that waits: an entry is moved a
// few times only, however many wait.
//
// A Memtable is a version: immutable, shared by all views of one moment, readable from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/key_filter.h"
#include "base/result.h"
#include "store/write_batch.h"

namespace emr::store {

/// Do changes of this table gather in the memtable?
constexpr bool is_gathered(Table table) noexcept {
  return table == Table::kTxIndex || table == Table::kState;
}

/// The youngest change of one key. Its bytes lie in the log of its batch.
struct MemEntry {
  const std::uint8_t* at = nullptr;  ///< of the key; the value stands behind it
  std::uint64_t batch = 0;
  std::uint64_t hash = 0;  ///< of the key: filters are made without a look at it
  std::uint32_t value_size = 0;
  std::uint16_t key_size = 0;
  Table table = Table::kState;
  bool erased : 1 = false;
  bool in_tree : 1 = false;  ///< a mark, while logs are read: what older ones say counts no more

  ByteView key() const noexcept { return {at, key_size}; }
  ByteView value() const noexcept { return {at + key_size, value_size}; }
};
static_assert(sizeof(MemEntry) == 32, "hundreds of thousands wait");

/// What a batch changed, as it is logged.
struct MemLog {
  std::uint64_t number = 0;  ///< of the batch
  Bytes bytes;
};

/// Entries in order, one a key, and the logs they lie in: of one batch, or of several merged.
struct MemRun {
  std::vector<MemEntry> entries;
  KeyFilter filter{0};
  std::vector<std::shared_ptr<const MemLog>> logs;

  const MemEntry* find(Table table, ByteView key, std::size_t hash) const noexcept;
};
using MemRunPtr = std::shared_ptr<const MemRun>;

struct MemStep;

class Memtable {
 public:
  /// The version after a batch that has changes of gathered tables; `settle_all` leaves nothing.
  MemStep after(const WriteBatch& batch, bool settle_all) const;
  /// The version after the logged batch `number`, whose log this is, at the start of a process.
  /// kData when it is no log, or not the one that follows.
  Status add_logged(std::uint64_t number, Bytes log);
  /// After the last of them, before anything else.
  void end_logs();

  bool empty() const noexcept { return merged_->entries.empty() && young_.empty(); }
  /// The youngest change of a key; null when the tree has the word.
  const MemEntry* find(Table table, ByteView key) const noexcept;

  /// Goes through the youngest changes of a table in order, from the first key >= `from` on.
  class Cursor {
   public:
    Cursor(const Memtable& memtable, Table table, ByteView from);
    const MemEntry* get() const noexcept { return now_; }
    void next();

   private:
    void choose() noexcept;
    struct Range {
      const MemEntry* at;
      const MemEntry* stop;
    };
    std::vector<Range> ranges_;  ///< the youngest first
    const MemEntry* now_ = nullptr;
  };

 private:
  struct Batch {
    std::uint64_t number = 0;
    std::size_t live = 0;  ///< entries that are neither settled nor replaced
    std::size_t bytes = 0;
  };

  Bytes split(const WriteBatch& batch, std::vector<WriteBatch::Change>& direct) const;
  void add(MemRunPtr run);
  void join(std::span<const MemEntry> older, std::span<const MemEntry> younger,
            std::vector<MemEntry>& all);
  std::vector<MemEntry> join(std::span<const MemRunPtr> runs);
  MemRunPtr joined(std::span<const MemRunPtr> runs);
  void join_fresh();
  void merge();
  void begin_round();
  void count_off(const MemEntry& entry) noexcept;
  std::span<const MemEntry> settle(std::size_t count);
  std::size_t waiting() const noexcept;
  std::size_t bytes() const noexcept;
  std::size_t slices() const noexcept;

  MemRunPtr merged_ = std::make_shared<const MemRun>();
  std::size_t settled_first_ = 0;  ///< of merged_: what the trees hold, until the next merge
  std::size_t settled_last_ = 0;
  std::vector<MemRunPtr> young_;  ///< younger than merged_, in order: joined ones, then fresh ones
  std::size_t fresh_ = 0;         ///< so many of young_, its last ones, are of one batch each
  std::vector<Batch> batches_;    ///< those still logged, in order
  std::uint64_t last_ = 0;        ///< number of the youngest batch
};

/// What one batch does to the memtable, the log and the trees.
struct MemStep {
  std::shared_ptr<const Memtable> next;
  std::uint64_t number = 0;     ///< of the batch
  std::vector<WriteBatch::Change> direct;  ///< views into the batch: into the trees at once
  MemRunPtr run;                ///< its log is to be kept under that number, unless all settles
  std::uint64_t first_kept = 0; ///< logs of the batches before this one go
  MemRunPtr source;             ///< where `settled` lies
  std::span<const MemEntry> settled;  ///< go into the trees, in key order
};

}  // namespace emr::store
