// The offline audit of an export (emr.export lines as emr-query export writes them, one or more for
// each block) from the genesis document alone, in constant memory. The lines must be blocks of
// rising height without a gap; each is held against the one before it, its certificate against the
// validators that the epochs lead to, its receipts, transactions and payloads against its header.
// Unlike the audit of a copied directory nothing is executed again: results are what a quorum
// certified.
#pragma once

#include <memory>
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
  ~ExportAuditor();

  /// The next line. kData when it is no emr.export line; what does not hold becomes a finding.
  Status add(const nlohmann::json& line);
  /// A line could not be read at all: a finding.
  void note_unreadable();
  /// There are no more lines. What is still missing of the last block becomes a finding.
  const AuditReport& finish();
  /// Of the lines so far.
  const AuditReport& report() const noexcept { return report_; }

 private:
  struct Line;
  struct Open;
  static Result<Line> read(const nlohmann::json& tree);
  void begin(Line& line);
  void take(const Line& line);
  void close();
  void check_place(const ledger::BlockHeader& header, const Hash32& hash);
  void note(std::uint64_t height, std::string kind, std::string reason, std::string subject = "");

  const ledger::Genesis& trusted_;
  const contracts::Contracts contracts_{};
  ledger::ChainId chain_;
  ledger::EpochChain epochs_;
  std::optional<ledger::ChainTip> last_;  ///< what the next block builds on, where that is known
  std::unique_ptr<Open> open_;  ///< the block whose lines are being read
  AuditReport report_;
};

}  // namespace emr::query
