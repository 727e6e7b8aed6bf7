// Requests that the state refuses although a block that is still on its way may hold them
// (Core::is_undecided): they wait, no more of them than an eighth of what the mempool may hold, in
// number and in bytes, so that the others have room to wait for an answer. Core thread only.
#pragma once

#include <map>
#include <utility>

#include "base/error.h"
#include "ledger/transaction.h"
#include "node/limits.h"

namespace emr::node {

class Undecided {
 public:
  struct Entry {
    ledger::VerifiedPtr tx;
    Error why;  ///< what the state says
  };

  explicit Undecided(std::size_t count_max = kMempoolCountMax / 8,
                     std::size_t bytes_max = kMempoolBytesMax / 8)
      : count_max_(count_max), bytes_max_(bytes_max) {}

  /// False: there is no room. A request that waits already stays as it is.
  bool add(const ledger::VerifiedPtr& tx, const Error& why) {
    if (entries_.contains(tx->txid())) return true;
    if (entries_.size() >= count_max_ || bytes_ + cost(*tx) > bytes_max_) return false;
    bytes_ += cost(*tx);
    entries_.emplace(tx->txid(), Entry{tx, why});
    return true;
  }
  /// Takes out those of which `is_over` says so.
  template <class IsOver>
  void erase_if(IsOver is_over) {
    std::erase_if(entries_, [&](const auto& item) {
      const Entry& entry = item.second;
      if (!is_over(entry)) return false;
      bytes_ -= cost(*entry.tx);
      return true;
    });
  }
  bool empty() const noexcept { return entries_.empty(); }

 private:
  static std::size_t cost(const ledger::VerifiedTransaction& tx) { return tx.entry().size(); }

  const std::size_t count_max_;
  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::map<Hash32, Entry> entries_;
};

}  // namespace emr::node
