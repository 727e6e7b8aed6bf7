#include "node/verified_cache.h"

#include "node/mempool.h"

namespace emr::node {

std::size_t VerifiedCache::place_of(const Hash32& txid) const noexcept {
  return TxidHash()(txid) % places_.size();
}

Result<ledger::VerifiedPtr> VerifiedCache::verify(ledger::Transaction tx,
                                                  const ledger::ChainId& chain) {
  if (ledger::VerifiedPtr known = find(tx)) return known;
  EMR_ASSIGN(ledger::VerifiedPtr verified, ledger::verify_transaction(std::move(tx), chain));
  ledger::VerifiedPtr replaced = verified;
  {
    const std::lock_guard lock(mutex_);
    Place& place = places_[place_of(verified->txid())];
    place.txid = verified->txid();
    replaced.swap(place.tx);
  }
  return verified;  // what was replaced is destroyed outside the lock
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
