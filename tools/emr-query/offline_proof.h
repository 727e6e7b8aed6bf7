// A proof out of a copied data directory, for when no node can be asked, or none holds a checkpoint
// yet. The state of the copy's last checkpoint is made again by executing the blocks up to it, from
// the genesis that the caller trusts; a copy whose last block is a checkpoint holds it already.
#pragma once

#include <string_view>

#include "ledger/genesis.h"
#include "ledger/state_proof.h"
#include "store/store.h"

namespace emr::query {

/// kTempFail "no_checkpoint" when the copy has none; kNegative when what it has does not hold. The
/// certificate is the verifier's to check.
Result<ledger::StateProof> prove_from_copy(const store::Snapshot& copy,
                                           const ledger::Genesis& trusted, std::string_view key);

}  // namespace emr::query
