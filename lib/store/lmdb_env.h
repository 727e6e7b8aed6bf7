// The LMDB environment (private to lib/store): opening, the lock file, growth of the map, and
// readers. LMDB's rules that shape it: the map may only be resized while this process has no open
// transaction, hence readers hold `growth_lock` shared for as long as they live; and a handle of
// a named database must be opened once, hence all of them are opened at the start.
#pragma once

#include <lmdb.h>

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>  // std::shared_lock
#include <string>
#include <vector>

#include "store/damage.h"
#include "store/growth_gate.h"
#include "store/memtable.h"
#include "store/store.h"
#include "store/vote_journal.h"

namespace emr::store {

/// Meta key: the number of the journal's last batch that is in the table of votes.
inline constexpr std::string_view kMergedKey = "votes-merged";

/// Does LMDB complain about the file rather than about the call?
bool is_damage(int code) noexcept;
/// Text of an LMDB or errno code, as an Error of the right kind.
Error lmdb_error(int code, std::string_view doing);

/// Is there a lock file that LMDB could not open beside others?
bool is_lock_file_short(const std::string& directory);
/// Is it not the data that LMDB did not know? Nothing in this process may have the store open.
bool opens_without_lock(const std::string& directory);

/// Between our views and LMDB's. Its interface is not const-correct; it does not write through the
/// pointer.
inline MDB_val value_of(ByteView bytes) {
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
inline ByteView view_of(const MDB_val& value) {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

class LmdbPin;

class LmdbEnv {
 public:
  LmdbEnv() = default;
  ~LmdbEnv();
  LmdbEnv(const LmdbEnv&) = delete;
  LmdbEnv& operator=(const LmdbEnv&) = delete;

  /// How an environment is opened: by its node; as a copy that nobody writes to (not a byte is
  /// written); or beside the node that owns it, as one more reader in LMDB's reader table.
  enum class Mode { kOwner, kCopy, kBeside };
  Status open(const std::string& directory, Mode mode, const StoreOptions& options = {});
  /// One durable transaction. No reader of the calling thread may be active.
  Status apply(const WriteBatch& batch, Durability durability);
  Status sync();
  Result<DiskUsage> disk_usage() const;
  Result<MapUsage> map_usage() const;
  /// A consistent, compacted copy to a descriptor, synced.
  Status copy_to(int fd);

  int begin_read(MDB_txn** txn) const;
  /// Can these bytes, which LMDB says stand in the file, be read? Ends the process otherwise.
  ByteView checked(const MDB_val& value) const {
    if (!map_.holds(view_of(value))) stop_damaged();
    return view_of(value);
  }
  MDB_env* handle() const noexcept { return env_; }
  /// State and stage are two databases that change their roles; `swapped` as the transaction sees
  /// it.
  MDB_dbi table(Table which, bool swapped) const noexcept;
  Result<bool> is_swapped(MDB_txn* txn) const;
  /// Begins or renews a read transaction, with the version of the memtable that belongs to it.
  int begin_view(MDB_txn** txn, std::shared_ptr<const Memtable>& memtable) const;
  std::shared_ptr<PinnedView> pin();
  GrowthGate& growth_gate() noexcept { return growth_gate_; }

 private:
  Status lock_directory();
  Status open_environment(Mode mode);
  int begin_counted(MDB_txn** txn, std::size_t* pages) const;
  Status check_size() const;
  Status check_pages() const;
  void find_map() const;
  Status open_tables(bool read_only);
  int read_format(MDB_txn* txn, bool read_only, std::string& format) const;
  Status open_journal();
  Result<std::optional<std::uint64_t>> merged_votes() const;
  Status forget_votes();
  void remember(const WriteBatch& votes);
  Status write(const WriteBatch& batch, Durability durability, bool merges);
  int try_apply(const WriteBatch& batch, const MemStep* step, bool merges);
  int put_all(MDB_txn* txn, const WriteBatch& batch, const MemStep* step, bool merges);
  class Writer;
  int put_journaled(Writer& writer);
  int put_step(Writer& writer, const MemStep& step, bool swapped);
  int put_log(MDB_txn* txn, const MemStep& step);
  void announce(std::size_t number, std::shared_ptr<const Memtable> version) const;
  void settle_versions(std::size_t number, bool is_committed) const;
  std::optional<MemStep> step_of(const WriteBatch& batch) const;
  Status open_memtable();
  Result<std::shared_ptr<const Memtable>> read_memtable(MDB_txn* txn) const;
  std::shared_ptr<const Memtable> memtable_of(MDB_txn* txn) const;
  std::shared_ptr<const Memtable> newest_memtable() const;
  Status grow();
  std::size_t map_limit() const noexcept;

  std::string directory_;
  bool is_owner_ = false;
  bool watches_lock_file_ = false;
  MDB_env* env_ = nullptr;
  mutable MappedRange map_;
  std::array<MDB_dbi, kTableCount> tables_{};
  GrowthGate growth_gate_;
  /// The owner's versions by the first transaction that shows them; two during a commit.
  mutable std::map<std::size_t, std::shared_ptr<const Memtable>> memtables_;
  mutable std::mutex memtables_lock_;
  std::mutex pins_lock_;
  std::vector<std::weak_ptr<LmdbPin>> pins_;
  int lock_descriptor_ = -1;
  bool is_synced_ = true;  ///< no power cut can take what was written last
  std::unique_ptr<VoteJournal> journal_;  ///< the owner's
  std::map<Bytes, Bytes> journaled_;      ///< vote records that only the journal holds
  StoreOptions options_;
};

/// A read transaction as Snapshot. kOwner: the owner thread's long-lived view, which begins
/// at the first read after each release() and is not counted as a reader between them.
class LmdbSnapshot final : public Snapshot {
 public:
  enum class Kind { kShared, kOwner, kPinned };
  LmdbSnapshot(LmdbEnv& env, Kind kind);
  ~LmdbSnapshot() override;
  LmdbSnapshot(const LmdbSnapshot&) = delete;
  LmdbSnapshot& operator=(const LmdbSnapshot&) = delete;

  /// Owner kind only: the next read sees what was committed meanwhile.
  void release() noexcept;

  std::optional<ByteView> get_raw(Table table, ByteView key) const override;
  void visit(Table table, ByteView from,
             const std::function<bool(ByteView, ByteView)>& visit) const override;
  std::uint64_t count(Table table) const override;
  std::uint64_t bytes(Table table) const override;
  std::optional<std::string> get(std::string_view key) const override;
  std::vector<ledger::StateEntry> scan(std::string_view prefix, std::string_view after,
                                       std::size_t limit) const override;

 private:
  MDB_txn* active() const;
  void visit_tree(Table table, ByteView from,
                  const std::function<bool(ByteView, ByteView)>& visit) const;

  LmdbEnv* env_;
  std::shared_lock<GrowthGate> lock_;
  mutable MDB_txn* txn_ = nullptr;
  mutable bool begun_ = false;
  mutable bool swapped_ = false;
  mutable std::shared_ptr<const Memtable> memtable_;
};

/// A pinned view: its transaction lives outside the growth lock, and growing ends it.
class LmdbPin final : public PinnedView {
 public:
  explicit LmdbPin(LmdbEnv& env);
  bool with(const std::function<void(const Snapshot&)>& read) override;
  /// The growth lock is held alone.
  void let_go();

 private:
  LmdbEnv* env_;
  std::mutex lock_;
  std::optional<LmdbSnapshot> view_;
};

}  // namespace emr::store
