// The three phases for the one block in flight: PRE-PREPARE by the primary, PREPARE by everybody
// who executed it with the claimed results, COMMIT by everybody who durably holds q PREPAREs.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "consensus/replica_state.h"

namespace emr::consensus {

using quorum::Vote;
using quorum::VoteType;

// --- proposals -----------------------------------------------------------------------------------

bool ReplicaState::is_too_early(View view, Seq seq) const {
  return view > view_ || (view == view_ && !active_) || seq > next_seq();
}

/// "" or why a correct primary would not have signed this proposal.
std::string_view ReplicaState::fault_of(const PrePrepare& message, const BlockHead& head) const {
  if (head.seq != message.seq || head.epoch != epoch_) return "wrong_place";
  if (head.previous != tip_.digest && !EMR_BUG(kSkipLink)) return "wrong_previous";
  if (is_required_open() && !EMR_BUG(kIgnoreSelection)) {
    return head.digest == *selection_.digest ? "" : "not_selected";
  }
  // Free choice means a new block: an old one could be a forgotten branch come back.
  if (head.view != message.view || head.proposer != message.sender) return "stale_block";
  return "";
}

void ReplicaState::on_pre_prepare(NodeIndex from, const PrePrepare& message, ByteView bytes) {
  const auto [epoch, view, seq] = std::tuple(message.epoch, message.view, message.seq);
  if (message.sender != from) return refuse("not_the_sender", from, view, seq);
  if (epoch != epoch_ || seq <= tip_.seq || view < view_) return answer_late(from);
  if (is_too_early(view, seq)) {
    if (seq <= next_seq() + kFutureHeights) keep_for_later(from, true, bytes);
    if (view > view_) answer_late(from);
    return;
  }
  // A primary that repeats itself: nothing new to hash and to verify.
  if (proposal_ && from == set_->primary(view) && *proposal_->block == *message.block) return;
  const Result<BlockHead> head = env_.blocks.read(*message.block);
  if (!head) return refuse("bad_block", from, view, seq);
  const VoteMessage signed_vote{vote_here(VoteType::kPrePrepare, head.value().digest), from,
                                message.signature};
  if (!signed_by(from, signed_vote.vote, message.signature)) {
    return refuse("bad_signature", from, view, seq);
  }
  if (from != set_->primary(view) && !EMR_BUG(kAnyPrimary)) {
    report(from, "not_primary", signed_vote, signed_vote);
    return refuse("not_primary", from, view, seq);
  }
  if (proposal_ && !EMR_BUG(kAcceptSecondProposal)) {
    if (proposal_->head.digest == head.value().digest) return;
    const VoteMessage first{vote_here(VoteType::kPrePrepare, proposal_->head.digest), from,
                            proposal_->signature};
    report(from, "proposal", first, signed_vote);
    return refuse("equivocation", from, view, seq);
  }
  if (certified_) return;  // this height is decided, the block is being executed
  if (tip_.seq < selection_.committed) return keep_for_later(from, true, bytes);
  if (seq > watermark()) return refuse("above_watermark", from, view, seq);
  if (const std::string_view fault = fault_of(message, head.value()); !fault.empty()) {
    refuse(fault, from, view, seq);
    if (is_member()) start_view_change(view_ + 1, fault);
    return;
  }
  note("pre-prepare", from, view, seq, head.value().digest);
  if (pending_.count > 0) pace_.proposed_after(now_ms_ - progress_ms_);
  accept(head.value(), message.block, message.signature,
         is_required_open() ? Origin::kReproposed : Origin::kProposed);
}

/// Takes a block into work; it is voted for when it has been executed.
void ReplicaState::accept(const BlockHead& head, const BlockBytes& block,
                          const quorum::VoteSignature& signature, Origin origin) {
  proposal_ = Proposal{head, block, signature, false, false};
  if (!overlay_ready(head.digest)) validate(head, block, origin);
  if (EMR_BUG(kSkipValidation)) overlay_done_ = true;
}

void ReplicaState::validate(const BlockHead& head, const BlockBytes& block, Origin origin) {
  overlay_ = head.digest;
  overlay_done_ = false;
  overlay_origin_ = origin;
  out_->actions.push_back(ValidateBlock{view_, head.seq, head.digest, block, origin});
}

/// The primary proposes as soon as nothing is in flight: first what the view change selected, then
/// whatever requests wait. One waiting request is enough (pitfall 12).
void ReplicaState::maybe_propose() {
  if (!active_ || !is_primary() || proposal_ || certified_ || building_) return;
  if (tip_.seq < selection_.committed || next_seq() > watermark()) return;
  if (is_required_open() && !EMR_BUG(kIgnoreSelection)) return propose_selected();
  if (pending_.count == 0) return;
  building_ = true;
  out_->actions.push_back(BuildBlock{view_, next_seq(), tip_.digest});
}

void ReplicaState::propose_selected() {
  const std::optional<Body> body = find_body(*selection_.digest);
  if (!body) {
    // Asked again by resend(); the first time right away.
    if (std::exchange(body_asked_, true)) return;
    return broadcast(BodyRequest{next_seq(), *selection_.digest});
  }
  const Vote vote = vote_here(VoteType::kPrePrepare, body->head.digest);
  accept(body->head, body->block, sign(vote), Origin::kReproposed);
}

/// To everybody who has not shown by a PREPARE that it has the block. Blocks are long: each time
/// the primary waits twice as long before it repeats one, so that no slow link fills with copies.
void ReplicaState::announce_proposal() {
  proposal_->announced_ms = now_ms_;
  proposal_->announce_again_ms = std::max(config_.resend_ms, 2 * proposal_->announce_again_ms);
  const auto bytes = std::make_shared<const Bytes>(
      encode(PrePrepare{epoch_, view_, proposal_->head.seq, *self_, proposal_->signature,
                        proposal_->block}));
  const auto has_it = [this](NodeIndex node) {
    const auto& vote = prepares_.of(node);
    return vote && vote->digest == proposal_->head.digest;
  };
  std::vector<NodeIndex> others;
  for (NodeIndex node = 0; node < set_->size(); ++node) {
    if (node != *self_ && !has_it(node)) others.push_back(node);
  }
  if (others.size() + 1 == set_->size()) {
    out_->sends.push_back({kEveryone, bytes});
  } else {
    for (const NodeIndex node : others) out_->sends.push_back({node, bytes});
  }
}

// --- votes ---------------------------------------------------------------------------------------

VoteBook& ReplicaState::book(VoteType type) {
  return type == VoteType::kPrepare ? prepares_ : commits_;
}

Vote ReplicaState::vote_here(VoteType type, const Hash32& digest) const {
  return {type, epoch_, view_, next_seq(), digest};
}

void ReplicaState::cast(VoteType type, const Hash32& digest) {
  const Vote vote = vote_here(type, digest);
  const quorum::VoteSignature signature = sign(vote);
  if (!book(type).of(*self_)) book(type).add(*self_, digest, signature);
  broadcast(VoteMessage{vote, *self_, signature});
  last_send_ms_ = now_ms_;
}

void ReplicaState::on_vote(NodeIndex from, const VoteMessage& message, ByteView bytes) {
  const Vote& vote = message.vote;
  if (message.sender != from) return refuse("not_the_sender", from, vote.view, vote.seq);
  if (vote.type == VoteType::kCheckpoint) return on_checkpoint(message);
  const bool left = vote.view < view_ && !EMR_BUG(kVoteAfterViewChange);
  const bool other_epoch = vote.epoch != epoch_ && !EMR_BUG(kEpochNotBound);
  if (other_epoch || vote.seq <= tip_.seq || left) return answer_late(from);
  if (is_too_early(vote.view, vote.seq)) {
    peers_[from].committed = std::max(peers_[from].committed, vote.seq - 1);
    if (vote.seq <= next_seq() + kFutureHeights) keep_for_later(from, false, bytes);
    if (vote.view > view_) answer_late(from);
    return;
  }
  VoteBook& votes = book(vote.type);
  const auto& known = votes.of(from);
  if (known && known->digest == vote.digest) {
    if (EMR_BUG(kCountDuplicates)) votes.count_again();
    return;
  }
  if (!signed_by(from, vote, message.signature)) {
    return refuse("bad_signature", from, vote.view, vote.seq);
  }
  const std::string_view kind = vote.type == VoteType::kPrepare ? "prepare" : "commit";
  if (known) {
    report(from, kind, {vote_here(vote.type, known->digest), from, known->signature}, message);
    return refuse("equivocation", from, vote.view, vote.seq);
  }
  note(kind, from, vote.view, vote.seq, vote.digest);
  votes.add(from, vote.digest, message.signature);
}

/// The block has been executed with the results it claims: accept it for good.
void ReplicaState::vote_prepare() {
  if (proposal_->voted) return;
  proposal_->voted = true;
  if (!is_member()) return;
  const BlockHead& head = proposal_->head;
  // Monotone over restarts: one digest per (view, height), for ever.
  if (accepted_ && accepted_->view == view_ && accepted_->seq == head.seq) {
    EMR_CHECK(accepted_->digest == head.digest || EMR_BUG(kAcceptSecondProposal));
  }
  const Slot slot = persist_body(head, proposal_->block);
  accepted_ = AcceptedRecord{view_, head.seq, head.digest, slot, proposal_->signature};
  if (!EMR_BUG(kForgetAccepted)) persist(to_record(*accepted_));
  if (is_primary()) {
    note("pre-prepare", *self_, view_, head.seq, head.digest);
    announce_proposal();
  }
  note("prepare", *self_, view_, head.seq, head.digest);
  cast(VoteType::kPrepare, head.digest);
}

/// With q PREPAREs no other block can be prepared in this view. The proof is durable before COMMIT
/// says so, because the next view change may depend on this replica remembering it (pitfall 3).
void ReplicaState::maybe_prepared() {
  const Hash32& digest = proposal_->head.digest;
  const std::size_t needed = EMR_BUG(kSmallQuorum) ? set_->weak_quorum() : set_->quorum();
  if (!is_member() || proposal_->committing || !prepares_.has(digest, needed)) return;
  proposal_->committing = true;
  const QuorumCert certificate = prepares_.certificate(vote_here(VoteType::kPrepare, digest));
  prepared_ = Prepared{certificate, Body{proposal_->head, proposal_->block}, accepted_->body};
  if (!EMR_BUG(kForgetPrepared)) persist(to_record(PreparedRecord{certificate, accepted_->body}));
  note("commit", *self_, view_, proposal_->head.seq, digest);
  cast(VoteType::kCommit, digest);
}

void ReplicaState::maybe_committed() {
  const Hash32& digest = proposal_->head.digest;
  const std::size_t needed = EMR_BUG(kSmallQuorum) ? set_->weak_quorum() : set_->quorum();
  if (!commits_.has(digest, needed)) return;
  const QuorumCert certificate = commits_.certificate(vote_here(VoteType::kCommit, digest));
  commit(Body{proposal_->head, proposal_->block}, certificate);
}

/// Final. The executed overlay of this block is the application's current one (checked).
void ReplicaState::commit(const Body& body, const QuorumCert& certificate) {
  const BlockHead& head = body.head;
  EMR_CHECK(head.seq == next_seq() && (head.previous == tip_.digest || EMR_BUG(kSkipLink)));
  EMR_CHECK(overlay_ready(head.digest) && !out_->commit);
  out_->commit = CommitBlock{head.seq, head.digest, body.block, certificate};
  note("committed", 0, certificate.vote.view, head.seq, head.digest);
  const bool here = active_ && certificate.vote.view == view_;
  tip_ = Tip{head.seq, head.digest, certificate};
  proposal_.reset();
  prepared_.reset();
  spare_.reset();
  certified_.reset();
  overlay_ = {};
  overlay_done_ = building_ = false;
  evidence_here_ = 0;
  reset_books();
  // Only a commit lowers the timeout (pitfall 10), and only one for which half of it is plenty: on
  // a slow network the timeout settles where blocks are decided, and does not fall below it again.
  if (doublings_ > 0 && now_ms_ - progress_ms_ < timeout() / 4) --doublings_;
  progress_ms_ = moved_ms_ = last_send_ms_ = now_ms_;
  if (tip_.seq >= requested_last_) requested_at_.reset();
  if (tip_.seq % config_.checkpoint_interval == 0) cast_checkpoint();
  draining_ = head.next_validators && *head.next_validators != set_->hash() && !EMR_BUG(kNoDrain);
  const bool rotate = config_.rotation_interval > 0 && tip_.seq % config_.rotation_interval == 0;
  if (rotate && here && is_member() && !draining_) start_view_change(view_ + 1, "rotation");
}

// --- support -------------------------------------------------------------------------------------

void ReplicaState::drop_proposal() {
  if (proposal_) {
    if (overlay_ == proposal_->head.digest && !certified_) {
      out_->actions.push_back(DiscardBlock{proposal_->head.seq, overlay_});
      overlay_ = {};
      overlay_done_ = false;
    }
    spare_ = Body{proposal_->head, proposal_->block};
  }
  proposal_.reset();
  building_ = body_asked_ = false;
}

void ReplicaState::reset_books() {
  prepares_.reset(set_->size());
  commits_.reset(set_->size());
}

void ReplicaState::persist(Record record) { out_->persist.push_back(std::move(record)); }

/// Keeps the block's bytes durable without overwriting those of another prepared block.
Slot ReplicaState::persist_body(const BlockHead& head, const BlockBytes& block) {
  const bool prepared_here = prepared_ && prepared_->certificate.vote.seq == head.seq;
  if (prepared_here && prepared_->certificate.vote.digest == head.digest) return prepared_->slot;
  if (accepted_ && accepted_->seq == head.seq && accepted_->digest == head.digest) {
    return accepted_->body;
  }
  const bool a_is_taken = prepared_here && prepared_->slot == Slot::kBodyA;
  const Slot slot = a_is_taken ? Slot::kBodyB : Slot::kBodyA;
  persist(body_record(slot, *block));
  return slot;
}

void ReplicaState::report(NodeIndex culprit, std::string_view kind, const VoteMessage& first,
                          const VoteMessage& second) {
  if (evidence_here_++ >= kEvidencePerHeight) return;
  const Vote& vote = second.vote;
  out_->evidence.push_back({culprit, kind, vote.epoch, vote.view, vote.seq,
                            encode_signed_vote(first), encode_signed_vote(second)});
}

}  // namespace emr::consensus
