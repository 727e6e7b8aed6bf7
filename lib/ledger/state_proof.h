// `emr.state-proof` v1: one exported line that shows, to whoever holds the genesis file, what the
// state says about one key at a certified checkpoint: its value, or that it is not there. It
// carries the one chunk of the authenticated state whose range holds the key, without the values of
// the neighbours, and no root and no verdict: the verifier computes both (FORMAT.md section 14).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/certified_block.h"
#include "ledger/genesis.h"
#include "ledger/state_tree.h"

namespace emr::ledger {

struct StateProof : CertifiedBlock {
  std::string key;
  std::optional<std::string> value;  ///< none: the key is not in the state
  ChunkIndex chunk;                  ///< the one whose range holds the key
  std::uint64_t number = 0;          ///< its place ...
  std::uint64_t chunks = 0;          ///< ... among so many
  std::vector<Hash32> path;          ///< from its leaf to the root over all leaves
};

/// What a good proof shows.
struct ProvenEntry {
  std::string key;
  std::optional<std::string> value;  ///< none: it was not there
  std::uint64_t height = 0;          ///< the checkpoint as of which this holds
  std::uint64_t epoch = 0;
  UnixSeconds time = 0;
};

/// A key of the state as somebody outside may name it: 1 to kStateKeyBytesMax printable ASCII
/// characters.
bool is_state_key(std::string_view key) noexcept;

std::string encode_state_proof(const StateProof& proof);
Result<StateProof> parse_state_proof(std::string_view line);

/// kNegative with a reason that names what does not hold: those of verify_block, "range" (the chunk
/// is not the key's), "chunk" (no chunk of a state), "state_path" (not in the certified root),
/// "value" (the chunk says otherwise about the key).
Result<ProvenEntry> verify_state_proof(const StateProof& proof, EpochChain& known);
Result<ProvenEntry> verify_state_proof(const StateProof& proof, const Genesis& genesis);

}  // namespace emr::ledger
