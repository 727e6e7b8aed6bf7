#include "node/verified_cache.h"

#include "node/mempool.h"

namespace emr::node {

std::size_t VerifiedCache::place_of(const Hash32& txid) const noexcept {
  return TxidHash()(txid) % places_.size();
}

std::vector<Result<ledger::VerifiedPtr>> VerifiedCache::verify(
    std::vector<ledger::Transaction> txs, const ledger::ChainId& chain) {
  std::vector<Result<ledger::VerifiedPtr>> results;
  std::vector<ledger::Transaction> fresh;
  std::vector<std::size_t> places;  // of the fresh ones
  for (ledger::Transaction& tx : txs) {
    results.emplace_back(find(tx));
    if (*results.back()) continue;
    places.push_back(results.size() - 1);
    fresh.push_back(std::move(tx));
  }
  auto verified = ledger::verify_transactions(std::move(fresh), chain);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (verified[i]) remember(*verified[i]);
    results[places[i]] = std::move(verified[i]);
  }
  return results;
}

void VerifiedCache::remember(ledger::VerifiedPtr tx) {
  const std::lock_guard lock(mutex_);
  Place& place = places_[place_of(tx->txid())];
  place.txid = tx->txid();
  place.tx.swap(tx);  // what was replaced is destroyed outside the lock
}

ledger::VerifiedPtr VerifiedCache::find(const ledger::Transaction& tx) {
  if (!tx.signature) return nullptr;
  ledger::VerifiedPtr known;
  {
    const std::lock_guard lock(mutex_);
    const Place& place = places_[place_of(tx.txid)];
    if (!place.tx || place.txid != tx.txid) return nullptr;
    known = place.tx;
  }
  const ledger::Signature& checked = *known->transaction().signature;
  const bool same = checked.by == tx.signature->by && checked.bytes == tx.signature->bytes;
  return same ? known : nullptr;
}

}  // namespace emr::node
