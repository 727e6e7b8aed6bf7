// The verbs of emr-tx, and the receipt lines that build and submit share.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/hex.h"
#include "cli/cli.h"
#include "client/submit.h"
#include "ledger/transaction.h"

namespace emr::tx {

cli::VerbSpec build_verb();
cli::VerbSpec submit_verb();
cli::VerbSpec status_verb();
cli::VerbSpec methods_verb();

/// An `emr.receipt` with the members that every receipt has.
nlohmann::json receipt_base(std::string_view status, std::uint64_t line);
/// The receipt of one submitted transaction.
nlohmann::json receipt_of(const ledger::Transaction& tx, std::uint64_t line,
                          const client::TxOutcome& outcome,
                          std::chrono::milliseconds latency);

}  // namespace emr::tx
