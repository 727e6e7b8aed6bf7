// The audit line of a run of emr-desensitize as the arguments and payload of records.desensitize.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sealed.h"

namespace emr::tx {

/// The core says what everybody may know for ever (output, policy, counts, grade, key id); the
/// whole line is its public part. A line with members that emr-desensitize does not write is
/// refused: nothing else may ride along.
Result<ledger::TransactionLine> build_run(const Draft& draft, const nlohmann::json& line,
                                          crypto::RandomSource& random);

}  // namespace emr::tx
