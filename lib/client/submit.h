// Transactions on their way to the ledger. An outcome is only ever learned, never assumed: a
// transaction that nobody answered for is sent again (nodes know it by its id), until it is
// committed, refused for good, or the time is over.
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
#include "client/pool.h"
#include "ledger/proof.h"
#include "ledger/receipt.h"

namespace emr::client {

enum class TxState : std::uint8_t {
  kCommitted,
  kPending,  ///< outcome unknown
  kRefused,  ///< for good: no node will take these bytes
  kBusy,     ///< not taken now
};

struct TxOutcome {
  TxState state = TxState::kPending;
  std::uint64_t height = 0;
  std::uint64_t index = 0;
  ledger::Receipt receipt;  ///< when committed
  Code code = Code::kData;  ///< when refused
  std::string reason;
};

/// One emr.tx line and its id.
struct Outgoing {
  Hash32 txid{};
  std::string_view line;
};

/// Sends the lines to one node and waits there for the outcomes; `on_outcome` is called in input
/// order as they become known. An error means that the exchange broke off: what was not reported
/// is unknown.
Status submit_batch(Node& node, std::span<const Outgoing> batch, std::chrono::seconds wait,
                    const std::function<void(std::size_t index, TxOutcome outcome)>& on_outcome);

/// The same with every node of the pool in turn, again and again until `deadline`: pending and busy
/// lines are sent again. What is still not known then is reported as kPending, and as kBusy what no
/// node has taken although one was there: it is not under way. Never fails.
void submit_until(Pool& pool, std::span<const Outgoing> batch,
                  std::chrono::steady_clock::time_point deadline,
                  const std::function<void(std::size_t index, TxOutcome outcome)>& on_outcome);

/// What a node knows of a transaction; with `proof` verified against the genesis before it is
/// returned (kProtocol when it does not hold: the node lies).
struct TxStatus {
  TxOutcome outcome;
  std::string proof_line;  ///< "" unless asked for and committed
};
Result<TxStatus> transaction_status(Pool& pool, const Hash32& txid, std::chrono::seconds wait,
                                    bool proof, const ledger::MethodTable& methods);

}  // namespace emr::client
