// Not falling behind: STATUS heartbeats, checkpoints, and blocks fetched with their certificates.
// Nothing here is believed because of who said it: blocks count by certificate or by digest.
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "consensus/replica_state.h"

namespace emr::consensus {

using quorum::Vote;
using quorum::VoteType;

// --- status --------------------------------------------------------------------------------------

StatusMessage ReplicaState::own_status() const {
  return {epoch_, view_, active_, tip_.seq, stable_seq_};
}

/// At most one unasked answer per peer and half resend interval, so that nobody is an amplifier.
bool ReplicaState::may_answer(NodeIndex peer) {
  if (self_ && peer == *self_) return false;
  if (answered_ms_[peer] != 0 && now_ms_ - answered_ms_[peer] < config_.resend_ms / 2) return false;
  answered_ms_[peer] = std::max<Millis>(now_ms_, 1);
  return true;
}

/// A message of a peer that is elsewhere: tell it where we are (and how the view began), so that it
/// or we can catch up.
void ReplicaState::answer_late(NodeIndex peer) {
  if (now_ms_ - moved_ms_ < config_.resend_ms / 2 || !may_answer(peer)) return;
  send(peer, own_status());
  if (active_ && !new_view_.empty()) {
    out_->sends.push_back({peer, std::make_shared<const Bytes>(new_view_)});
  }
}

void ReplicaState::on_status(NodeIndex from, const StatusMessage& message) {
  PeerStatus& peer = peers_[from];
  peer.epoch = message.epoch;
  peer.view = message.view;
  peer.committed = std::max(peer.committed, message.committed);
  peer.stable = message.stable;
  if (message.epoch != epoch_) return;
  const bool needs_view = active_ && !new_view_.empty() &&
                          (message.view < view_ || (message.view == view_ && !message.active));
  const bool needs_stable =
      stable_ && message.stable < stable_seq_ && !EMR_BUG(kNoWatermarkService);
  if ((!needs_view && !needs_stable) || !may_answer(from)) return;
  if (needs_view) out_->sends.push_back({from, std::make_shared<const Bytes>(new_view_)});
  if (needs_stable) send(from, StableMessage{*stable_});
}

// --- checkpoints ---------------------------------------------------------------------------------

/// Says, after the fact is durable, that this replica holds everything up to here. Also the resend.
void ReplicaState::cast_checkpoint() {
  if (!is_member()) return;
  if (tip_.seq % config_.checkpoint_interval == 0 && tip_.seq > 0 &&
      (!own_checkpoint_ || own_checkpoint_->seq < tip_.seq)) {
    own_checkpoint_ = CheckpointRecord{epoch_, tip_.seq, tip_.digest};
    persist(to_record(*own_checkpoint_));
    note("checkpoint", *self_, 0, tip_.seq, tip_.digest);
  }
  if (!own_checkpoint_ || own_checkpoint_->epoch != epoch_) return;
  const Vote vote{VoteType::kCheckpoint, epoch_, 0, own_checkpoint_->seq, own_checkpoint_->digest};
  const VoteMessage message{vote, *self_, sign(vote)};
  broadcast(message);
  on_checkpoint(message);
}

void ReplicaState::on_checkpoint(const VoteMessage& message) {
  const Vote& vote = message.vote;
  const bool aligned = vote.seq % config_.checkpoint_interval == 0;
  if (vote.epoch != epoch_ || !aligned || vote.seq <= stable_seq_ || vote.seq > watermark()) return;
  auto [at, is_new] = checkpoints_.try_emplace(vote.seq);
  if (is_new) at->second.reset(set_->size());
  const auto& known = at->second.of(message.sender);
  if (known && known->digest == vote.digest) return;
  if (!signed_by(message.sender, vote, message.signature)) {
    return refuse("bad_signature", message.sender, vote.view, vote.seq);
  }
  if (known) {
    const Vote first{VoteType::kCheckpoint, epoch_, 0, vote.seq, known->digest};
    report(message.sender, "checkpoint", {first, message.sender, known->signature}, message);
    return;
  }
  at->second.add(message.sender, vote.digest, message.signature);
  if (!at->second.has(vote.digest, set_->quorum())) return;
  adopt_stable(at->second.certificate(vote));
}

/// A verified checkpoint certificate: the window moves, and it is served to whoever lacks it.
void ReplicaState::adopt_stable(const QuorumCert& certificate) {
  if (certificate.vote.seq <= stable_seq_) return;
  stable_ = certificate;
  stable_seq_ = certificate.vote.seq;
  checkpoints_.erase(checkpoints_.begin(), checkpoints_.upper_bound(stable_seq_));
  persist(stable_record(certificate));
  note("stable", 0, 0, stable_seq_, certificate.vote.digest);
  out_->actions.push_back(CheckpointStable{certificate});
}

void ReplicaState::on_stable(const StableMessage& message) {
  const Vote& vote = message.certificate.vote;
  if (vote.type != VoteType::kCheckpoint || vote.seq <= stable_seq_) return;
  const quorum::ValidatorSet* set = env_.validators.find(vote.epoch);
  if (set == nullptr) return;
  const Status valid = quorum::verify(message.certificate, *set, env_.genesis, env_.verifier);
  if (!valid) return refuse(valid.error().reason, 0, 0, vote.seq);
  adopt_stable(message.certificate);
}

// --- blocks --------------------------------------------------------------------------------------

std::optional<Body> ReplicaState::read_body(const BlockBytes& block) const {
  const Result<BlockHead> head = env_.blocks.read(*block);
  if (!head) return std::nullopt;
  return Body{head.value(), block};
}

std::optional<Body> ReplicaState::find_body(const Hash32& digest) const {
  if (proposal_ && proposal_->head.digest == digest) return Body{proposal_->head, proposal_->block};
  if (prepared_ && prepared_->body && prepared_->body->head.digest == digest) {
    return prepared_->body;
  }
  if (spare_ && spare_->head.digest == digest) return spare_;
  return std::nullopt;
}

/// A valid COMMIT certificate came by (inside a view change): use it if the block is at hand.
void ReplicaState::learn_certificate(const QuorumCert& certificate) {
  if (certificate.vote.seq != next_seq() || certified_) return;
  if (std::optional<Body> body = find_body(certificate.vote.digest)) {
    take_certified({std::move(*body), certificate});
  }
}

/// This height is decided. Execute the block, unless that has just been done.
void ReplicaState::take_certified(Certified certified) {
  if (certified.body.head.previous != tip_.digest && !EMR_BUG(kSkipLink)) {
    return halt("a certified block does not extend the chain: more than f members are faulty");
  }
  certified_ = std::move(certified);
  const BlockHead& head = certified_->body.head;
  if (overlay_ == head.digest) return;
  validate(head, certified_->body.block, Origin::kCertified);
}

void ReplicaState::on_block_reply(const BlockReply& message) {
  // Before megabytes are hashed: is it about a height that is missing here?
  const Vote& vote = message.certificate.vote;
  const bool wanted = vote.seq > tip_.seq && vote.seq <= tip_.seq + kSyncWindow;
  if (!wanted || fetched_.contains(vote.seq)) return;
  const quorum::ValidatorSet* set = env_.validators.find(vote.epoch);
  if (set == nullptr) return;
  const std::optional<Body> body = read_body(message.block);
  if (!body) return refuse("bad_block", 0, 0, 0);
  const BlockHead& head = body->head;
  const Epoch epoch = EMR_BUG(kNewSetCertifies) ? vote.epoch : head.epoch;
  const Vote claimed{VoteType::kCommit, epoch, vote.view, head.seq, head.digest};
  if (!EMR_BUG(kTrustBlockReply)) {
    if (vote != claimed) return refuse("wrong_certificate", 0, vote.view, vote.seq);
    const Status valid = quorum::verify(message.certificate, *set, env_.genesis, env_.verifier);
    if (!valid) return refuse(valid.error().reason, 0, vote.view, vote.seq);
  }
  fetched_.emplace(head.seq, Certified{*body, message.certificate});
}

void ReplicaState::maybe_sync() {
  if (certified_ || EMR_BUG(kNoSync)) return;
  fetched_.erase(fetched_.begin(), fetched_.upper_bound(tip_.seq));
  if (!fetched_.empty() && fetched_.begin()->first == next_seq()) {
    Certified next = std::move(fetched_.begin()->second);
    fetched_.erase(fetched_.begin());
    return take_certified(std::move(next));
  }
  request_blocks();
}

/// Asks the next peer that claims to be further. One block behind is normal for a moment; more, or
/// for longer, is not.
void ReplicaState::request_blocks() {
  Seq highest = selection_.committed;
  for (const PeerStatus& peer : peers_) highest = std::max(highest, peer.committed);
  if (highest <= tip_.seq) return behind_since_.reset();
  if (!behind_since_) behind_since_ = now_ms_;
  const bool urgent = highest > next_seq() || tip_.seq < selection_.committed;
  if (!urgent && now_ms_ - *behind_since_ < config_.resend_ms) return;
  if (requested_at_ && now_ms_ - *requested_at_ < 2 * config_.resend_ms) return;
  for (std::size_t tried = 0; tried < peers_.size(); ++tried) {
    sync_peer_ = static_cast<NodeIndex>((sync_peer_ + 1) % peers_.size());
    const Seq claimed = peers_[sync_peer_].committed;
    if (claimed <= tip_.seq || (self_ && sync_peer_ == *self_)) continue;
    if (awaits_stable(peers_[sync_peer_])) continue;
    requested_at_ = now_ms_;
    if (wants_snapshot(claimed)) {
      out_->actions.push_back(FetchSnapshot{offered_stable(), sync_peer_});
      return;
    }
    requested_last_ = std::min(claimed, tip_.seq + kSyncWindow);
    return send(sync_peer_, BlockRequest{next_seq(), requested_last_});
  }
}

/// Far behind, but without the certificate that a snapshot is asked for by: the answer to our next
/// STATUS brings it. Blocks that are fetched meanwhile would only make the snapshot worth less. A
/// vote or a PROBE's answer may tell a peer's height before its STATUS tells its checkpoint.
bool ReplicaState::awaits_stable(const PeerStatus& peer) const {
  constexpr Millis kPatience = 6;  // heartbeats: whoever only claims to be far delays us once
  const bool far = config_.snapshot_gap > 0 && peer.committed - tip_.seq > config_.snapshot_gap;
  const bool may_come = !peer.stable || offered_stable() < *peer.stable;
  return far && may_come && behind_since_ &&
         now_ms_ - *behind_since_ < kPatience * config_.heartbeat_ms;
}

/// A snapshot is cheaper than blocks only across a long gap, and only a certified one is taken.
bool ReplicaState::wants_snapshot(Seq claimed) const {
  const Seq stable = offered_stable();
  return config_.snapshot_gap > 0 && claimed - tip_.seq > config_.snapshot_gap &&
         stable > tip_.seq + config_.snapshot_gap / 2 && stable > snapshot_declined_;
}

Seq ReplicaState::offered_stable() const { return std::max(stable_seq_, claimed_stable()); }

/// What members that are in a later epoch say is stable, at least one of them correct. Their
/// certificate cannot be checked here: its set is not known before a snapshot or the blocks come.
Seq ReplicaState::claimed_stable() const {
  std::vector<Seq> claims;
  for (const PeerStatus& peer : peers_) {
    if (peer.epoch > epoch_) claims.push_back(peer.stable.value_or(0));
  }
  const std::size_t needed = set_->weak_quorum();
  if (claims.size() < needed) return 0;
  std::nth_element(claims.begin(), claims.begin() + static_cast<std::ptrdiff_t>(needed - 1),
                   claims.end(), std::greater<>());
  return claims[needed - 1];
}

void ReplicaState::on_body_request(NodeIndex from, const BodyRequest& message) {
  if (message.seq != next_seq()) return answer_late(from);
  const std::optional<Body> body = find_body(message.digest);
  // A few bytes of question, megabytes of answer: as often as a correct primary asks again.
  const Millis last = body_sent_ms_[from];
  if (!body || (last != 0 && now_ms_ - last < config_.resend_ms / 2)) return;
  body_sent_ms_[from] = std::max<Millis>(now_ms_, 1);
  send(from, BodyReply{body->block});
}

void ReplicaState::on_body_reply(const BodyReply& message) {
  if (!active_ || !is_required_open() || find_body(*selection_.digest)) return;
  const std::optional<Body> body = read_body(message.block);
  if (body && body->head.digest == *selection_.digest) spare_ = body;
}

}  // namespace emr::consensus
