#include "consensus/new_view.h"

#include <algorithm>

#include "consensus/bugs.h"

namespace emr::consensus {

namespace {

Error refused(const char* message, const char* reason) {
  return fail(Code::kProtocol, message).with_reason(reason);
}

/// Later view first; at equal views (impossible with at most f faults) the smaller digest, so that
/// the answer does not depend on the order of the messages.
bool takes_precedence(const quorum::Vote& a, const quorum::Vote& b) {
  if (a.view != b.view) return EMR_BUG(kSelectLowestView) ? a.view < b.view : a.view > b.view;
  return a.digest < b.digest;
}

Status verify_certificate(const QuorumCert& certificate, const Validators& validators,
                          const Hash32& genesis, const quorum::VoteVerifier& verifier) {
  const quorum::ValidatorSet* set = validators.find(certificate.vote.epoch);
  if (set == nullptr) return refused("the certificate is of an unknown epoch", "wrong_epoch");
  return quorum::verify(certificate, *set, genesis, verifier);
}

}  // namespace

Selection select(std::span<const ViewChange> view_changes) {
  Selection selection;
  for (const ViewChange& one : view_changes) {
    selection.committed = std::max(selection.committed, one.committed);
  }
  const quorum::Vote* best = nullptr;
  for (const ViewChange& one : view_changes) {
    if (!one.prepared || one.prepared->vote.seq != selection.committed + 1) continue;
    if (best == nullptr || takes_precedence(one.prepared->vote, *best)) best = &one.prepared->vote;
  }
  if (best != nullptr && !EMR_BUG(kSelectNothing)) {
    selection.digest = best->digest;
    selection.prepared_view = best->view;
  }
  return selection;
}

Status verify(const ViewChange& message, const quorum::ValidatorSet& set,
              const Validators& validators, const Hash32& genesis,
              const quorum::VoteVerifier& verifier) {
  if (message.epoch != set.epoch()) return refused("another epoch", "wrong_epoch");
  if (!set.contains(message.sender)) return refused("the sender is no member", "unknown_signer");
  const auto signed_bytes = quorum::vote_bytes(genesis, vote_of(message));
  if (!verifier.verify(set.key(message.sender), signed_bytes, message.signature)) {
    return refused("the signature is not valid", "bad_signature");
  }
  if (EMR_BUG(kBelieveViewChange)) return {};
  if (message.commit_certificate) {
    EMR_TRY(verify_certificate(*message.commit_certificate, validators, genesis, verifier));
  }
  if (message.prepared) EMR_TRY(quorum::verify(*message.prepared, set, genesis, verifier));
  return {};
}

Status verify(const NewView& message, const quorum::ValidatorSet& set, const Validators& validators,
              const Hash32& genesis, const quorum::VoteVerifier& verifier,
              std::span<const std::optional<ViewChange>> verified) {
  if (message.epoch != set.epoch()) return refused("another epoch", "wrong_epoch");
  if (message.sender != set.primary(message.view)) {
    return refused("the sender is not the primary of the view", "not_primary");
  }
  const auto signed_bytes = quorum::vote_bytes(genesis, vote_of(message));
  if (!verifier.verify(set.key(message.sender), signed_bytes, message.signature)) {
    return refused("the signature is not valid", "bad_signature");
  }
  if (EMR_BUG(kBelieveNewView)) return {};
  if (message.view_changes.size() < set.quorum()) {
    return refused("too few view changes", "no_quorum");
  }
  for (std::size_t i = 0; i < message.view_changes.size(); ++i) {
    const ViewChange& one = message.view_changes[i];
    if (one.view != message.view) return refused("a view change is for another view", "wrong_view");
    if (i > 0 && message.view_changes[i - 1].sender >= one.sender) {
      return refused("the view changes are not of distinct members", "duplicate_sender");
    }
    if (one.sender < verified.size() && verified[one.sender] == one) continue;
    EMR_TRY(verify(one, set, validators, genesis, verifier));
  }
  if (encode(select(message.view_changes)) != message.selection) {
    return refused("the selection does not follow from the view changes", "wrong_selection");
  }
  return {};
}

}  // namespace emr::consensus
