// Pruning of sidecars: what no reader of today's records and no proof needs is erased from this
// node's store. Blocks, receipts, certificates and state stay for ever, so every receipt remains
// provable. A sidecar is kept when any of these holds:
//   - it belongs to the newest version of its record (readers need its envelopes),
//   - its block is above the last stable checkpoint (a vote may still need it),
//   - it is younger than the rule says.
// Other nodes may still hold what is pruned here; while q of them do, the old version can be
// opened. The node must be stopped: pruning owns the store. Each erased sidecar leaves a mark in
// meta, so that an audit can tell "pruned" from "lost" and the node does not fetch it again.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/time.h"
#include "ledger/method.h"
#include "store/store.h"

namespace emr::node {

struct PruneRule {
  UnixSeconds before = 0;          ///< only of blocks older than this
  std::uint64_t below_height = 0;  ///< and below this height
};

struct PruneReport {
  std::uint64_t pruned = 0;
  std::uint64_t pruned_bytes = 0;
  std::uint64_t kept_newest = 0;  ///< older than the rule, but of a record's newest version
  std::uint64_t kept_recent = 0;
  std::uint64_t stable = 0;  ///< the checkpoint that bounded it
};

/// Changes nothing when `dry_run`.
Result<PruneReport> prune_sidecars(store::Store& store, const ledger::MethodTable& methods,
                                   const PruneRule& rule, bool dry_run);

/// Meta key of the mark.
std::string pruned_key(const Hash32& txid);

}  // namespace emr::node
