// Which receipts are true. A node may say anything, and so may whoever sits on the way to it:
// "committed" is believed only when a certified block holds the receipt. The blocks that were
// checked are kept for a while, because the lines of a submission share them: one certificate is
// checked for all receipts of a block, whichever connection they came by. What one node sent is
// never held against another (ledger/receipt_list.h: a list may be true and not whole): where it
// does not hold a receipt, the node at hand is asked for its own. Any thread may call it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "client/node.h"
#include "client/outcome.h"
#include "ledger/epochs.h"
#include "ledger/genesis.h"
#include "ledger/receipt_list.h"

namespace emr::client {

class ReceiptCheck {
 public:
  /// `genesis` must outlive it.
  explicit ReceiptCheck(const ledger::Genesis& genesis) : known_(genesis) {}

  using Clock = std::chrono::steady_clock;

  /// Is a committed outcome true? Asks the node that told it for the proof of its block, until
  /// `deadline`. kProtocol (reason "proof") when the node lies, kConfig ("genesis") when it is of
  /// another ledger; errors of the exchange when no proof came. In all cases nothing is known about
  /// the transaction.
  Status check(Node& node, const TxOutcome& outcome, Clock::time_point deadline);

 private:
  using List = std::shared_ptr<const ledger::ReceiptList>;
  struct Proven {
    List list;
    std::uint64_t used = 0;  ///< when it was needed last, in calls
  };

  Result<List> fetch(Node& node, const TxOutcome& outcome, Clock::time_point deadline);
  List find(std::uint64_t height);
  void keep(std::uint64_t height, const List& list);

  std::mutex mutex_;
  ledger::EpochChain known_;
  std::map<std::uint64_t, Proven> lists_;
  std::uint64_t calls_ = 0;
};

}  // namespace emr::client
