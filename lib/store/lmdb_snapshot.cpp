// Reading: snapshots of one thread, the core's renewable view, and pinned views.
#include <algorithm>
#include <mutex>

#include "store/lmdb_env.h"

namespace emr::store {

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
  const int code = txn_ == nullptr ? env_->begin_read(&txn_) : mdb_txn_renew(txn_);
  EMR_CHECK(code == 0);  // readers are bounded by kReadersMax; anything else is a lost medium
  const auto swapped = env_->is_swapped(txn_);
  EMR_CHECK(swapped.ok());
  swapped_ = *swapped;
  begun_ = true;
  return txn_;
}

std::optional<ByteView> LmdbSnapshot::get_raw(Table table, ByteView key) const {
  if (key.empty() || key.size() > kKeyBytesMax) return std::nullopt;
  MDB_val wanted = value_of(key);
  MDB_val found{};
  MDB_txn* const txn = active();
  const int code = mdb_get(txn, env_->table(table, swapped_), &wanted, &found);
  if (code == MDB_NOTFOUND) return std::nullopt;
  EMR_CHECK(code == 0);
  return view_of(found);
}

void LmdbSnapshot::visit(Table table, ByteView from,
                         const std::function<bool(ByteView, ByteView)>& visit) const {
  MDB_cursor* cursor = nullptr;
  MDB_txn* const txn = active();
  EMR_CHECK(mdb_cursor_open(txn, env_->table(table, swapped_), &cursor) == 0);
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
  MDB_txn* const txn = active();
  EMR_CHECK(mdb_stat(txn, env_->table(table, swapped_), &stat) == 0);
  return stat.ms_entries;
}

std::uint64_t LmdbSnapshot::bytes(Table table) const {
  MDB_stat stat{};
  MDB_txn* const txn = active();
  EMR_CHECK(mdb_stat(txn, env_->table(table, swapped_), &stat) == 0);
  return (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
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
