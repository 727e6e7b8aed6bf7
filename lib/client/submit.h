// Transactions on their way to the ledger. An outcome is only ever learned, never assumed: a
// transaction that nobody answered for is sent again (nodes know it by its id), until it is
// committed, refused for good, or the time is over. "Committed" is believed when it is proven.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "client/limits.h"
#include "client/outcome.h"
#include "client/pool.h"
#include "client/receipt_check.h"
#include "ledger/proof.h"

namespace emr::client {

/// One emr.tx line and its id.
struct Outgoing {
  Hash32 txid{};
  std::string_view line;
};

using OnOutcome = std::function<void(std::size_t index, TxOutcome outcome)>;

/// Sends the lines to one node and waits there for the outcomes; `on_outcome` is called in input
/// order as they become known, unchecked. An error means that the exchange broke off: what was not
/// reported is unknown.
Status submit_batch(Node& node, std::span<const Outgoing> batch, std::chrono::seconds wait,
                    const OnOutcome& on_outcome);

/// The same with every node of the pool in turn, again and again until `deadline`: pending and busy
/// lines are sent again. What a node says is committed counts when `check` agrees; a node that lies
/// is blamed (PoolOptions), and the next one is asked. Refused counts when enough say so (Voices)
/// and no node may have taken the line. What is still not known then is reported as kPending (with
/// the reason why one refused it, if any did), and as kBusy what no node has taken although one was
/// there: it is not under way. Each line is reported once in any case. kConfig (reason "genesis")
/// when every node of the pool belongs to another ledger.
Status submit_until(Pool& pool, ReceiptCheck& check, std::span<const Outgoing> batch,
                    std::chrono::steady_clock::time_point deadline, const OnOutcome& on_outcome);

/// What the nodes know of a transaction. Committed comes with its emr.proof, verified; another node
/// is asked when that of one does not hold, and when one does not know the transaction: it may be
/// late, or hide it. Refused when enough say so (Voices). kConfig when a node of another ledger is
/// all there is. No node is waited for longer than `wait` and `patience`.
struct TxStatus {
  TxOutcome outcome;
  std::string proof_line;  ///< "" unless committed
};
Result<TxStatus> transaction_status(Pool& pool, const Hash32& txid, std::chrono::seconds wait,
                                    const ledger::MethodTable& methods,
                                    std::chrono::milliseconds patience = kPatience);

}  // namespace emr::client
