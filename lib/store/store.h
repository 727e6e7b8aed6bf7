// The durable memory of a node: one LMDB environment in one directory (FORMAT.md has the layout).
//
// Writing is one call: apply(batch) makes a whole batch durable atomically (one transaction)
// before it returns, so "a vote is durable before it is sent" and "block, certificate,
// receipts and state together or not at all" are the same mechanism. The map grows by itself.
// A batch of nothing but vote records is appended to a journal, which takes one flush of the disk
// instead of two: snapshots show such records from the next batch of another kind that holds one,
// or the next open(), on.
//
// Threads: apply(), current() and state() belong to one thread, the core's. snapshot() may be
// called from any thread; a snapshot stays on its thread, should live shortly (it delays growth of
// the map), and must not outlive the store. One process per directory: open() takes a lock file.
// Errors: kTempFail reason "disk_full" (nothing was written; stop and make room), kIo else.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/block.h"
#include "ledger/epochs.h"
#include "ledger/state.h"
#include "store/limits.h"
#include "store/write_batch.h"

namespace emr::store {

/// Meta key of a store whose vote records are lost (restored from a backup, installed from a
/// snapshot, found without them): its validator may have voted for what it does not remember, so it
/// must not vote again before the rule in lib/consensus lets it. The value is the reason, a word.
/// The store itself says "journal" when its journal of votes is not whole.
inline constexpr std::string_view kMetaRejoining = "rejoining";

/// Everything that one committed block makes durable; borrowed for the call of put_committed().
struct CommittedBlock {
  ledger::ChainTip tip;  ///< after this block
  ByteView block;        ///< ledger::encode_block
  ByteView certificate;
  std::span<const std::string> receipts;
  std::span<const Hash32> txids;  ///< in block order, same count as receipts
  std::span<const ledger::StateWrite> writes;
};
void put_committed(WriteBatch& batch, const CommittedBlock& committed);
/// A block below the tip: all of it but state and tip.
void put_old(WriteBatch& batch, const CommittedBlock& committed);
void put_tip(WriteBatch& batch, const ledger::ChainTip& tip);
/// The writes of the genesis, for an empty store.
void put_genesis(WriteBatch& batch, std::string_view genesis_json, const ledger::ChainTip& tip,
                 const std::vector<ledger::StateWrite>& writes);
void put_sidecar(WriteBatch& batch, const Hash32& txid, std::string_view sidecar);
void put_handle(WriteBatch& batch, const Hash32& handle, const Hash32& r, ByteView cid);
/// The end of an epoch, under the epoch that ended.
void put_epoch_link(WriteBatch& batch, const ledger::EpochLink& link);

struct TxPosition {
  std::uint64_t height = 0;
  std::uint32_t index = 0;
};
struct HandleTarget {
  Hash32 r{};
  Bytes cid;
};

/// A consistent view of everything as of one moment. The views returned by get_raw() die with it.
class Snapshot : public ledger::StateReader {
 public:
  /// Any record; nullopt when there is none.
  virtual std::optional<ByteView> get_raw(Table table, ByteView key) const = 0;
  /// Visits records in key order from the first key >= `from`; `visit` returns false to stop.
  virtual void visit(Table table, ByteView from,
                     const std::function<bool(ByteView key, ByteView value)>& visit) const = 0;
  /// Number of records of a table, and the bytes of its pages; cheap, the database keeps both. Of
  /// what lies over `state` and `txindex` the records do not count; the bytes are those of both.
  virtual std::uint64_t count(Table table) const = 0;
  virtual std::uint64_t bytes(Table table) const = 0;

  // Typed forms. A record that does not decode is kIo, reason "corrupt".
  bool contains(Table table, ByteView key) const { return get_raw(table, key).has_value(); }
  std::optional<std::string> genesis() const;
  Result<std::optional<ledger::ChainTip>> tip() const;  ///< nullopt: the store is empty
  std::optional<Bytes> block(std::uint64_t height) const;
  std::optional<Bytes> certificate(std::uint64_t height) const;
  Result<std::vector<std::string>> receipts(std::uint64_t height) const;
  Result<std::optional<TxPosition>> position(const Hash32& txid) const;
  std::optional<std::string> sidecar(const Hash32& txid) const;
  Result<std::optional<HandleTarget>> handle(const Hash32& handle) const;
  /// The ends of all epochs before this one, in order: what proves its validators.
  Result<std::vector<ledger::EpochLink>> epoch_links(std::uint64_t epoch,
                                                     std::uint64_t first = 0) const;
};

struct DiskUsage {
  std::uint64_t store_bytes = 0;      ///< the data file
  std::uint64_t available_bytes = 0;  ///< left for us on its file system
  unsigned used_percent = 0;          ///< of the file system
};

/// A view that is kept for long (a snapshot that peers fetch), on any thread, one reader at a time.
/// The store takes it away when its map must grow. Must not outlive the store.
class PinnedView {
 public:
  virtual ~PinnedView() = default;
  /// False: the view is gone, and `read` was not called.
  virtual bool with(const std::function<void(const Snapshot&)>& read) = 0;
};

/// What the store itself holds, without what it could use again.
struct MapUsage {
  std::uint64_t used_bytes = 0;
  std::uint64_t free_bytes = 0;   ///< in the data file, reused before it grows
  std::uint64_t limit_bytes = 0;  ///< configured; 0: none
  unsigned used_percent = 0;      ///< of the limit
};

struct StoreOptions {
  std::uint64_t reserve_bytes = kDiskReserveBytes;  ///< of the file system, left free
  std::uint64_t limit_bytes = 0;                    ///< of the data file; 0: the disk is the limit
};

class Store {
 public:
  /// Creates or opens `directory` (mode 0700). kTempFail "locked" when another process has it.
  static Result<std::unique_ptr<Store>> open(const std::string& directory,
                                             const StoreOptions& options = {});
  /// Opens a directory that a running node may have open, as one more reader: sees a consistent
  /// state, changes nothing, holds the node up by nothing. kNoInput when there is no store.
  static Result<std::unique_ptr<Store>> open_beside(const std::string& directory);
  /// Opens a directory, or a copy of one, without writing a byte to it: for offline verification.
  static Result<std::unique_ptr<Store>> open_copy(const std::string& directory);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Makes the batch durable, or changes nothing.
  Status apply(const WriteBatch& batch, Durability durability = Durability::kFull);
  /// What was applied as kRepeatable is as safe as everything else when this returns.
  Status sync();
  /// Everything as of the last apply(), for the owning thread only and without the cost of a new
  /// transaction. Raw views obtained from it die with the next apply().
  const Snapshot& current() const noexcept;
  const ledger::StateReader& state() const noexcept { return current(); }
  std::unique_ptr<Snapshot> snapshot() const;
  /// Everything as of the last apply(), for as long as the store can give it: pages that were
  /// replaced since then cannot be used again, so the owner lets go when too much has changed.
  std::shared_ptr<PinnedView> pin() const;
  Result<DiskUsage> disk_usage() const;
  /// Walks the free list: for reports, not for every write.
  Result<MapUsage> map_usage() const;
  /// Clears the places of readers whose process died: they keep old pages from being used again.
  void forget_dead_readers();
  /// Writes a consistent copy of everything as of now, without free pages, to `fd`, and syncs it.
  Status copy_to(int fd) const;

 private:
  class Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// u64 heights as keys: big-endian, so that byte order is numeric order.
Bytes height_key(std::uint64_t height);
std::optional<std::uint64_t> height_of_key(ByteView key);

}  // namespace emr::store
