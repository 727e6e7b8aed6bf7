// The audit: one entry per committed transaction, denied and failed ones included, in the order of
// time, and an index by patient. Entries are state, so replicas agree on them, and they hold tokens
// only.
#pragma once

#include <string_view>

#include "contracts/outcome.h"

namespace emr::contracts {

/// Writes the entry of one transaction. `agent` is who acted: `from`, or the signer when the
/// signature did not speak for `from`.
void write_audit(ledger::Overlay& state, const ledger::VerifiedTransaction& tx,
                 const ledger::BlockContext& block, const std::optional<Account>& account,
                 const AuditFacts& facts, const Outcome& outcome);

}  // namespace emr::contracts
