// The transactions whose signatures this node checked last: a request that comes again, from its
// client or from a member that repeats itself, costs a look-up and no second verification. A table
// with one place for each hash, where the newer one wins; any thread.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "ledger/transaction.h"

namespace emr::node {

class VerifiedCache {
 public:
  explicit VerifiedCache(std::size_t places) : places_(places) {}

  /// verify_transactions() of those that were not verified before, with the same core and the same
  /// signature. One result for each, in this order.
  std::vector<Result<ledger::VerifiedPtr>> verify(std::vector<ledger::Transaction> txs,
                                                  const ledger::ChainId& chain);

 private:
  void remember(ledger::VerifiedPtr tx);
  ledger::VerifiedPtr find(const ledger::Transaction& tx);
  std::size_t place_of(const Hash32& txid) const noexcept;

  struct Place {
    Hash32 txid{};  ///< of the transaction, which itself is far away in memory
    ledger::VerifiedPtr tx;
  };
  std::mutex mutex_;
  std::vector<Place> places_;
};

}  // namespace emr::node
