// One node of a simulation: the real replica, the toy application, a disk. It works off Effects in
// the order that effects.h demands and can die at any point in between; what it takes into the next
// life is its disk. The host decides what happens to its messages and answers.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "consensus/replica.h"
#include "quorum/insecure_suite.h"
#include "toy_app.h"

namespace emr::sim {

class SimNode;

/// What a node gives to one that is too far behind for blocks; everything in it proves itself.
struct Snapshot {
  consensus::BlockBytes block;
  quorum::QuorumCert certificate;  ///< of its commit
  ToyApp app;                      ///< the state after it
};

/// What surrounds the nodes: network, clock, fate.
class Host {
 public:
  virtual ~Host() = default;
  virtual void on_send(SimNode& node, const consensus::Send& send) = 0;
  /// An answer to BuildBlock or ValidateBlock; give it back through SimNode::answer, later.
  virtual void on_answer(SimNode& node, consensus::Event answer) = 0;
  virtual void on_commit(SimNode& node, const consensus::CommitBlock& commit) = 0;
  virtual void on_effects(SimNode& node, const consensus::Effects& effects) = 0;
  /// Asked at every crash point; true kills the node there.
  virtual bool crashes_now(SimNode& node) = 0;
  /// The same while a snapshot is installed, which is rare and long enough to be worth dying in.
  virtual bool crashes_installing(SimNode&) { return false; }
  /// Asked before every write; true: there is no room, the node stops with nothing written.
  virtual bool is_disk_full(SimNode&) { return false; }
  /// The node has executed this request, now or long ago, at this height.
  virtual void on_receipt(SimNode&, RequestId, consensus::Seq) {}
  /// The node wants a snapshot; give it back through SimNode::install, later or never.
  virtual void on_fetch(SimNode&, const consensus::FetchSnapshot&) {}
  virtual void on_install(SimNode&, const Snapshot&) {}
  /// The time of day that the node believes in.
  virtual std::uint64_t wall_ms(const SimNode&) { return 0; }
};

enum class Damage : std::uint8_t { kRecord, kBlock, kState };

/// What all nodes of a simulation share.
struct Consortium final : consensus::Validators {
  /// With real secp256k1 signatures when asked for: for measuring what the fast ones leave out.
  explicit Consortium(std::size_t nodes, bool has_real_signatures = false);
  const quorum::ValidatorSet* find(consensus::Epoch epoch) const override {
    return epoch == 0 ? &set : nullptr;
  }

  std::vector<std::unique_ptr<const quorum::VoteSigner>> signers;  ///< by member
  quorum::ValidatorSet set;
  Hash32 genesis{};
  std::unique_ptr<const quorum::VoteVerifier> verifier;
  ToyReader reader;
  std::uint64_t issued = 0;  ///< requests that clients have signed
};

class SimNode {
 public:
  SimNode(Host& host, Consortium& consortium, consensus::NodeIndex identity, std::size_t instance,
          const consensus::Config& config);

  consensus::NodeIndex identity() const { return identity_; }
  std::size_t instance() const { return instance_; }
  bool is_up() const { return replica_.has_value(); }
  consensus::ReplicaStatus status() const { return replica_->status(); }
  const ToyApp& app() const { return app_; }
  consensus::Seq height() const { return tip_.seq; }
  std::uint64_t life() const { return life_; }
  const consensus::Tip& tip() const { return tip_; }
  std::size_t waiting() const { return mempool_.size(); }
  /// Has lost its disk and does not vote yet.
  bool is_rejoining() const { return rejoining_; }

  /// Before the first start: which member is the first primary.
  void set_first_view(consensus::View view) { first_view_ = view; }
  /// False: it refuses to start, because its disk is damaged.
  bool start(consensus::Millis now_ms);
  void crash();
  /// From now on it remembers what a power cut may take.
  void fear_power_cuts() { fears_power_cuts_ = true; }
  /// Crashes; a commit that was written without a vote beside it and not flushed to the end is lost
  /// when `loses` (effects.h allows that). True: it was.
  bool cut_power(bool loses);
  /// Crashes, and everything durable is lost.
  void wipe();
  /// Flips one bit on the disk. False: there is nothing of this kind.
  bool damage(Damage where, std::uint64_t position);
  /// True while a damaged record is on the disk that no start may overlook.
  bool has_damaged_record() const { return has_damaged_record_; }
  /// The state as of the last checkpoint at or above `seq`; null: not here.
  std::shared_ptr<const Snapshot> snapshot(consensus::Seq seq) const;
  void install(const Snapshot& snapshot);
  void deliver(consensus::NodeIndex from, const Bytes& bytes);
  void tick(consensus::Millis now_ms);
  void submit(RequestId id);
  void answer(const consensus::Event& event);

 private:
  struct Stored {
    consensus::BlockBytes block;
    quorum::QuorumCert certificate;
  };
  struct Waiting {
    RequestId id = 0;
    consensus::Millis since = 0;
  };

  void step(const consensus::Event& event);
  bool perform();
  void persist();
  void act(const consensus::Action& action);
  void build();
  void serve(const consensus::ServeBlocks& order);
  void keep_snapshot();
  void tell_pending();

  Host& host_;
  Consortium& consortium_;
  const consensus::NodeIndex identity_;
  const std::size_t instance_;
  const consensus::Config config_;
  consensus::View first_view_ = 0;
  // Survives a crash.
  std::array<Bytes, consensus::kSlotCount> slots_;
  std::vector<Stored> chain_;
  consensus::Seq chain_start_ = 0;  ///< chain_[0] is the block above this height
  std::deque<std::shared_ptr<const Snapshot>> snapshots_;
  bool has_damaged_record_ = false;
  bool rejoining_ = false;
  bool fears_power_cuts_ = false;
  struct Before {
    consensus::Tip tip;
    ToyApp app;
  };
  std::optional<Before> before_;  ///< the last commit, while a power cut may take it
  consensus::Tip tip_;
  ToyApp app_;  ///< its overlay does not survive
  // Does not.
  std::optional<consensus::Replica> replica_;
  std::vector<Waiting> mempool_;
  std::optional<consensus::BuildBlock> build_wanted_;
  consensus::Effects effects_;
  consensus::Millis now_ms_ = 0;
  std::uint64_t life_ = 0;
};

}  // namespace emr::sim
