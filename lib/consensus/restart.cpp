// Coming back: the durable records say what this replica has promised, and it goes on from there.
#include <algorithm>
#include <utility>

#include "consensus/replica_state.h"

namespace emr::consensus {

namespace {

Error damaged(const char* reason) {
  return fail(Code::kData, "the vote log does not fit the ledger").with_reason(reason);
}

}  // namespace

ReplicaState::ReplicaState(const Config& config, const Environment& environment,
                           const Restored& restored)
    : config_(config),
      env_(environment),
      set_(environment.validators.find(restored.epoch)),
      self_(set_->find(environment.signer.key())),
      epoch_(restored.epoch),
      view_(restored.first_view),
      tip_(restored.tip),
      now_ms_(restored.now_ms),
      progress_ms_(restored.now_ms),
      view_start_ms_(restored.now_ms),
      moved_ms_(restored.now_ms),
      last_send_ms_(restored.now_ms),
      heartbeat_ms_(restored.now_ms) {
  if (restored.rejoin_nonce && !EMR_BUG(kVoteAfterWipe)) {
    rejoining_.emplace().nonce = *restored.rejoin_nonce;
  }
  reset_members();
  reset_books();
}

void ReplicaState::reset_members() {
  view_changes_.assign(set_->size(), std::nullopt);
  peers_.assign(set_->size(), {});
  future_.assign(set_->size(), {});
  answered_ms_.assign(set_->size(), 0);
  body_sent_ms_.assign(set_->size(), 0);
}

Status ReplicaState::restore(const DurableState& durable, Effects& effects) {
  out_ = &effects;
  if (durable.view && durable.view->epoch == epoch_) EMR_TRY(restore_view(*durable.view));
  EMR_TRY(restore_blocks(durable));
  if (durable.checkpoint && durable.checkpoint->epoch == epoch_) {
    own_checkpoint_ = durable.checkpoint;
  }
  if (durable.stable) {
    stable_ = durable.stable;
    stable_seq_ = stable_->vote.seq;
  }
  resume(durable);
  advance();
  out_ = nullptr;
  return {};
}

Status ReplicaState::restore_view(const ViewRecord& record) {
  view_ = record.view;
  active_ = record.active;
  if (record.new_view.empty()) return {};
  EMR_ASSIGN(const Message message, decode(record.new_view));
  const auto* new_view = std::get_if<NewView>(&message);
  if (new_view == nullptr || new_view->view != view_) return damaged("view_record");
  EMR_ASSIGN(selection_, decode_selection(new_view->selection));
  if (EMR_BUG(kNoSelectedRestart)) selection_ = {};
  new_view_ = record.new_view;
  return {};
}

Status ReplicaState::restore_blocks(const DurableState& durable) {
  accepted_ = durable.accepted;
  const auto load = [&](Slot slot, const Hash32& digest) -> std::optional<Body> {
    const BlockBytes& block = durable.body(slot);
    std::optional<Body> body = block == nullptr ? std::nullopt : read_body(block);
    return body && body->head.digest == digest ? body : std::nullopt;
  };
  if (accepted_ && accepted_->seq == next_seq()) {
    spare_ = load(accepted_->body, accepted_->digest);
    if (!spare_) return damaged("accepted_body");
  }
  if (durable.prepared && durable.prepared->certificate.vote.seq == next_seq()) {
    const auto& [certificate, slot] = *durable.prepared;
    prepared_ = Prepared{certificate, load(slot, certificate.vote.digest), slot};
    if (!prepared_->body) return damaged("prepared_body");
  }
  return {};
}

/// Takes up the place it stopped at: an accepted block is executed again and its votes are repeated
/// (they are the same votes); a view change is announced again.
void ReplicaState::resume(const DurableState& durable) {
  const bool accepted_here =
      active_ && accepted_ && accepted_->seq == next_seq() && accepted_->view == view_;
  if (accepted_here && durable.accepted) {
    const Body body = *spare_;
    accept(body.head, body.block, accepted_->proposal_signature, Origin::kReproposed);
  }
  if (!active_ && is_member()) broadcast(own_view_change());
  broadcast(own_status());
  probe();
}

}  // namespace emr::consensus
