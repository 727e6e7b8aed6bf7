#include "store/lmdb_env.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

namespace emr::store {

namespace {

constexpr std::array<const char*, kTableCount> kTableNames = {
    "meta",  "blocks",   "receipts", "certificates", "state",
    "votes", "sidecars", "txindex",  "content",      "handles",
    "stage", "memlog"};
/// Meta key: present when "stage" holds the state and "state" the stage.
constexpr std::string_view kSwappedKey = "state-in-stage";
constexpr std::string_view kFormatName = "emr-store/2";

/// The name comes out of a file: no more of it is told than is a name.
Error other_format(std::string_view found) {
  const bool is_name = found.starts_with("emr-store/") && found.size() < 16;
  return fail(Code::kConfig, "the store has the format " +
                                 std::string(is_name ? found : "of another program") +
                                 ", this program writes " + std::string(kFormatName))
      .with_reason("store_format")
      .with_hint("give the node an empty data directory: it fetches the ledger from the others "
                 "(OPERATING.md)");
}

}  // namespace

LmdbEnv::~LmdbEnv() {
  if (!journaled_.empty()) (void)write({}, Durability::kFull, true);  // they are in the journal
  if (env_ != nullptr && is_owner_) mdb_env_sync(env_, 1);
  if (env_ != nullptr) mdb_env_close(env_);
  if (watches_lock_file_) forget_lock_file();
  if (lock_descriptor_ >= 0) ::close(lock_descriptor_);
}

Status LmdbEnv::open(const std::string& directory, Mode mode, const StoreOptions& options) {
  directory_ = directory;
  is_owner_ = mode == Mode::kOwner;
  options_ = options;
  if (mode == Mode::kOwner) {
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail(Code::kCantCreate,
                  "cannot create the data directory: " + std::string(mdb_strerror(errno)));
    }
    EMR_TRY(lock_directory());
  }
  EMR_TRY(open_environment(mode));
  EMR_TRY(open_tables(mode != Mode::kOwner));
  if (mode != Mode::kOwner) return {};
  EMR_TRY(open_memtable());
  return open_journal();
}

Status LmdbEnv::open_environment(Mode mode) {
  watch_for_damage();
  const ReadGuard guard;
  if (const int code = mdb_env_create(&env_); code != 0) return lmdb_error(code, "open the store");
  mdb_env_set_assert(env_, [](MDB_env*, const char*) { stop_damaged(); });
  mdb_env_set_maxdbs(env_, kTableCount);
  mdb_env_set_maxreaders(env_, kReadersMax);
  if (mode == Mode::kOwner) {
    mdb_env_set_mapsize(env_, std::min<std::size_t>(kMapBytesInitial, map_limit()));
  }
  // NOTLS: a read transaction belongs to its object, not to its thread's slot.
  unsigned flags = MDB_NOTLS;
  if (mode != Mode::kOwner) flags |= MDB_RDONLY;
  if (mode == Mode::kCopy) flags |= MDB_NOLOCK;
  if (mode == Mode::kBeside && is_lock_file_short(directory_)) return lock_damaged();
  if (const int code = mdb_env_open(env_, directory_.c_str(), flags, 0600); code != 0) {
    if (code == ENOENT) return fail(Code::kNoInput, "there is no store in this directory");
    mdb_env_close(std::exchange(env_, nullptr));
    const bool of_lock = mode != Mode::kCopy &&
                         (code == MDB_INVALID || code == MDB_VERSION_MISMATCH) &&
                         opens_without_lock(directory_);
    return of_lock ? lock_damaged() : lmdb_error(code, "open the store");
  }
  find_map();
  watches_lock_file_ = mode != Mode::kCopy;
  if (watches_lock_file_) watch_lock_file(directory_ + "/lock.mdb");
  EMR_TRY(check_size());
  if (mode == Mode::kOwner) {
    int dead = 0;  // of a backup that was killed: they would keep old pages alive for ever
    mdb_reader_check(env_, &dead);
  }
  return {};
}

/// LMDB itself would let two nodes share an environment; two replicas with one vote key must not.
Status LmdbEnv::lock_directory() {
  const std::string path = directory_ + "/LOCK";
  lock_descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_descriptor_ < 0) return lmdb_error(errno, "create the lock file");
  if (::flock(lock_descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::kTempFail, "another process is using this data directory")
        .with_reason("locked")
        .with_hint("stop the other node first; one directory is one replica");
  }
  // For whoever wants to stop us; the lock itself is the flock, not this text.
  const std::string owner = std::to_string(::getpid()) + "\n";
  // A full disk may refuse it; the node works without.
  [[maybe_unused]] const bool told = ::ftruncate(lock_descriptor_, 0) == 0 &&
                                     ::pwrite(lock_descriptor_, owner.data(), owner.size(), 0) > 0;
  return {};
}

/// A process beside the node follows when the node has grown its map; in the node itself this
/// cannot happen, because it is the only one that grows it.
int LmdbEnv::begin_read(MDB_txn** txn) const {
  const ReadGuard guard;
  int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, txn);
  if (code == MDB_MAP_RESIZED && mdb_env_set_mapsize(env_, 0) == 0) {
    find_map();
    code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, txn);
  }
  return code;
}

/// In the table of settings, which is open; a new store gets ours.
int LmdbEnv::read_format(MDB_txn* txn, bool read_only, std::string& format) const {
  MDB_val key = value_of(as_bytes("format"));
  MDB_val found{};
  int code = mdb_get(txn, table(Table::kMeta, false), &key, &found);
  if (code == MDB_NOTFOUND && !read_only) {
    found = value_of(as_bytes(kFormatName));
    code = mdb_put(txn, table(Table::kMeta, false), &key, &found, 0);
  }
  if (code == 0) format = as_text(view_of(found));
  return code;
}

/// The format first: a store of another one has other tables.
Status LmdbEnv::open_tables(bool read_only) {
  const ReadGuard guard;
  MDB_txn* txn = nullptr;
  int code = read_only ? begin_read(&txn) : mdb_txn_begin(env_, nullptr, 0U, &txn);
  if (code != 0) return lmdb_error(code, "read the store");
  std::string format(kFormatName);
  for (std::size_t i = 0; i < kTableCount && code == 0 && format == kFormatName; ++i) {
    code = mdb_dbi_open(txn, kTableNames[i], read_only ? 0U : MDB_CREATE, &tables_[i]);
    if (code == 0 && i == 0) code = read_format(txn, read_only, format);
  }
  if (code != 0 || format != kFormatName) {
    mdb_txn_abort(txn);
    if (code == 0) return other_format(format);
    if (code == MDB_NOTFOUND) return damaged("a table is missing");
    return lmdb_error(code, "read the store");
  }
  code = mdb_txn_commit(txn);
  return code == 0 ? Status() : Status(lmdb_error(code, "create the store"));
}

/// What the commit before lacks of its flush comes first: nothing may be forgotten of a height
/// while its commit can be taken back (PROTOCOL.md, The replica).
Status LmdbEnv::apply(const WriteBatch& batch, Durability durability) {
  if (batch.empty()) return {};
  EMR_ASSIGN(const DiskUsage usage, disk_usage());
  if (usage.available_bytes < options_.reserve_bytes) return lmdb_error(ENOSPC, "write");
  if (!is_of_votes(batch) || !journal_->has_room(batch)) {
    return write(batch, durability, has_votes(batch));
  }
  if (!is_synced_) EMR_TRY(sync());
  EMR_TRY(journal_->append(batch));
  remember(batch);
  return {};
}

/// `merges`: together with everything that only the journal holds.
Status LmdbEnv::write(const WriteBatch& batch, Durability durability, bool merges) {
  const bool is_repeatable = durability == Durability::kRepeatable && !merges;
  // The pages are flushed either way, so that the file is whole at every instant; what is left out
  // is the second flush, of the page that makes the new tree the current one.
  // (LMDB 0.9 heeds this flag of the environment only, not one of the transaction.)
  mdb_env_set_flags(env_, MDB_NOMETASYNC, is_repeatable ? 1 : 0);
  const std::optional<MemStep> step = step_of(batch);
  // Every round either ends the call or at least adds room; a batch is bounded, so this ends.
  int code = 0;
  while ((code = try_apply(batch, step ? &*step : nullptr, merges)) != 0) {
    if (code != MDB_MAP_FULL && code != MDB_MAP_RESIZED) return lmdb_error(code, "write");
    EMR_TRY(grow());
  }
  is_synced_ = !is_repeatable;
  if (!merges) return {};
  journaled_.clear();
  journal_->restart();
  return {};
}

Status LmdbEnv::sync() {
  if (const int code = mdb_env_sync(env_, 1); code != 0) return lmdb_error(code, "write");
  is_synced_ = true;
  return {};
}

int LmdbEnv::try_apply(const WriteBatch& batch, const MemStep* step, bool merges) {
  const ReadGuard guard;
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env_, nullptr, 0, &txn); code != 0) return code;
  if (const int code = put_all(txn, batch, step, merges); code != 0) {
    mdb_txn_abort(txn);
    return code;
  }
  const std::size_t number = mdb_txn_id(txn);
  if (step != nullptr) announce(number, step->next);
  const int code = mdb_txn_commit(txn);  // syncs; frees the transaction whatever it returns
  if (step != nullptr) settle_versions(number, code == 0);
  return code;
}

MDB_dbi LmdbEnv::table(Table which, bool swapped) const noexcept {
  if (swapped && which == Table::kState) which = Table::kStage;
  else if (swapped && which == Table::kStage) which = Table::kState;
  return tables_[static_cast<std::size_t>(which)];
}

Result<bool> LmdbEnv::is_swapped(MDB_txn* txn) const {
  const ReadGuard guard;
  MDB_val key = value_of(as_bytes(kSwappedKey));
  MDB_val found{};
  const int code = mdb_get(txn, table(Table::kMeta, false), &key, &found);
  if (code == MDB_NOTFOUND) return false;
  if (code != 0) return lmdb_error(code, "read the store");
  return true;
}

/// Writes changes one after the other. The cursor stays where the change before was made: batches
/// bring most keys in order, and neighbours share the way from the root of the tree.
class LmdbEnv::Writer {
 public:
  explicit Writer(MDB_txn* txn) : txn_(txn) {}
  ~Writer() { close(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  int put(MDB_dbi into, const WriteBatch::Change& change) {
    EMR_CHECK(!change.key.empty() && change.key.size() <= kKeyBytesMax);
    MDB_val key = value_of(change.key);
    if (!change.value) {
      const int code = mdb_del(txn_, into, &key, nullptr);
      return code == MDB_NOTFOUND ? 0 : code;
    }
    if (cursor_ == nullptr || into != table_) {
      close();
      if (const int code = mdb_cursor_open(txn_, into, &cursor_); code != 0) return code;
      table_ = into;
    }
    MDB_val value = value_of(*change.value);
    return mdb_cursor_put(cursor_, &key, &value, 0);
  }

 private:
  void close() {
    if (cursor_ != nullptr) mdb_cursor_close(cursor_);
    cursor_ = nullptr;
  }

  MDB_txn* txn_;
  MDB_cursor* cursor_ = nullptr;
  MDB_dbi table_ = 0;
};

/// Before the batch's own changes, which are younger.
int LmdbEnv::put_journaled(Writer& writer) {
  for (const auto& [key, value] : journaled_) {
    const int code = writer.put(table(Table::kVotes, false), {Table::kVotes, key, ByteView(value)});
    if (code != 0) return code;
  }
  const Bytes last = height_key(journal_->last());
  return writer.put(table(Table::kMeta, false),
                    {Table::kMeta, as_bytes(kMergedKey), ByteView(last)});
}

int LmdbEnv::put_all(MDB_txn* txn, const WriteBatch& batch, const MemStep* step, bool merges) {
  const auto swapped = is_swapped(txn);
  if (!swapped) return EIO;
  if (batch.clears_stage()) {
    const int code = mdb_drop(txn, table(Table::kStage, *swapped), 0);
    if (code != 0) return code;
  }
  {
    Writer writer(txn);
    if (const int code = merges ? put_journaled(writer) : 0; code != 0) return code;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const WriteBatch::Change change = batch.change(i);
      if (is_gathered(change.table)) continue;
      const int code = writer.put(table(change.table, *swapped), change);
      if (code != 0) return code;
    }
    if (const int code = step ? put_step(writer, *step, *swapped) : 0; code != 0) return code;
  }
  if (const int code = step ? put_log(txn, *step) : 0; code != 0) return code;
  if (!batch.installs_stage()) return 0;
  const int code = mdb_drop(txn, table(Table::kState, *swapped), 0);
  if (code != 0) return code;
  WriteBatch::Change role{Table::kMeta, as_bytes(kSwappedKey), std::nullopt};
  if (!*swapped) role.value = as_bytes("1");
  return Writer(txn).put(table(Table::kMeta, false), role);
}

/// What does not wait in the memtable and what that settles, into the trees.
int LmdbEnv::put_step(Writer& writer, const MemStep& step, bool swapped) {
  for (const WriteBatch::Change& change : step.direct) {
    const int code = writer.put(table(change.table, swapped), change);
    if (code != 0) return code;
  }
  for (const MemEntry& entry : step.settled) {
    WriteBatch::Change change{entry.table, entry.key(), std::nullopt};
    if (!entry.erased) change.value = entry.value();
    const int code = writer.put(table(entry.table, swapped), change);
    if (code != 0) return code;
  }
  return 0;
}

Status LmdbEnv::grow() {
  const std::unique_lock lock(growth_gate_);  // waits until no snapshot is alive
  {
    const std::lock_guard pins(pins_lock_);
    for (const auto& weak : pins_) {
      if (const auto pin = weak.lock()) pin->let_go();
    }
    pins_.clear();
  }
  MDB_envinfo info{};
  mdb_env_info(env_, &info);
  const std::size_t step = std::min(info.me_mapsize, kMapGrowthBytesMax);
  const std::size_t limit = map_limit();
  if (info.me_mapsize >= limit) {
    return fail(Code::kTempFail, "the store has reached its configured limit; nothing was written")
        .with_reason("disk_full")
        .with_hint("raise storeLimitBytes in node.json, or prune, and start again");
  }
  const std::size_t next = std::min(info.me_mapsize + step, limit);
  const int code = mdb_env_set_mapsize(env_, next);
  if (code != 0) return lmdb_error(code, "grow the store's map");
  find_map();
  return {};
}

Result<DiskUsage> LmdbEnv::disk_usage() const {
  struct statvfs disk {};
  if (::statvfs(directory_.c_str(), &disk) != 0) return lmdb_error(errno, "look at the disk");
  struct stat file {};
  const std::string path = directory_ + "/data.mdb";
  if (::stat(path.c_str(), &file) != 0) return lmdb_error(errno, "look at the data file");
  DiskUsage usage;
  usage.store_bytes = static_cast<std::uint64_t>(file.st_size);
  usage.available_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const std::uint64_t total =
      std::max<std::uint64_t>(std::uint64_t{disk.f_blocks} * disk.f_frsize, 1);
  usage.used_percent = static_cast<unsigned>(
      100 - std::min<std::uint64_t>(usage.available_bytes * 100 / total, 100));
  return usage;
}

/// The most the map may grow to, in whole pages (LMDB rounds down to them itself).
std::size_t LmdbEnv::map_limit() const noexcept {
  const std::uint64_t limit = options_.limit_bytes == 0 ? UINT64_MAX / 2 : options_.limit_bytes;
  return static_cast<std::size_t>(std::max<std::uint64_t>(limit, kMapBytesLeast));
}

}  // namespace emr::store
