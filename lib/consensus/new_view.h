// What a new view starts from. Both sides of a view change use the same two pure functions: the new
// primary to make its NEW-VIEW, every other member to check it (field/ledger.md pitfall 1).
#pragma once

#include <optional>
#include <span>

#include "consensus/messages.h"

namespace emr::consensus {

/// Chooses from valid VIEW-CHANGEs: the highest proven committed height h and, of the blocks
/// prepared for h + 1, the one of the highest view. With one block in flight this is all there is:
/// a block committed at h + 1 anywhere was prepared by a quorum, and every quorum of VIEW-CHANGEs
/// contains a correct member of it.
Selection select(std::span<const ViewChange> view_changes);

/// Checks authorship and every certificate inside. kProtocol with the reason.
Status verify(const ViewChange& message, const quorum::ValidatorSet& set,
              const Validators& validators, const Hash32& genesis,
              const quorum::VoteVerifier& verifier);

/// Checks that the author is the view's primary, that at least q distinct valid VIEW-CHANGEs for
/// exactly this view are inside and that the selection follows from them byte for byte. `verified`
/// are VIEW-CHANGEs that were found valid before, by sender: those are not verified again.
Status verify(const NewView& message, const quorum::ValidatorSet& set, const Validators& validators,
              const Hash32& genesis, const quorum::VoteVerifier& verifier,
              std::span<const std::optional<ViewChange>> verified = {});

}  // namespace emr::consensus
