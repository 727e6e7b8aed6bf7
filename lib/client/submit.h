// Submitting transactions. Repeating is always safe: a transaction is named by its content, and the
// ledger answers a second copy with the first one's receipt. So a node that dies, a view change and
// a cut connection are all the same thing here: ask the next node for what is still open.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "client/node_client.h"
#include "ledger/receipt.h"

namespace emr::client {

/// What became of one submitted line.
struct Outcome {
  enum class State : std::uint8_t {
    kCommitted,  ///< in a block; `receipt` says whether the contract agreed
    kRefused,    ///< not admitted: `error` has the reason; will not become true by waiting
    kOpen,       ///< unknown when time was up; it may still be committed
  };
  State state = State::kOpen;
  std::uint64_t height = 0;
  std::uint64_t index = 0;
  ledger::Receipt receipt;
  std::string receipt_json;  ///< canonical
  Error error;
  std::chrono::milliseconds latency{};
};

/// Called for every line in the order of the lines, as soon as it and all before it are decided.
using OutcomeSink = std::function<Status(std::size_t index, const Outcome& outcome)>;

/// Submits signed emr.tx lines and waits for their receipts until nodes.timeout() has passed. An
/// error is the sink's own or kUnavailable when no node was ever reached.
Status submit(NodeClient& nodes, const std::vector<std::string>& lines, const OutcomeSink& sink);

/// One line; kTempFail when its outcome is unknown, the node's refusal when it was refused.
Result<Outcome> submit_one(NodeClient& nodes, const std::string& line);

}  // namespace emr::client
