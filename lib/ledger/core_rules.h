// Rules of a core that both ways of reading one share (private to lib/ledger).
#pragma once

#include "ledger/transaction.h"

namespace emr::ledger {

/// Hex digits of a signature of any suite.
inline constexpr std::size_t kSignatureHexMax = 298;

/// The parts of a payload are those of the method, each once, in the order of its table.
Status check_payload(const MethodSpec& method, const std::vector<PayloadCommit>& payload);
/// Sets the canonical bytes and the txid; kData "limit" when they are too long.
Status seal_core(Transaction& tx, std::string core_json);

}  // namespace emr::ledger
