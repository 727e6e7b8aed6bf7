// The offline audit of a copied data directory: everything is recomputed from the genesis document
// that the auditor trusts. Links, roots, certificates, signatures, commitments and placement are
// checked block by block; the blocks are executed again, and the state must come out the same.
//
// It never stops at the first fault: each one becomes a finding that names its class and place,
// never a value. Single-threaded, read-only; the snapshot must outlive the call.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/genesis.h"
#include "store/store.h"

namespace emr::query {

/// One thing that does not hold.
struct Finding {
  std::string
      kind;  ///< core, header, certificate, receipt, sidecar, state, content, index, genesis, line,
             ///< or software: this program cannot run the rules of that height
  std::optional<std::uint64_t> height;
  std::string subject;  ///< transaction id, state key or CID; "" for none
  std::string reason;   ///< stable word
};

struct AuditReport {
  std::uint64_t first = 1;   ///< height of the first block that was looked at
  std::uint64_t height = 0;  ///< of the last one
  std::uint64_t blocks = 0;
  std::string tip;  ///< hex
  std::uint64_t transactions = 0;
  std::uint64_t sidecars = 0;
  std::uint64_t pruned_sidecars = 0;  ///< erased by the node's own rule, and said so; not exported
  std::uint64_t state_entries = 0;
  std::uint64_t content_blocks = 0;
  std::uint64_t handles = 0;
  std::uint64_t handles_elsewhere = 0;  ///< not here, and not everybody keeps them
  std::uint64_t findings_total = 0;
  std::vector<Finding> findings;  ///< at most kMaxFindings of them

  bool ok() const noexcept { return findings_total == 0; }
};

/// Findings that a report lists; the rest is counted.
inline constexpr std::size_t kMaxFindings = 1000;

/// Counts it, and lists it while there is room.
void add_finding(AuditReport& report, Finding finding);

/// Called after each block with its height and the last height.
using AuditProgress = std::function<void(std::uint64_t, std::uint64_t)>;

AuditReport audit_ledger(const store::Snapshot& snapshot, const ledger::Genesis& trusted,
                         const AuditProgress& progress);

/// The report of either audit as one JSON line, `emr.verdict` v1.
std::string verdict_line(const AuditReport& report, const ledger::Genesis& trusted);

}  // namespace emr::query
