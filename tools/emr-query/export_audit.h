// The offline audit of an export (emr.export lines, one block each, as emr-query export writes
// them) from the genesis document alone, in constant memory. The lines must be blocks of rising
// height without a gap; each is held against the one before it, its certificate against the
// validators that the epochs lead to, its receipts, transactions and payloads against its header.
// Unlike the audit of a copied directory nothing is executed again: results are what a quorum
// certified.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "contracts/contracts.h"
#include "ledger/epochs.h"
#include "ledger_audit.h"

namespace emr::query {

/// The genesis must outlive it. One thread.
class ExportAuditor {
 public:
  explicit ExportAuditor(const ledger::Genesis& trusted);

  /// The next line. kData when it is no emr.export line; what does not hold becomes a finding.
  Status add(const nlohmann::json& line);
  /// Of the lines so far.
  const AuditReport& report() const noexcept { return report_; }

 private:
  struct Line;
  static Result<Line> read(const nlohmann::json& tree);
  void check_place(const Line& line);
  void check_certificate(const Line& line);
  void check_sidecars(const Line& line, const std::vector<ledger::VerifiedPtr>& transactions);
  void note(std::uint64_t height, std::string kind, std::string reason, std::string subject = "");

  const ledger::Genesis& trusted_;
  const contracts::Contracts contracts_{};
  ledger::ChainId chain_;
  ledger::EpochChain epochs_;
  std::optional<ledger::ChainTip> last_;  ///< what the next block builds on, where that is known
  AuditReport report_;
};

}  // namespace emr::query
