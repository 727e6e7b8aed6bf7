// A replica that may have forgotten its votes (a lost directory, a restored backup) follows and
// does not vote until nothing it may have forgotten can matter. PROTOCOL.md, Rejoining, has the
// proof.
#include <algorithm>
#include <utility>
#include <vector>

#include "consensus/replica_state.h"

namespace emr::consensus {

/// Asks everybody where they are now, until enough have said so.
void ReplicaState::probe() {
  if (!rejoining_ || rejoining_->replies.size() + 1 >= set_->size()) return;
  if (rejoining_->probed_ms != 0 && now_ms_ - rejoining_->probed_ms < config_.resend_ms) return;
  rejoining_->probed_ms = std::max<Millis>(now_ms_, 1);
  broadcast(Probe{rejoining_->nonce});
}

/// Who may itself have forgotten something is no witness.
void ReplicaState::on_probe(NodeIndex from, const Probe& message) {
  if (rejoining_ || (self_ && from == *self_)) return;
  send(from, ProbeReply{message.nonce, epoch_, view_, tip_.seq});
}

/// The bounds are the q - 1 smallest claims: whoever claims too much delays nobody, and every q - 1
/// members include a correct one that was nearly as far as this replica had ever been.
void ReplicaState::on_probe_reply(NodeIndex from, const ProbeReply& message) {
  if (!rejoining_ || message.nonce != rejoining_->nonce || (self_ && from == *self_)) return;
  peers_[from].committed = std::max(peers_[from].committed, message.committed);
  if (!rejoining_->replies.emplace(from, message).second) return;
  const std::size_t needed = set_->quorum() - 1;
  if (rejoining_->replies.size() < needed) return;
  std::vector<Seq> heights;
  std::vector<std::pair<Epoch, View>> places;
  for (const auto& [member, reply] : rejoining_->replies) {
    heights.push_back(reply.committed);
    places.emplace_back(reply.epoch, reply.view);
  }
  std::sort(heights.begin(), heights.end());
  std::sort(places.begin(), places.end());
  rejoining_->bounded = true;
  rejoining_->committed = heights[needed - 1];
  rejoining_->place = places[needed - 1];
}

/// In the epoch after the witnesses' one it may have asked for the second view already.
void ReplicaState::rejoin_in_epoch(Epoch epoch, View first_view) {
  if (!rejoining_ || epoch > rejoining_->place.first + 1) return;
  rejoining_->place = std::max(rejoining_->place, std::pair(epoch, first_view));
}

void ReplicaState::maybe_rejoin() {
  if (!rejoining_ || !rejoining_->bounded || !active_ || draining_) return;
  const bool above = tip_.seq >= rejoining_->committed + 2;
  if (!above || std::pair(epoch_, view_) <= rejoining_->place) return;
  note("rejoined", self_.value_or(0), view_, tip_.seq, tip_.digest);
  rejoining_.reset();
  out_->actions.push_back(Rejoined{});
  progress_ms_ = view_start_ms_ = now_ms_;
}

}  // namespace emr::consensus
