// Which receipts are true. A node may say anything, and so may whoever sits on the way to it:
// "committed" is believed only when a certified block holds the receipt. The blocks that were
// checked are kept for a while, because the lines of a submission share them: one certificate is
// checked for all receipts of a block, whichever connection they came by. Any thread may call it.
#pragma once

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

  /// Is a committed outcome true? Asks the node that told it for the proof of its block. kProtocol
  /// (reason "proof") when the node lies, kConfig ("genesis") when it is of another ledger; errors
  /// of the exchange when no proof came. In all cases nothing is known about the transaction.
  Status check(Node& node, const TxOutcome& outcome);

 private:
  using List = std::shared_ptr<const ledger::ReceiptList>;

  Result<List> fetch(Node& node, const TxOutcome& outcome);
  List find(std::uint64_t height);

  std::mutex mutex_;
  ledger::EpochChain known_;
  std::map<std::uint64_t, List> lists_;
};

}  // namespace emr::client
