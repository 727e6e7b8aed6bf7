// Replacing a primary: everybody who suspects it leaves the view with a VIEW-CHANGE, the next
// primary proves with q of them what the new view has to start from.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "consensus/new_view.h"
#include "consensus/replica_state.h"

namespace emr::consensus {

/// From here on this replica votes in no view below `target`; durable before it is said.
void ReplicaState::start_view_change(View target, std::string_view reason) {
  EMR_CHECK(is_member() && target > view_);
  drop_proposal();
  view_ = target;
  active_ = false;
  selection_ = {};
  new_view_.clear();
  quorum_since_.reset();
  reset_books();
  ++view_changes_total_;
  if (!EMR_BUG(kForgetView)) persist(to_record(ViewRecord{epoch_, view_, false, {}}));
  out_->notes.push_back({"view-change", std::string(reason), *self_, view_, tip_.seq, {}});
  broadcast(own_view_change());
  last_send_ms_ = now_ms_;
  maybe_join();
  maybe_new_view();
}

/// Always from the durable facts: the tip and what is prepared above it (pitfall 4). Signed again
/// only when one of them has moved.
const ViewChange& ReplicaState::own_view_change() {
  ViewChange message{epoch_, view_, *self_, tip_.seq, tip_.certificate, std::nullopt, {}};
  if (prepared_ && prepared_->certificate.vote.seq == next_seq() && !EMR_BUG(kStalePrepared)) {
    message.prepared = prepared_->certificate;
  }
  std::optional<ViewChange>& own = view_changes_[*self_];
  if (own) message.signature = own->signature;
  if (own != message) {
    message.signature = sign(vote_of(message));
    own = std::move(message);
  }
  return *own;
}

void ReplicaState::on_view_change(NodeIndex from, const ViewChange& message) {
  const auto [view, seq] = std::pair(message.view, message.committed);
  if (message.sender != from) return refuse("not_the_sender", from, view, seq);
  if (message.epoch != epoch_) return answer_late(from);
  if (view < view_ || (view == view_ && active_)) return answer_late(from);
  const auto& known = view_changes_[from];
  if (known && (known->view > view || *known == message)) return;
  const Status valid = verify(message, *set_, env_.validators, env_.genesis, env_.verifier);
  if (!valid) return refuse(valid.error().reason, from, view, seq);
  note("view-change", from, view, seq, {});
  view_changes_[from] = message;
  peers_[from].view = std::max(peers_[from].view, view);
  peers_[from].committed = std::max(peers_[from].committed, seq);
  if (message.commit_certificate) learn_certificate(*message.commit_certificate);
  if (!is_member()) return;
  maybe_join();
  maybe_new_view();
}

/// f + 1 members that want later views include a correct one: follow, to the smallest of them. A
/// liar alone can neither start a view change nor push the view far ahead (pitfall 10).
void ReplicaState::maybe_join() {
  std::vector<View> later;
  for (NodeIndex member = 0; member < view_changes_.size(); ++member) {
    const auto& one = view_changes_[member];
    if (member != *self_ && one && one->view > view_) later.push_back(one->view);
  }
  if (later.size() < set_->weak_quorum() || EMR_BUG(kNoJoin)) return;
  start_view_change(*std::min_element(later.begin(), later.end()), "joined");
}

std::size_t ReplicaState::members_at_or_above(View view) const {
  return static_cast<std::size_t>(
      std::count_if(view_changes_.begin(), view_changes_.end(),
                    [view](const auto& one) { return one && one->view >= view; }));
}

void ReplicaState::maybe_new_view() {
  if (active_ || !is_primary()) return;
  (void)own_view_change();  // the tip may have moved since it was sent
  NewView message{epoch_, view_, *self_, {}, {}, {}};
  for (const auto& one : view_changes_) {
    if (one && one->view == view_) message.view_changes.push_back(*one);
  }
  if (message.view_changes.size() < set_->quorum()) return;
  const Selection selection = select(message.view_changes);
  message.selection = encode(selection);
  message.signature = sign(vote_of(message));
  Bytes bytes = encode(message);
  out_->sends.push_back({kEveryone, std::make_shared<const Bytes>(bytes)});
  enter_view(message, selection, std::move(bytes));
}

/// From anybody: it is signed by the primary of its view and proves itself.
void ReplicaState::on_new_view(const NewView& message, ByteView bytes) {
  if (message.epoch != epoch_ || message.view < view_) return;
  if (message.view == view_ && active_) return;
  const Status valid =
      verify(message, *set_, env_.validators, env_.genesis, env_.verifier, view_changes_);
  if (!valid) return refuse(valid.error().reason, message.sender, message.view, 0);
  const Result<Selection> selection = decode_selection(message.selection);
  if (!selection) return refuse("wrong_selection", message.sender, message.view, 0);
  for (const ViewChange& one : message.view_changes) {
    peers_[one.sender].committed = std::max(peers_[one.sender].committed, one.committed);
    if (one.commit_certificate) learn_certificate(*one.commit_certificate);
  }
  enter_view(message, selection.value(), to_bytes(bytes));
}

void ReplicaState::enter_view(const NewView& message, const Selection& selection, Bytes bytes) {
  drop_proposal();
  view_ = message.view;
  active_ = true;
  selection_ = selection;
  new_view_ = std::move(bytes);
  if (!EMR_BUG(kForgetView)) persist(to_record(ViewRecord{epoch_, view_, true, new_view_}));
  for (auto& one : view_changes_) {
    if (one && one->view <= view_) one.reset();
  }
  quorum_since_.reset();
  reset_books();
  pace_.next_view();
  progress_ms_ = view_start_ms_ = moved_ms_ = now_ms_;
  note("new-view", message.sender, view_, selection.committed, selection.digest.value_or(Hash32{}));
}

}  // namespace emr::consensus
