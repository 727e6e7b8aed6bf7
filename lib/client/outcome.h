// What became of a transaction, as a node says it. Values.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/receipt.h"

namespace emr::client {

enum class TxState : std::uint8_t {
  kCommitted,
  kPending,  ///< outcome unknown
  kRefused,  ///< not taken, for good as far as the node that says so knows
  kBusy,     ///< not taken now
};

struct TxOutcome {
  TxState state = TxState::kPending;
  std::uint64_t height = 0;
  std::uint64_t index = 0;
  ledger::Receipt receipt;  ///< when committed
  Code code = Code::kData;  ///< when refused
  std::string reason;       ///< when refused, or pending although some refused it
};

/// One line of a node's answer (lib/node/FORMAT.md section 1) about this transaction, unchecked.
/// An error of any kind when it breaks the rules.
Result<TxOutcome> read_outcome(const nlohmann::json& tree, const Hash32& txid);

}  // namespace emr::client
