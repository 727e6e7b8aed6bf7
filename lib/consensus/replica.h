// One PBFT replica as a step function (Castro & Liskov 1999, with one block in flight): event in,
// effects out, nothing else. It has no clock, no file, no socket, no thread and no randomness; the
// same events give the same effects bit for bit. PROTOCOL.md is the essay; effects.h is the
// contract. One thread owns a replica. Input from peers can never stop the program: it is refused
// and counted. The referenced collaborators must outlive it.
#pragma once

#include <memory>
#include <string_view>

#include "consensus/effects.h"
#include "consensus/events.h"
#include "consensus/types.h"

namespace emr::consensus {

/// The pure functions and keys a replica works with; borrowed.
struct Environment {
  Hash32 genesis{};
  const quorum::VoteSigner& signer;
  const quorum::VoteVerifier& verifier;
  const BlockReader& blocks;
  const Validators& validators;
};

/// What `emr-pbft-node status` shows of the core.
struct PeerStatus {
  Epoch epoch = 0;
  View view = 0;
  Seq committed = 0;
  std::optional<Seq> stable;  ///< none: no STATUS of it has come yet
  Millis heard_ms = 0;  ///< last valid message; 0 = never
};
struct ReplicaStatus {
  std::optional<NodeIndex> self;  ///< none: an observer that follows but does not vote
  Epoch epoch = 0;
  View view = 0;
  bool rejoining = false;  ///< may have forgotten votes: follows, and does not vote yet
  bool active = false;     ///< false: a view change to `view` is under way
  NodeIndex primary = 0;
  Seq committed = 0;
  Hash32 digest{};
  Seq stable = 0;
  std::uint64_t view_changes = 0;  ///< views left since start
  std::uint64_t refused = 0;       ///< messages refused since start
  Millis timeout_ms = 0;           ///< current, with back-off
  std::string_view waiting_for;    ///< "" idle, else "prepares", "commits", "new-view", ...
  std::vector<PeerStatus> peers;   ///< by validator index
};

class ReplicaState;  // the private state, in replica_state.h

class Replica {
 public:
  /// Starts from durable state (for a new node: epoch 0, tip = genesis, no records). kData when the
  /// records are damaged: then the node must be given a fresh copy of its ledger, not a guess.
  /// `effects` receives what a restarted replica has to do first.
  static Result<Replica> start(const Config& config, const Environment& environment,
                               const Restored& restored, Effects& effects);
  Replica(Replica&&) noexcept;
  Replica& operator=(Replica&&) noexcept;
  ~Replica();

  /// Appends to `effects` what has to be done; the order of duties is in effects.h.
  void step(const Event& event, Effects& effects);

  ReplicaStatus status() const;

 private:
  explicit Replica(std::unique_ptr<ReplicaState> state);
  std::unique_ptr<ReplicaState> state_;
};

}  // namespace emr::consensus
