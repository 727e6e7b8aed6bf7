// The chain of epochs as member "epochs" of exported lines: a list of hex texts, each an encoded
// link.
#pragma once

#include <vector>

#include "json/json.h"
#include "ledger/epochs.h"

namespace emr::ledger {

json::Json epochs_json(const std::vector<EpochLink>& links);
/// Reads the member "epochs" of `tree`, which must be there. kData with the pointer of the bad
/// link.
Result<std::vector<EpochLink>> read_epochs(const json::Json& tree);

}  // namespace emr::ledger
