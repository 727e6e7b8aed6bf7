// The owner's vote journal: what it held at the last stop, and what of it the database lacks.
#include "store/lmdb_env.h"

namespace emr::store {

Result<std::optional<std::uint64_t>> LmdbEnv::merged_votes() const {
  MDB_txn* txn = nullptr;
  if (const int code = begin_read(&txn); code != 0) return lmdb_error(code, "read the store");
  MDB_val key = value_of(as_bytes(kMergedKey));
  MDB_val found{};
  const int code = mdb_get(txn, table(Table::kMeta, false), &key, &found);
  std::optional<std::uint64_t> merged;
  if (code == 0) merged = height_of_key(view_of(found));
  mdb_txn_abort(txn);
  if (code != 0 && code != MDB_NOTFOUND) return lmdb_error(code, "read the store");
  return merged;
}

/// Whatever only the journal holds goes into the database first of all, so that from then on every
/// reader finds the records of before this start where they belong.
Status LmdbEnv::open_journal() {
  EMR_ASSIGN(const auto merged, merged_votes());
  EMR_ASSIGN(const VoteJournal::Found found, VoteJournal::read(directory_, merged));
  EMR_ASSIGN(journal_, VoteJournal::open(directory_, found.last));
  if (found.is_damaged) return forget_votes();
  for (const WriteBatch& votes : found.batches) remember(votes);
  if (merged == found.last && journaled_.empty()) return {};
  return write({}, Durability::kFull, true);
}

/// Promises are lost: those that are left are no use, and the validator must not vote before the
/// rule for that case lets it (kMetaRejoining). The damage stays to be seen until that is durable:
/// whoever is killed in between finds it again.
Status LmdbEnv::forget_votes() {
  WriteBatch batch;
  LmdbSnapshot(*this, LmdbSnapshot::Kind::kShared)
      .visit(Table::kVotes, {}, [&](ByteView key, ByteView) {
        batch.erase(Table::kVotes, key);
        return true;
      });
  batch.put(Table::kMeta, as_bytes(kMetaRejoining), as_bytes("journal"));
  EMR_TRY(write(batch, Durability::kFull, true));
  return journal_->renew();
}

void LmdbEnv::remember(const WriteBatch& votes) {
  for (std::size_t i = 0; i < votes.size(); ++i) {
    const WriteBatch::Change change = votes.change(i);
    journaled_[to_bytes(change.key)].assign(change.value->begin(), change.value->end());
  }
}

}  // namespace emr::store
