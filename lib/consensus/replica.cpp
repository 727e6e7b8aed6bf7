#include "consensus/replica.h"

#include <algorithm>
#include <utility>

#include "consensus/replica_state.h"

namespace emr::consensus {

#ifdef EMR_SIM_BUGS
Bug injected_bug = Bug::kNone;
#endif

void Effects::clear() {
  persist.clear();
  commit.reset();
  sends.clear();
  actions.clear();
  evidence.clear();
  notes.clear();
  halt = {};
}

// --- the public face -----------------------------------------------------------------------------

Replica::Replica(std::unique_ptr<ReplicaState> state) : state_(std::move(state)) {}
Replica::Replica(Replica&&) noexcept = default;
Replica& Replica::operator=(Replica&&) noexcept = default;
Replica::~Replica() = default;

Result<Replica> Replica::start(const Config& config, const Environment& environment,
                               const Restored& restored, Effects& effects) {
  if (environment.validators.find(restored.epoch) == nullptr) {
    return fail(Code::kData, "the validators of the current epoch are not known")
        .with_reason("unknown_epoch");
  }
  if ((restored.tip.seq > 0) != restored.tip.certificate.has_value()) {
    return fail(Code::kData, "the last block has no certificate").with_reason("no_certificate");
  }
  EMR_ASSIGN(const DurableState durable, decode_records(restored.records));
  auto state = std::make_unique<ReplicaState>(config, environment, restored);
  EMR_TRY(state->restore(durable, effects));
  return Replica(std::move(state));
}

void Replica::step(const Event& event, Effects& effects) { state_->step(event, effects); }
ReplicaStatus Replica::status() const { return state_->status(); }

// --- dispatch ------------------------------------------------------------------------------------

void ReplicaState::step(const Event& event, Effects& effects) {
  if (halted_) return;
  out_ = &effects;
  std::visit([this](const auto& one) { on(one); }, event);
  advance();
  out_ = nullptr;
}

void ReplicaState::on(const Received& event) {
  if (!set_->contains(event.from)) return refuse("unknown_peer", event.from, 0, 0);
  const Result<Message> message = decode(event.bytes);
  if (!message) return refuse(message.error().reason, event.from, 0, 0);
  peers_[event.from].heard_ms = now_ms_;
  on_message(event.from, message.value(), event.bytes);
}

void ReplicaState::on_message(NodeIndex from, const Message& message, ByteView bytes) {
  if (const auto* vote = std::get_if<VoteMessage>(&message)) return on_vote(from, *vote, bytes);
  if (const auto* one = std::get_if<PrePrepare>(&message)) return on_pre_prepare(from, *one, bytes);
  if (const auto* one = std::get_if<ViewChange>(&message)) return on_view_change(from, *one);
  if (const auto* one = std::get_if<NewView>(&message)) return on_new_view(*one, bytes);
  if (const auto* one = std::get_if<StatusMessage>(&message)) return on_status(from, *one);
  if (const auto* one = std::get_if<BlockReply>(&message)) return on_block_reply(*one);
  if (const auto* one = std::get_if<BodyRequest>(&message)) return on_body_request(from, *one);
  if (const auto* one = std::get_if<BodyReply>(&message)) return on_body_reply(*one);
  if (const auto* one = std::get_if<StableMessage>(&message)) return on_stable(*one);
  if (const auto* one = std::get_if<Probe>(&message)) return on_probe(from, *one);
  if (const auto* one = std::get_if<ProbeReply>(&message)) return on_probe_reply(from, *one);
  const auto& request = std::get<BlockRequest>(message);
  if (request.first > tip_.seq) return;
  out_->actions.push_back(ServeBlocks{from, request.first, std::min(request.last, tip_.seq)});
}

void ReplicaState::on(const Tick& event) {
  now_ms_ = std::max(now_ms_, event.now_ms);
  if (draining_) return;
  if (now_ms_ - heartbeat_ms_ >= config_.heartbeat_ms) {
    heartbeat_ms_ = now_ms_;
    broadcast(own_status());
    if (own_checkpoint_ && own_checkpoint_->seq > stable_seq_) cast_checkpoint();
  }
  probe();
  if (now_ms_ - last_send_ms_ >= config_.resend_ms && !EMR_BUG(kNoResend)) resend();
  if (is_member()) check_timers();
}

void ReplicaState::on(const Pending& event) {
  if (pending_.count == 0 && event.count > 0) progress_ms_ = now_ms_;
  pending_ = event;
}

void ReplicaState::on(const Built& event) {
  if (!building_ || !active_ || event.view != view_ || event.seq != next_seq()) return;
  building_ = false;
  if (proposal_ || certified_ || event.block == nullptr) return;
  const std::optional<Body> body = read_body(event.block);
  if (!body || body->head.seq != event.seq || body->head.previous != tip_.digest ||
      body->head.epoch != epoch_ || body->head.view != view_) {
    return halt("the built block does not extend the chain");
  }
  overlay_ = body->head.digest;
  overlay_done_ = true;
  overlay_origin_ = Origin::kProposed;
  const auto vote = vote_here(quorum::VoteType::kPrePrepare, overlay_);
  accept(body->head, body->block, sign(vote), Origin::kProposed);
}

void ReplicaState::on(const Validated& event) {
  if (event.digest != overlay_ || overlay_done_) return;
  if (event.origin != overlay_origin_) return;  // of an earlier order: other rules may have refused
  if (event.ok) {
    overlay_done_ = true;
    return;
  }
  const bool certified = certified_ && certified_->body.head.digest == event.digest;
  if (certified && overlay_origin_ == Origin::kCertified) {
    return halt("a block certified by a quorum gives other results here");
  }
  overlay_ = {};
  if (certified) return validate(certified_->body.head, certified_->body.block, Origin::kCertified);
  refuse("invalid_block", set_->primary(view_), view_, event.seq);
  // A re-proposed block was executed by correct members: the fault is not the primary's.
  if (overlay_origin_ == Origin::kProposed && is_member() && active_) {
    start_view_change(view_ + 1, "invalid_block");
  }
}

void ReplicaState::on(const SnapshotInstalled& event) {
  if (event.tip.seq <= tip_.seq) return;
  drop_proposal();
  tip_ = event.tip;
  prepared_.reset();
  spare_.reset();
  certified_.reset();
  overlay_ = {};
  overlay_done_ = false;
  fetched_.clear();
  requested_at_.reset();
  progress_ms_ = moved_ms_ = now_ms_;
  note("snapshot", self_.value_or(0), view_, tip_.seq, tip_.digest);
  reset_books();
  if (event.epoch != epoch_) enter_epoch(event.epoch, event.first_view);
}

void ReplicaState::on(const SnapshotDeclined&) {
  snapshot_declined_ = std::max(stable_seq_, claimed_stable());
  requested_at_.reset();
}

void ReplicaState::on(const EpochStarted& event) { enter_epoch(event.epoch, event.first_view); }

/// After the last block of the one before, or across several by a snapshot.
void ReplicaState::enter_epoch(Epoch epoch, View first_view) {
  const quorum::ValidatorSet* set = env_.validators.find(epoch);
  if (set == nullptr || epoch <= epoch_) return halt("the new epoch is not known");
  drop_proposal();
  epoch_ = epoch;
  set_ = set;
  self_ = set_->find(env_.signer.key());
  draining_ = false;
  rejoin_in_epoch(epoch, first_view);
  view_ = first_view;
  active_ = true;
  selection_ = Selection{tip_.seq, std::nullopt, 0};
  new_view_.clear();
  persist(to_record(ViewRecord{epoch_, view_, true, {}}));
  prepared_.reset();
  spare_.reset();
  own_checkpoint_.reset();
  checkpoints_.clear();
  reset_members();
  reset_books();
  progress_ms_ = view_start_ms_ = moved_ms_ = now_ms_;
  // The old set's votes for a checkpoint at its last height are void now; without the new set's the
  // window would stand still when epochs end at two checkpoints in a row.
  if (tip_.seq > stable_seq_) cast_checkpoint();
}

/// Does whatever has become possible; when height, view or phase moved, early messages may be due.
void ReplicaState::advance() {
  for (;;) {
    maybe_rejoin();
    make_progress();
    if (halted_ || draining_) return;
    const Position here{tip_.seq, view_, active_, epoch_};
    if (here == replayed_at_) break;
    replayed_at_ = here;
    replay_future();
  }
  maybe_propose();
}

void ReplicaState::make_progress() {
  if (halted_ || draining_) return;
  maybe_sync();
  if (certified_ && overlay_ready(certified_->body.head.digest)) {
    const Certified certified = *std::exchange(certified_, std::nullopt);
    return commit(certified.body, certified.certificate);
  }
  if (!proposal_ || !overlay_ready(proposal_->head.digest)) return;
  vote_prepare();
  maybe_prepared();
  maybe_committed();
}

// --- timers --------------------------------------------------------------------------------------

Millis ReplicaState::timeout() const { return config_.timeout_ms << doublings_; }

bool ReplicaState::has_work() const {
  return pending_.count > 0 || proposal_ || is_required_open();
}

/// Suspects the primary: of silence (no commit while there is work), or of censorship (the oldest
/// request is ignored although others commit). While a view change is under way no request timer
/// runs; the next view is tried only when a quorum wants this one or a later one and the primary of
/// it stays silent, so a cut-off member does not run through views alone (pitfall 10).
void ReplicaState::check_timers() {
  if (active_) {
    if (!has_work()) progress_ms_ = now_ms_;
    const bool silent = now_ms_ - progress_ms_ >= timeout();
    const Millis waiting_since = std::max(pending_.oldest_ms, view_start_ms_);
    const bool censored = pending_.count > 0 && now_ms_ > waiting_since &&
                          now_ms_ - waiting_since >= config_.fairness_factor * timeout();
    const bool awaited = pending_.count > 0 && !proposal_ && !is_primary();
    const Millis waiting = awaited ? now_ms_ - progress_ms_ : 0;
    const bool slow = !is_primary() && pace_.is_slow(waiting, config_.timeout_ms / 16,
                                                     config_.slow_factor, set_->size());
    if ((!silent && !censored && !slow) || EMR_BUG(kNoRequestTimer)) return;
    if (silent || censored) double_timeout();
    return start_view_change(view_ + 1, silent ? "timeout" : censored ? "censorship" : "slow");
  }
  const bool wanted = members_at_or_above(view_) >= set_->quorum() || EMR_BUG(kEscalateAlone);
  if (!wanted) {
    quorum_since_.reset();
  } else if (!quorum_since_) {
    quorum_since_ = now_ms_;
  } else if (now_ms_ - *quorum_since_ >= timeout()) {
    double_timeout();
    start_view_change(view_ + 1, "timeout");
  }
}

void ReplicaState::double_timeout() {
  if (doublings_ < kMaxTimeoutDoublings && !EMR_BUG(kNoBackoff)) ++doublings_;
}

/// Sends again what peers may have lost. Votes are never new here: they are the durable ones.
void ReplicaState::resend() {
  last_send_ms_ = now_ms_;
  if (!is_member()) return;
  if (!active_) return broadcast(own_view_change());
  if (is_required_open() && is_primary() && !proposal_ && !find_body(*selection_.digest)) {
    broadcast(BodyRequest{next_seq(), *selection_.digest});
  }
  if (!proposal_ || !proposal_->voted) return;
  if (is_primary() && now_ms_ - proposal_->announced_ms >= proposal_->announce_again_ms) {
    announce_proposal();
  }
  for (const auto type : {quorum::VoteType::kPrepare, quorum::VoteType::kCommit}) {
    const auto& own = book(type).of(*self_);
    if (own) broadcast(VoteMessage{vote_here(type, own->digest), *self_, own->signature});
  }
}

// --- small helpers -------------------------------------------------------------------------------

void ReplicaState::send(NodeIndex to, const Message& message) {
  out_->sends.push_back({to, std::make_shared<const Bytes>(encode(message))});
}

quorum::VoteSignature ReplicaState::sign(const quorum::Vote& vote) const {
  return env_.signer.sign(quorum::vote_bytes(env_.genesis, vote));
}

bool ReplicaState::signed_by(NodeIndex node, const quorum::Vote& vote,
                             const quorum::VoteSignature& signature) const {
  return set_->contains(node) &&
         env_.verifier.verify(set_->key(node), quorum::vote_bytes(env_.genesis, vote), signature);
}

void ReplicaState::refuse(std::string_view reason, NodeIndex peer, View view, Seq seq) {
  ++refused_;
  out_->notes.push_back({"refused", std::string(reason), peer, view, seq, {}});
}

void ReplicaState::note(std::string_view what, NodeIndex peer, View view, Seq seq,
                        const Hash32& digest) {
  out_->notes.push_back({what, {}, peer, view, seq, digest});
}

void ReplicaState::halt(std::string_view reason) {
  halted_ = true;
  out_->halt = reason;
}

/// Early messages wait per peer; what does not fit pushes the oldest of the same peer out.
void ReplicaState::keep_for_later(NodeIndex from, bool has_block, ByteView bytes) {
  if (EMR_BUG(kForgetFuture)) return;
  auto& queue = future_[from];
  const auto blocks =
      std::count_if(queue.begin(), queue.end(), [](const Early& early) { return early.has_block; });
  if (has_block && static_cast<std::size_t>(blocks) >= kFutureBlocksPerPeer) {
    queue.erase(std::find_if(queue.begin(), queue.end(),
                             [](const Early& early) { return early.has_block; }));
  }
  if (queue.size() >= kFutureMessagesPerPeer) queue.pop_front();
  queue.push_back({has_block, to_bytes(bytes)});
}

void ReplicaState::replay_future() {
  for (NodeIndex from = 0; from < future_.size(); ++from) {
    if (future_[from].empty()) continue;
    for (const Early& early : std::exchange(future_[from], {})) {
      const Result<Message> message = decode(early.bytes);
      if (message && !halted_) on_message(from, message.value(), early.bytes);
    }
  }
}

ReplicaStatus ReplicaState::status() const {
  ReplicaStatus status;
  status.self = self_;
  status.epoch = epoch_;
  status.view = view_;
  status.rejoining = rejoining_.has_value();
  status.active = active_;
  status.primary = set_->primary(view_);
  status.committed = tip_.seq;
  status.digest = tip_.digest;
  status.stable = stable_seq_;
  status.view_changes = view_changes_total_;
  status.refused = refused_;
  status.timeout_ms = timeout();
  status.waiting_for = waiting_for();
  status.peers = peers_;
  return status;
}

std::string_view ReplicaState::waiting_for() const {
  if (halted_) return "operator";
  if (draining_) return "epoch";
  if (rejoining_) return "rejoining";
  if (!active_) return "new-view";
  if (certified_ || tip_.seq < selection_.committed) return "blocks";
  if (proposal_ && !overlay_ready(proposal_->head.digest)) return "execution";
  if (proposal_) return proposal_->committing ? "commits" : "prepares";
  return has_work() ? "proposal" : "";
}

}  // namespace emr::consensus
