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

namespace emr::store {

namespace {

constexpr std::array<const char*, kTableCount> kTableNames = {
    "meta",  "blocks",   "receipts", "certificates", "state",
    "votes", "sidecars", "txindex",  "content",      "handles"};
constexpr std::string_view kFormatName = "emr-store/1";

MDB_val value_of(ByteView bytes) {
  // LMDB's interface is not const-correct; it does not write through this pointer.
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
ByteView view_of(const MDB_val& value) {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

}  // namespace

Error lmdb_error(int code, std::string_view doing) {
  if (code == ENOSPC || code == EDQUOT) {
    return fail(Code::kTempFail, "the disk is full; nothing was written")
        .with_reason("disk_full")
        .with_hint("make room in the data directory's file system and start again");
  }
  return fail(Code::kIo, "cannot " + std::string(doing) + ": " + mdb_strerror(code));
}

LmdbEnv::~LmdbEnv() {
  if (env_ != nullptr) mdb_env_close(env_);
  if (lock_descriptor_ >= 0) ::close(lock_descriptor_);
}

Status LmdbEnv::open(const std::string& directory, Mode mode, const StoreOptions& options) {
  directory_ = directory;
  options_ = options;
  if (mode == Mode::kOwner) {
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail(Code::kCantCreate,
                  "cannot create the data directory: " + std::string(mdb_strerror(errno)));
    }
    EMR_TRY(lock_directory());
  }
  EMR_TRY(open_environment(mode));
  return open_tables(mode != Mode::kOwner);
}

Status LmdbEnv::open_environment(Mode mode) {
  if (const int code = mdb_env_create(&env_); code != 0) return lmdb_error(code, "open the store");
  mdb_env_set_maxdbs(env_, kTableCount);
  mdb_env_set_maxreaders(env_, kReadersMax);
  if (mode == Mode::kOwner) {
    mdb_env_set_mapsize(env_, std::min<std::size_t>(kMapBytesInitial, map_limit()));
  }
  // NOTLS: a read transaction belongs to its object, not to its thread's slot.
  unsigned flags = MDB_NOTLS;
  if (mode != Mode::kOwner) flags |= MDB_RDONLY;
  if (mode == Mode::kCopy) flags |= MDB_NOLOCK;
  if (const int code = mdb_env_open(env_, directory_.c_str(), flags, 0600); code != 0) {
    if (code == ENOENT) return fail(Code::kNoInput, "there is no store in this directory");
    return lmdb_error(code, "open the store");
  }
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
  int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, txn);
  if (code == MDB_MAP_RESIZED && mdb_env_set_mapsize(env_, 0) == 0) {
    code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, txn);
  }
  return code;
}

Status LmdbEnv::open_tables(bool read_only) {
  MDB_txn* txn = nullptr;
  int code = read_only ? begin_read(&txn) : mdb_txn_begin(env_, nullptr, 0U, &txn);
  if (code != 0) return lmdb_error(code, "read the store");
  for (std::size_t i = 0; i < kTableCount && code == 0; ++i) {
    code = mdb_dbi_open(txn, kTableNames[i], read_only ? 0U : MDB_CREATE, &tables_[i]);
  }
  MDB_val key = value_of(as_bytes("format"));
  MDB_val found{};
  if (code == 0) {
    code = mdb_get(txn, table(Table::kMeta), &key, &found);
    if (code == MDB_NOTFOUND && !read_only) {
      MDB_val name = value_of(as_bytes(kFormatName));
      code = mdb_put(txn, table(Table::kMeta), &key, &name, 0);
      found = name;
    }
  }
  const bool same_format = code == 0 && as_text(view_of(found)) == kFormatName;
  if (code != 0) {
    mdb_txn_abort(txn);
    return lmdb_error(code, "read the store");
  }
  code = mdb_txn_commit(txn);
  if (code != 0) return lmdb_error(code, "create the store");
  if (!same_format) {
    return fail(Code::kConfig, "the store has another format than this program writes")
        .with_reason("store_format");
  }
  return {};
}

Status LmdbEnv::apply(const WriteBatch& batch) {
  if (batch.empty()) return {};
  EMR_ASSIGN(const DiskUsage usage, disk_usage());
  if (usage.available_bytes < options_.reserve_bytes) return lmdb_error(ENOSPC, "write");
  // Every round either ends the call or at least adds room; a batch is bounded, so this ends.
  while (true) {
    const int code = try_apply(batch);
    if (code == 0) return {};
    if (code != MDB_MAP_FULL && code != MDB_MAP_RESIZED) return lmdb_error(code, "write");
    EMR_TRY(grow());
  }
}

int LmdbEnv::try_apply(const WriteBatch& batch) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env_, nullptr, 0, &txn); code != 0) return code;
  if (const int code = put_all(txn, batch); code != 0) {
    mdb_txn_abort(txn);
    return code;
  }
  return mdb_txn_commit(txn);  // syncs; frees the transaction whatever it returns
}

int LmdbEnv::put_all(MDB_txn* txn, const WriteBatch& batch) {
  for (const WriteBatch::Change& change : batch.changes()) {
    EMR_CHECK(!change.key.empty() && change.key.size() <= kKeyBytesMax);
    MDB_val key = value_of(change.key);
    int code = 0;
    if (change.value) {
      MDB_val value = value_of(*change.value);
      code = mdb_put(txn, table(change.table), &key, &value, 0);
    } else {
      code = mdb_del(txn, table(change.table), &key, nullptr);
      if (code == MDB_NOTFOUND) code = 0;
    }
    if (code != 0) return code;
  }
  return 0;
}

Status LmdbEnv::grow() {
  const std::unique_lock lock(growth_gate_);  // waits until no snapshot is alive
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

/// Pages ever used, less those on the free list: its records are lists of page numbers whose first
/// word is their count.
Result<MapUsage> LmdbEnv::map_usage() const {
  MDB_txn* txn = nullptr;
  if (const int code = begin_read(&txn); code != 0) return lmdb_error(code, "read the store");
  constexpr MDB_dbi kFreeList = 0;
  MDB_cursor* cursor = nullptr;
  std::uint64_t free_pages = 0;
  if (mdb_cursor_open(txn, kFreeList, &cursor) == 0) {
    MDB_val key{};
    MDB_val value{};
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
      std::size_t count = 0;
      if (value.mv_size >= sizeof count) std::memcpy(&count, value.mv_data, sizeof count);
      free_pages += count;
    }
    mdb_cursor_close(cursor);
  }
  mdb_txn_abort(txn);
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env_, &info);
  mdb_env_stat(env_, &stat);
  MapUsage usage;
  usage.free_bytes = free_pages * stat.ms_psize;
  usage.used_bytes = (info.me_last_pgno + 1) * stat.ms_psize;
  usage.used_bytes -= std::min(usage.used_bytes, usage.free_bytes);
  usage.limit_bytes = options_.limit_bytes;
  if (usage.limit_bytes > 0) {
    usage.used_percent = static_cast<unsigned>(
        std::min<std::uint64_t>(usage.used_bytes * 100 / usage.limit_bytes, 100));
  }
  return usage;
}

Status LmdbEnv::copy_to(int fd) {
  int code = mdb_env_copyfd2(env_, fd, MDB_CP_COMPACT);
  if (code == MDB_MAP_RESIZED) {  // the node has grown its map since we opened it
    mdb_env_set_mapsize(env_, 0);
    code = mdb_env_copyfd2(env_, fd, MDB_CP_COMPACT);
  }
  if (code == 0 && ::fsync(fd) != 0 && errno != EINVAL) code = errno;  // EINVAL: /dev/null
  if (code == MDB_INCOMPATIBLE) {
    return fail(Code::kIo, "the store is damaged: not every page of it can be reached")
        .with_reason("corrupt");
  }
  return code == 0 ? Status() : Status(lmdb_error(code, "copy the store"));
}

LmdbSnapshot::LmdbSnapshot(LmdbEnv& env, Kind kind) : env_(&env) {
  if (kind == Kind::kShared) {
    lock_ = std::shared_lock(env.growth_gate());
    active();  // the moment that a snapshot shows is the moment it was made
  }
}

LmdbSnapshot::~LmdbSnapshot() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

void LmdbSnapshot::release() noexcept {
  if (begun_) mdb_txn_reset(txn_);
  begun_ = false;
}

MDB_txn* LmdbSnapshot::active() const {
  if (begun_) return txn_;
  const int code = txn_ == nullptr ? env_->begin_read(&txn_) : mdb_txn_renew(txn_);
  EMR_CHECK(code == 0);  // readers are bounded by kReadersMax; anything else is a lost medium
  begun_ = true;
  return txn_;
}

std::optional<ByteView> LmdbSnapshot::get_raw(Table table, ByteView key) const {
  if (key.empty() || key.size() > kKeyBytesMax) return std::nullopt;
  MDB_val wanted = value_of(key);
  MDB_val found{};
  const int code = mdb_get(active(), env_->table(table), &wanted, &found);
  if (code == MDB_NOTFOUND) return std::nullopt;
  EMR_CHECK(code == 0);
  return view_of(found);
}

void LmdbSnapshot::visit(Table table, ByteView from,
                         const std::function<bool(ByteView, ByteView)>& visit) const {
  MDB_cursor* cursor = nullptr;
  EMR_CHECK(mdb_cursor_open(active(), env_->table(table), &cursor) == 0);
  MDB_val key = value_of(from);
  MDB_val value{};
  int code = mdb_cursor_get(cursor, &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  while (code == 0 && visit(view_of(key), view_of(value))) {
    code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
  }
  mdb_cursor_close(cursor);
  EMR_CHECK(code == 0 || code == MDB_NOTFOUND);
}

std::uint64_t LmdbSnapshot::count(Table table) const {
  MDB_stat stat{};
  EMR_CHECK(mdb_stat(active(), env_->table(table), &stat) == 0);
  return stat.ms_entries;
}

std::optional<std::string> LmdbSnapshot::get(std::string_view key) const {
  const auto raw = get_raw(Table::kState, as_bytes(key));
  if (!raw) return std::nullopt;
  return std::string(as_text(*raw));
}

std::vector<ledger::StateEntry> LmdbSnapshot::scan(std::string_view prefix, std::string_view after,
                                                   std::size_t limit) const {
  std::vector<ledger::StateEntry> entries;
  if (limit == 0) return entries;
  visit(Table::kState, as_bytes(std::max(prefix, after)), [&](ByteView key, ByteView value) {
    const std::string_view text = as_text(key);
    if (!text.starts_with(prefix)) return false;
    if (text > after || after.empty()) {
      entries.push_back({std::string(text), std::string(as_text(value))});
    }
    return entries.size() < limit;
  });
  return entries;
}

}  // namespace emr::store
