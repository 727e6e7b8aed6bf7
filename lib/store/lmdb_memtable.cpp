// The memtable in its database: its log, and which version belongs to which transaction.
#include "store/lmdb_env.h"

namespace emr::store {

namespace {

/// Of a piece of the log: u64 number of the batch, u16 number of the piece.
constexpr std::size_t kLogKeyBytes = sizeof(std::uint64_t) + sizeof(std::uint16_t);

Bytes log_key(std::uint64_t number, std::size_t piece) {
  Bytes key = height_key(number);
  key.push_back(static_cast<std::uint8_t>(piece >> 8));
  key.push_back(static_cast<std::uint8_t>(piece));
  return key;
}

std::optional<std::uint64_t> number_of(ByteView key) {
  if (key.size() != kLogKeyBytes) return std::nullopt;
  return height_of_key(key.first(sizeof(std::uint64_t)));
}

std::size_t piece_of(ByteView key) {
  return std::size_t{key[kLogKeyBytes - 2]} << 8 | key[kLogKeyBytes - 1];
}

}  // namespace

/// Who installs the stage replaces the state: nothing of the old one may lie over the new one.
std::optional<MemStep> LmdbEnv::step_of(const WriteBatch& batch) const {
  bool has_gathered = batch.installs_stage();
  for (std::size_t i = 0; i < batch.size() && !has_gathered; ++i) {
    has_gathered = is_gathered(batch.change(i).table);
  }
  if (!has_gathered) return std::nullopt;
  return newest_memtable()->after(batch, batch.installs_stage());
}

std::shared_ptr<const Memtable> LmdbEnv::newest_memtable() const {
  const std::lock_guard lock(memtables_lock_);
  return memtables_.rbegin()->second;
}

int LmdbEnv::put_log(MDB_txn* txn, const MemStep& step) {
  MDB_cursor* cursor = nullptr;
  int code = mdb_cursor_open(txn, table(Table::kMemlog, false), &cursor);
  const ByteView log(step.run->logs.front()->bytes);
  const bool is_kept = step.number >= step.first_kept;
  for (std::size_t at = 0; code == 0 && is_kept && at <= log.size(); at += kLogPieceBytes) {
    const std::size_t piece = at / kLogPieceBytes;
    EMR_CHECK(piece <= UINT16_MAX);
    const Bytes name = log_key(step.number, piece);
    MDB_val key = value_of(name);
    MDB_val value = value_of(log.subspan(at, std::min(kLogPieceBytes, log.size() - at)));
    code = mdb_cursor_put(cursor, &key, &value, MDB_APPEND);
  }
  while (code == 0) {
    MDB_val key{};
    MDB_val value{};
    code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    const auto number = code == 0 ? number_of(view_of(key)) : std::nullopt;
    if (!number || *number >= step.first_kept) break;
    code = mdb_cursor_del(cursor, 0);
  }
  if (cursor != nullptr) mdb_cursor_close(cursor);
  return code == MDB_NOTFOUND ? 0 : code;
}

Result<std::shared_ptr<const Memtable>> LmdbEnv::read_memtable(MDB_txn* txn) const {
  const ReadGuard guard;
  MDB_cursor* cursor = nullptr;
  int code = mdb_cursor_open(txn, table(Table::kMemlog, false), &cursor);
  if (code != 0) return lmdb_error(code, "read the store");
  auto memtable = std::make_shared<Memtable>();
  std::optional<std::uint64_t> number;
  Bytes log;
  bool is_whole = true;  // a piece that is shorter than the others ends it
  bool is_good = true;
  const auto add = [&] {
    is_good = is_good && is_whole &&
              (!number || memtable->add_logged(*number, std::exchange(log, {})).ok());
  };
  MDB_val key{};
  MDB_val value{};
  while (is_good && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
    const auto next = number_of(checked(key));
    is_good = next.has_value();
    if (is_good && next != number) add();
    number = next;
    is_good = is_good && piece_of(view_of(key)) * kLogPieceBytes == log.size();
    is_whole = value.mv_size < kLogPieceBytes;
    append(log, checked(value));
  }
  mdb_cursor_close(cursor);
  if (is_good && code != MDB_NOTFOUND) return lmdb_error(code, "read the store");
  add();
  if (!is_good) return damaged("the log of its latest changes cannot be read");
  memtable->end_logs();
  return std::shared_ptr<const Memtable>(std::move(memtable));
}

Status LmdbEnv::open_memtable() {
  MDB_txn* txn = nullptr;
  if (const int code = begin_read(&txn); code != 0) return lmdb_error(code, "read the store");
  auto memtable = read_memtable(txn);
  const std::size_t number = mdb_txn_id(txn);
  mdb_txn_abort(txn);
  if (!memtable) return std::move(memtable).error();
  announce(number, *std::move(memtable));
  return {};
}

/// From now on transactions that show this commit find the version, should it succeed.
void LmdbEnv::announce(std::size_t number, std::shared_ptr<const Memtable> version) const {
  const std::lock_guard lock(memtables_lock_);
  memtables_[number] = std::move(version);
}

/// Nobody begins a transaction of before a commit after it.
void LmdbEnv::settle_versions(std::size_t number, bool is_committed) const {
  const std::lock_guard lock(memtables_lock_);
  const auto version = memtables_.find(number);
  if (is_committed) {
    memtables_.erase(memtables_.begin(), version);
  } else {
    memtables_.erase(version);
  }
}

/// The owner has made each version itself; others read it with the log, for each view anew: LMDB
/// takes the number of a transaction first and its roots after it, so beside a node that commits
/// meanwhile a transaction may show more than its number says. (The owner's commits with changes
/// of the memtable wait for the lock that is held here.)
std::shared_ptr<const Memtable> LmdbEnv::memtable_of(MDB_txn* txn) const {
  if (is_owner_) return std::prev(memtables_.upper_bound(mdb_txn_id(txn)))->second;
  auto memtable = read_memtable(txn);
  if (!memtable) stop_damaged();
  return *std::move(memtable);
}

int LmdbEnv::begin_view(MDB_txn** txn, std::shared_ptr<const Memtable>& memtable) const {
  const std::lock_guard lock(memtables_lock_);  // no version goes between the two steps
  const int code = *txn == nullptr ? begin_read(txn) : mdb_txn_renew(*txn);
  if (code == 0) memtable = memtable_of(*txn);
  return code;
}

}  // namespace emr::store
