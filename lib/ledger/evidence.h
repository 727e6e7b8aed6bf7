// `emr.evidence` v1: one exported line that shows, to whoever holds the genesis file, that a member
// broke the protocol: two votes that a correct member never signs both, or a proposal by somebody
// who was not the primary. Verified from the signatures alone, like a proof (FORMAT.md section 12).
//
// A message whose signature does NOT verify is kept too, because an operator wants to know which
// link it came by, but it proves nothing to anybody else: whoever stores it could have made it.
// Such a line says so by its kind, and verify_evidence() refuses to blame.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "ledger/epochs.h"
#include "ledger/genesis.h"
#include "quorum/vote.h"

namespace emr::ledger {

enum class EvidenceKind : std::uint8_t {
  kEquivocation,  ///< two digests signed for one place
  kNotPrimary,    ///< a PRE-PREPARE signed by a member that is not the primary of its view
  kBadSignature,  ///< received over the culprit's own link with a wrong signature: no proof
};
std::string_view evidence_kind_name(EvidenceKind kind) noexcept;
/// "pre-prepare", "prepare", "commit", "checkpoint", "view-change", "new-view".
std::string_view vote_type_name(quorum::VoteType type) noexcept;

struct Evidence {
  EvidenceKind kind = EvidenceKind::kEquivocation;
  quorum::NodeIndex member = 0;  ///< the culprit's index in the epoch's set
  std::string culprit;           ///< its institution, as the reporting node knows it
  quorum::Vote vote;             ///< place and first digest
  quorum::VoteSignature signature{};
  Hash32 second_digest{};  ///< of kEquivocation
  quorum::VoteSignature second_signature{};
  std::string node;               ///< who kept it; not part of the proof
  UnixSeconds seen = 0;           ///< when; not part of the proof
  std::vector<EpochLink> epochs;  ///< from epoch 0 to the vote's; empty in epoch 0
};

/// Who is to blame, as far as the genesis proves it.
struct Blame {
  quorum::VoteKey key{};
  /// The founder whose key that is. None for a member that came later, or whose key is a new one:
  /// the chain of epochs names keys; which institution it was, `emr-query nodes` or the ledger
  /// tells.
  std::optional<std::string> founder;
};

std::string encode_evidence(const Evidence& evidence, const Genesis& genesis);
/// The genesis hash of the line must be that of `genesis` (kNegative "genesis").
Result<Evidence> parse_evidence(std::string_view line, const Genesis& genesis);

/// The blame when it holds. kNegative with a reason otherwise: "epoch_chain" and "unknown_epoch"
/// (the epochs of the line do not lead to the vote's), "unknown_member", "culprit" (the line names
/// another institution than the key belongs to), "signature", "no_conflict", "is_primary",
/// "unproven" (kBadSignature).
Result<Blame> verify_evidence(const Evidence& evidence, EpochChain& known);
Result<Blame> verify_evidence(const Evidence& evidence, const Genesis& genesis);

}  // namespace emr::ledger
