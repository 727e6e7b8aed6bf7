// Reading: snapshots of one thread, the core's renewable view, and pinned views.
#include <algorithm>
#include <mutex>

#include "store/lmdb_env.h"

namespace emr::store {

namespace {

/// Reading can fail for what is in the file, or for what happened to the disk before; for nothing
/// else, or there is a bug.
void check_read(int code) {
  if (is_damage(code)) stop_damaged();
  if (code == MDB_PANIC) stop_failed();
  EMR_CHECK(code == 0);
}

}  // namespace

LmdbSnapshot::LmdbSnapshot(LmdbEnv& env, Kind kind) : env_(&env) {
  if (kind == Kind::kShared) {
    lock_ = std::shared_lock(env.growth_gate());
  }
  // The moment that a snapshot shows is the moment it was made.
  if (kind != Kind::kOwner) active();
}

std::shared_ptr<PinnedView> LmdbEnv::pin() {
  auto pin = std::make_shared<LmdbPin>(*this);
  const std::lock_guard lock(pins_lock_);
  std::erase_if(pins_, [](const auto& weak) { return weak.expired(); });
  pins_.push_back(pin);
  return pin;
}

LmdbPin::LmdbPin(LmdbEnv& env) : env_(&env) {
  const std::shared_lock growth(env.growth_gate());
  view_.emplace(env, LmdbSnapshot::Kind::kPinned);
}

bool LmdbPin::with(const std::function<void(const Snapshot&)>& read) {
  const std::shared_lock growth(env_->growth_gate());
  const std::lock_guard lock(lock_);
  if (!view_) return false;
  read(*view_);
  return true;
}

void LmdbPin::let_go() {
  const std::lock_guard lock(lock_);
  view_.reset();
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
  const ReadGuard guard;
  check_read(env_->begin_view(&txn_, memtable_));
  const auto swapped = env_->is_swapped(txn_);
  if (!swapped) stop_damaged();
  swapped_ = *swapped;
  begun_ = true;
  return txn_;
}

std::optional<ByteView> LmdbSnapshot::get_raw(Table table, ByteView key) const {
  if (key.empty() || key.size() > kKeyBytesMax) return std::nullopt;
  MDB_val wanted = value_of(key);
  MDB_val found{};
  MDB_txn* const txn = active();
  if (is_gathered(table)) {
    const MemEntry* const entry = memtable_->find(table, key);
    if (entry != nullptr && entry->erased) return std::nullopt;
    if (entry != nullptr) return entry->value();
  }
  const ReadGuard guard;
  const int code = mdb_get(txn, env_->table(table, swapped_), &wanted, &found);
  if (code == MDB_NOTFOUND) return std::nullopt;
  check_read(code);
  return env_->checked(found);
}

/// What the memtable holds lies over what the tree holds.
void LmdbSnapshot::visit(Table table, ByteView from,
                         const std::function<bool(ByteView, ByteView)>& visit) const {
  active();
  if (!is_gathered(table) || memtable_->empty()) return visit_tree(table, from, visit);
  Memtable::Cursor young(*memtable_, table, from);
  bool goes_on = true;
  const auto tell = [&] {
    const MemEntry& entry = *young.get();
    goes_on = entry.erased || visit(entry.key(), entry.value());
    young.next();
  };
  visit_tree(table, from, [&](ByteView key, ByteView value) {
    const auto is_young_first = [&] {
      return goes_on && young.get() != nullptr && as_text(young.get()->key()) < as_text(key);
    };
    while (is_young_first()) tell();
    if (!goes_on) return false;
    const bool is_replaced = young.get() != nullptr && as_text(young.get()->key()) == as_text(key);
    if (is_replaced) {
      tell();
    } else {
      goes_on = visit(key, value);
    }
    return goes_on;
  });
  while (goes_on && young.get() != nullptr) tell();
}

void LmdbSnapshot::visit_tree(Table table, ByteView from,
                              const std::function<bool(ByteView, ByteView)>& visit) const {
  MDB_cursor* cursor = nullptr;
  MDB_txn* const txn = active();
  MDB_val key = value_of(from);
  MDB_val value{};
  const auto move = [&](MDB_cursor_op how) {
    const ReadGuard guard;
    return mdb_cursor_get(cursor, &key, &value, how);
  };
  check_read(mdb_cursor_open(txn, env_->table(table, swapped_), &cursor));
  int code = move(from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  while (code == 0 && visit(env_->checked(key), env_->checked(value))) code = move(MDB_NEXT);
  mdb_cursor_close(cursor);
  if (code != MDB_NOTFOUND) check_read(code);
}

std::uint64_t LmdbSnapshot::count(Table table) const {
  MDB_stat stat{};
  MDB_txn* const txn = active();
  check_read(mdb_stat(txn, env_->table(table, swapped_), &stat));
  return stat.ms_entries;
}

std::uint64_t LmdbSnapshot::bytes(Table table) const {
  MDB_stat stat{};
  MDB_txn* const txn = active();
  check_read(mdb_stat(txn, env_->table(table, swapped_), &stat));
  const std::size_t pages = stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
  return pages * stat.ms_psize + (is_gathered(table) ? bytes(Table::kMemlog) : 0);
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
