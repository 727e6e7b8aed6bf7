// `emr.receipt` v1: the answer of emr-tx to one input line, whatever became of it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/error.h"
#include "client/submit.h"
#include "ledger/transaction.h"

namespace emr::tx {

/// Counts by status, and the exit code that they add up to.
struct Tally {
  std::uint64_t committed = 0;
  std::uint64_t amended = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t skipped = 0;
  std::uint64_t failed = 0;
  std::uint64_t unknown = 0;  ///< outcome not learned in time: safe to send again
  std::optional<Error> first_failure;

  std::uint64_t total() const {
    return committed + amended + unchanged + skipped + failed + unknown;
  }
  /// Ok; the error of the only line; kPartial when some of many failed; kTempFail when an outcome
  /// is unknown.
  Status verdict() const;
  /// "committed 9577, amended 66, …, in 214 s (46.7/s)".
  std::string summary(double seconds) const;
};

struct ReceiptLine {
  std::string text;
  bool settled = true;  ///< false: may be sent again
};

/// What a transaction led to. `skip_conflicts`: a conflict is "skipped", not "failed".
ReceiptLine outcome_receipt(const ledger::TransactionLine& line, const client::TxOutcome& outcome,
                            std::uint64_t number, std::uint64_t latency_ms, bool skip_conflicts,
                            Tally& tally);
/// A line that never became a transaction.
std::string failed_receipt(std::uint64_t number, const Error& error, Tally& tally);
/// The receipt that `build` writes for a record which needs no transaction: "unchanged", "skipped"
/// or "failed" (conflict). `version` 0 = not known.
std::string build_receipt(std::uint64_t number, std::string_view status, std::string_view record,
                          std::uint64_t version);
/// Counts a receipt that came from upstream or from a journal.
Status count_receipt(const nlohmann::json& receipt, Tally& tally);

}  // namespace emr::tx
