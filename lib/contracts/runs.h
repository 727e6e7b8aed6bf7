// Runs of de-identification as an institution states them: which policy made which output, how many
// records, which grade. A statement is made once; the same again is "unchanged". The audit line
// itself is the public part of the transaction: salted in the core, and erasable.
#pragma once

#include "contracts/outcome.h"

namespace emr::contracts {

/// records.desensitize
Outcome apply_run(Call& call);

}  // namespace emr::contracts
