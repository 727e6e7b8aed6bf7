// The private state of a replica and its transitions. Read PROTOCOL.md first. The code is divided
// like the protocol: replica.cpp (dispatch, timers), agreement.cpp (propose, prepare, commit),
// view_change.cpp, catch_up.cpp (checkpoints, sync, status), restart.cpp. Every event handler
// changes state and then calls advance(), which does whatever has become possible; so no transition
// depends on the order in which its conditions became true.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "consensus/bugs.h"
#include "consensus/durable.h"
#include "consensus/limits.h"
#include "consensus/messages.h"
#include "consensus/pace.h"
#include "consensus/replica.h"
#include "consensus/vote_book.h"

namespace emr::consensus {

/// The block at tip + 1 that this replica works on in the current view.
struct Proposal {
  BlockHead head;
  BlockBytes block;
  quorum::VoteSignature signature{};  ///< of the PRE-PREPARE
  bool voted = false;                 ///< own PREPARE is durable and sent
  bool committing = false;            ///< own COMMIT is durable and sent
  Millis announced_ms = 0;            ///< by this primary, last
  Millis announce_again_ms = 0;       ///< silence after which it repeats the block; doubles
};

/// A block with the head computed from its bytes.
struct Body {
  BlockHead head;
  BlockBytes block;
};

struct Prepared {
  QuorumCert certificate;
  std::optional<Body> body;
  Slot slot = Slot::kBodyA;
};

/// A block that a quorum has committed and this replica has not yet.
struct Certified {
  Body body;
  QuorumCert certificate;
};

/// What a replica without its vote records must get past before it votes again.
struct Rejoining {
  std::uint64_t nonce = 0;
  Millis probed_ms = 0;
  std::map<NodeIndex, ProbeReply> replies;  ///< the first of every member
  bool bounded = false;  ///< enough replies; until then the bounds below mean nothing
  Seq committed = 0;
  std::pair<Epoch, View> place{};
};

class ReplicaState {
 public:
  ReplicaState(const Config& config, const Environment& environment, const Restored& restored);

  Status restore(const DurableState& durable, Effects& effects);
  void step(const Event& event, Effects& effects);
  ReplicaStatus status() const;

 private:
  // --- replica.cpp: dispatch, sending, timers
  void on(const Received& event);
  void on(const Tick& event);
  void on(const Pending& event);
  void on(const Built& event);
  void on(const Validated& event);
  void on(const EpochStarted& event);
  void enter_epoch(Epoch epoch, View first_view);
  void on(const SnapshotInstalled& event);
  void on(const SnapshotDeclined& event);
  void on_message(NodeIndex from, const Message& message, ByteView bytes);
  void advance();
  void make_progress();
  void check_timers();
  bool has_work() const;
  Millis timeout() const;
  void double_timeout();
  std::string_view waiting_for() const;
  void resend();
  /// Does this replica vote?
  bool is_member() const { return self_ && !rejoining_; }
  bool is_primary() const { return is_member() && *self_ == set_->primary(view_); }
  Seq next_seq() const { return tip_.seq + 1; }
  void send(NodeIndex to, const Message& message);
  void broadcast(const Message& message) { send(kEveryone, message); }
  quorum::VoteSignature sign(const quorum::Vote& vote) const;
  bool signed_by(NodeIndex node, const quorum::Vote& vote,
                 const quorum::VoteSignature& signature) const;
  void refuse(std::string_view reason, NodeIndex peer, View view, Seq seq);
  void note(std::string_view what, NodeIndex peer, View view, Seq seq, const Hash32& digest);
  void keep_for_later(NodeIndex from, bool has_block, ByteView bytes);
  void replay_future();

  // --- agreement.cpp: the three phases
  void on_pre_prepare(NodeIndex from, const PrePrepare& message, ByteView bytes);
  void on_vote(NodeIndex from, const VoteMessage& message, ByteView bytes);
  bool is_too_early(View view, Seq seq) const;
  std::string_view fault_of(const PrePrepare& message, const BlockHead& head) const;
  void accept(const BlockHead& head, const BlockBytes& block,
              const quorum::VoteSignature& signature, Origin origin);
  void maybe_propose();
  void propose_selected();
  void announce_proposal();
  void vote_prepare();
  void maybe_prepared();
  void maybe_committed();
  void commit(const Body& body, const QuorumCert& certificate);
  void drop_proposal();
  VoteBook& book(quorum::VoteType type);
  quorum::Vote vote_here(quorum::VoteType type, const Hash32& digest) const;
  void cast(quorum::VoteType type, const Hash32& digest);
  void report(NodeIndex culprit, std::string_view kind, const VoteMessage& first,
              const VoteMessage& second);
  bool overlay_ready(const Hash32& digest) const { return overlay_done_ && overlay_ == digest; }
  void validate(const BlockHead& head, const BlockBytes& block, Origin origin);
  void persist(Record record);
  Slot persist_body(const BlockHead& head, const BlockBytes& block);

  // --- view_change.cpp
  void start_view_change(View target, std::string_view reason);
  const ViewChange& own_view_change();
  void on_view_change(NodeIndex from, const ViewChange& message);
  void on_new_view(const NewView& message, ByteView bytes);
  void maybe_join();
  void maybe_new_view();
  void enter_view(const NewView& message, const Selection& selection, Bytes bytes);
  std::size_t members_at_or_above(View view) const;
  void reset_books();
  void reset_members();
  bool is_required_open() const { return selection_.digest && tip_.seq == selection_.committed; }

  // --- catch_up.cpp: checkpoints, status, block sync
  void on_checkpoint(const VoteMessage& message);
  void on_status(NodeIndex from, const StatusMessage& message);
  void on_block_reply(const BlockReply& message);
  void on_body_request(NodeIndex from, const BodyRequest& message);
  void on_body_reply(const BodyReply& message);
  bool may_answer(NodeIndex peer);
  void answer_late(NodeIndex peer);
  void on_stable(const StableMessage& message);
  void cast_checkpoint();
  void adopt_stable(const QuorumCert& certificate);
  void learn_certificate(const QuorumCert& certificate);
  void maybe_sync();
  void request_blocks();
  void take_certified(Certified certified);
  std::optional<Body> find_body(const Hash32& digest) const;
  std::optional<Body> read_body(const BlockBytes& block) const;
  StatusMessage own_status() const;
  Seq watermark() const { return stable_seq_ + 2 * config_.checkpoint_interval; }
  void halt(std::string_view reason);
  bool wants_snapshot(Seq claimed) const;
  Seq offered_stable() const;
  Seq claimed_stable() const;
  bool awaits_stable(const PeerStatus& peer) const;

  // --- rejoin.cpp: after a loss of the vote records
  void probe();
  void on_probe(NodeIndex from, const Probe& message);
  void on_probe_reply(NodeIndex from, const ProbeReply& message);
  void rejoin_in_epoch(Epoch epoch, View first_view);
  void maybe_rejoin();

  // --- restart.cpp
  Status restore_view(const ViewRecord& record);
  Status restore_blocks(const DurableState& durable);
  void resume(const DurableState& durable);

  const Config config_;
  const Environment env_;
  Effects* out_ = nullptr;  ///< only within step

  // Identity
  const quorum::ValidatorSet* set_;
  std::optional<NodeIndex> self_;
  Epoch epoch_;
  std::optional<Rejoining> rejoining_;
  bool draining_ = false;  ///< the epoch's last block is committed; wait for EpochStarted
  bool halted_ = false;

  // Agreement
  View view_;
  bool active_ = true;
  Tip tip_;
  Selection selection_;
  Bytes new_view_;  ///< the NEW-VIEW this view started from, to be sent to late members
  std::optional<Proposal> proposal_;
  std::optional<Prepared> prepared_;
  std::optional<Body> spare_;  ///< accepted in an earlier view or fetched: may be selected again
  std::optional<AcceptedRecord> accepted_;  ///< mirror of the durable record
  VoteBook prepares_;
  VoteBook commits_;
  bool building_ = false;
  bool body_asked_ = false;
  Hash32 overlay_{};           ///< block last given to the program to execute
  bool overlay_done_ = false;  ///< ... and it was found good
  Origin overlay_origin_ = Origin::kProposed;

  // View change
  std::vector<std::optional<ViewChange>> view_changes_;  ///< the latest of every member
  std::optional<Millis> quorum_since_;                   ///< a quorum wants this view since

  // Checkpoints and catching up
  Seq stable_seq_ = 0;
  std::optional<QuorumCert> stable_;
  std::optional<CheckpointRecord> own_checkpoint_;
  std::map<Seq, VoteBook> checkpoints_;
  std::optional<Certified> certified_;
  std::map<Seq, Certified> fetched_;
  std::vector<PeerStatus> peers_;
  NodeIndex sync_peer_ = 0;
  std::optional<Millis> requested_at_;
  Seq requested_last_ = 0;
  Seq snapshot_declined_ = 0;  ///< the stable height when the program preferred blocks
  std::optional<Millis> behind_since_;
  struct Early {
    bool has_block = false;
    Bytes bytes;
  };
  std::vector<std::deque<Early>> future_;
  std::vector<Millis> answered_ms_;
  std::vector<Millis> body_sent_ms_;

  struct Position {
    Seq seq = 0;
    View view = 0;
    bool active = true;
    Epoch epoch = 0;
    friend bool operator==(const Position&, const Position&) = default;
  };
  Position replayed_at_;  ///< where the early messages were last looked through

  // Timers
  Millis now_ms_;
  Pending pending_;
  Millis progress_ms_;  ///< last commit, view start or end of idleness
  Millis view_start_ms_;
  Millis moved_ms_;  ///< last commit or view start
  Millis last_send_ms_;
  Millis heartbeat_ms_;
  unsigned doublings_ = 0;
  Pace pace_;

  // Counters
  std::uint64_t view_changes_total_ = 0;
  std::uint64_t refused_ = 0;
  std::size_t evidence_here_ = 0;
};

}  // namespace emr::consensus
