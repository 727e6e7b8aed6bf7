// Consensus, application and store as one machine: feeds events to the PBFT core and works its
// effects off in the order the core demands (lib/consensus/effects.h): first one durable
// transaction, then messages, then actions. Owned by the core thread; nothing in here blocks except
// the disk.
//
// A block is voted for only when it was executed here with exactly the results it claims, and when
// every sidecar it needs is held: the sidecars become durable together with the vote.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consensus/replica.h"
#include "ledger/application.h"
#include "net/mesh.h"
#include "node/allowance.h"
#include "node/evidence_log.h"
#include "node/frames.h"
#include "node/limits.h"
#include "node/log.h"
#include "node/mempool.h"
#include "node/refusal_memory.h"
#include "node/snapshot_frames.h"
#include "node/vote_keys.h"
#include "quorum/secp256k1_votes.h"
#include "store/store.h"

namespace emr::node {

/// What the engine asks of the core around it.
class EngineHost {
 public:
  virtual ~EngineHost() = default;
  /// By replica index of the current epoch, or everybody.
  virtual void send(consensus::NodeIndex to, Frame frame) = 0;
  virtual void send_to_place(net::PeerIndex to, Frame frame) = 0;
  virtual void want_sidecars(const std::vector<Hash32>& txids, consensus::NodeIndex likely) = 0;
  /// Registrations have changed. When an epoch has ended, from now on replica indices are those of
  /// the next one.
  virtual void on_members_changed() = 0;
  /// The block is durable and its requests have left the mempool.
  virtual void on_committed(const ledger::Executed& executed) = 0;
  /// This node is far behind.
  virtual void want_snapshot() = 0;
  /// A waiting request that the state does not admit (any more); it has left the mempool.
  virtual void on_refused(const ledger::VerifiedPtr& tx, const Error& why) = 0;
};

struct EngineOptions {
  const ledger::Genesis* genesis = nullptr;
  const ledger::Executor* executor = nullptr;
  /// This is the node's very first start: an empty store is no lost one, and it votes at once.
  bool founding = false;
  /// A number that was never used before (random).
  std::uint64_t fresh_number = 0;
};

struct EngineCounters {
  std::uint64_t blocks = 0;
  std::uint64_t transactions = 0;
  std::uint64_t refused_blocks = 0;
  std::uint64_t refused_messages = 0;
  std::uint64_t evidence = 0;  ///< proven faults of other members
  std::uint64_t forged = 0;    ///< messages with a wrong signature, by authenticated links
};

class Engine {
 public:
  /// Founds an empty store from the genesis, or resumes. kConfig when the store belongs to another
  /// chain, kIo ("corrupt") when it cannot be read. The references must outlive the engine.
  static Result<std::unique_ptr<Engine>> open(const EngineOptions& options,
                                              VoteKeys vote_keys, store::Store& store,
                                              Mempool& pool, EngineHost& host, Logger& log,
                                              Millis now_ms);

  void received(consensus::NodeIndex from, ByteView message);
  /// From a peer that is no validator (of our epoch): it may ask for blocks, and nothing else.
  void received_from_outsider(net::PeerIndex place, ByteView message);
  void tick(Millis now_ms, UnixSeconds now);
  /// The mempool has changed.
  void requests_changed();
  void sidecar_arrived(const Hash32& txid, std::string sidecar);

  /// When a batch is being filled: the moment to call tick() at the latest.
  std::optional<Millis> build_due_ms() const noexcept { return build_ ? build_due_ : std::nullopt; }
  /// Nothing waits to be worked on: time for the flush that a lone commit has saved, which the next
  /// vote would have to wait for.
  void idle();
  /// Makes durable what waits for the next vote; the last call before the engine goes.
  void close();
  /// Set when the node must stop: disk full, divergence.
  const std::optional<Error>& stopped() const noexcept { return stopped_; }

  Status check(const ledger::VerifiedTransaction& tx, UnixSeconds now) const;
  const ledger::ChainTip& tip() const noexcept { return application_.tip(); }
  /// The authenticated state at the tip.
  const ledger::StateTree& state_tree() const noexcept { return application_.tree(); }
  consensus::ReplicaStatus status() const { return replica_->status(); }
  const EngineCounters& counters() const noexcept { return counters_; }
  /// Sidecars of committed transactions that this node lacks (it was away when they travelled).
  const std::set<Hash32>& missing_sidecars() const noexcept { return missing_; }

  // --- for state transfer (engine_snapshot.cpp)
  /// A commit certificate for exactly this header.
  Status verify_certificate(const ledger::BlockHeader& header, ByteView certificate) const;
  quorum::Epoch epoch() const noexcept { return application_.validators().epoch(); }
  /// Later sets, each named by the last block of the epoch before: their certificates count from
  /// now on. kNegative for the first that does not follow; what went before it stays known.
  Status learn_epochs(const std::vector<ledger::EpochLink>& links);
  void snapshot_declined();
  /// The node cannot go on: its disk does not take the snapshot.
  void fail_transfer(const Error& why);
  /// A checked block that belongs below the tip.
  void put_old_block(store::WriteBatch& batch, const ledger::Block& block, const OldBlock& raw);
  /// Makes the stage the state and this block the tip, together with the batch. `tree` is the
  /// stage's, and has the block's state root; `stage` reads it.
  void install_snapshot(const ledger::Block& block, const OldBlock& raw, ledger::StateTree tree,
                        const ledger::StateReader& stage, store::WriteBatch batch);

  /// One of those came back: durable, after the check against its core.
  void restore_sidecar(const Hash32& txid, const std::string& sidecar);

 private:
  class HeadReader final : public consensus::BlockReader {
   public:
    Result<consensus::BlockHead> read(ByteView block) const override;
  };
  /// Every epoch there was: old certificates are still checked and served.
  class EpochSets final : public consensus::Validators {
   public:
    void add(const quorum::ValidatorSet& set) { sets_.emplace(set.epoch(), set); }
    const quorum::ValidatorSet* find(consensus::Epoch epoch) const override {
      const auto found = sets_.find(epoch);
      return found == sets_.end() ? nullptr : &found->second;
    }

   private:
    std::map<consensus::Epoch, quorum::ValidatorSet> sets_;
  };

  /// A proposal that is being checked; it waits here for its sidecars.
  struct Checking {
    consensus::ValidateBlock action;
    ledger::Block block;
    std::vector<ledger::VerifiedPtr> transactions;
    std::set<Hash32> missing;
  };

  Engine(const EngineOptions& options, VoteKeys vote_keys, store::Store& store, Mempool& pool,
         EngineHost& host, Logger& log, ledger::ChainTip tip);
  Status start_replica(const EngineOptions& options, Millis now_ms);
  Status load_epochs();
  std::string member_name(consensus::Epoch epoch, consensus::NodeIndex member) const;
  Status enter_epoch(const quorum::ValidatorSet& set);
  void follow_members();
  Result<consensus::View> first_view_of(quorum::Epoch epoch) const;
  void serve(const consensus::ServeBlocks& range, Allowance& allowance,
             const std::function<void(Frame)>& send) const;
  Result<consensus::Restored> restored(const EngineOptions& options, Millis now_ms) const;
  void load_missing();

  // engine.cpp: events in, effects out
  void step(const consensus::Event& event);
  void work_off(consensus::Effects& effects);
  bool make_durable(consensus::Effects& effects);
  bool add_commit(const consensus::CommitBlock& commit);
  void act(const consensus::BuildBlock& action);
  void act(const consensus::ValidateBlock& action);
  void act(const consensus::DiscardBlock& action);
  void act(const consensus::ServeBlocks& action);
  void act(const consensus::FetchSnapshot& action);
  void act(const consensus::CheckpointStable& action);
  void act(const consensus::Rejoined& action);
  void report(const consensus::Effects& effects);
  void keep_evidence(const consensus::Evidence& evidence);
  void keep_forged();
  consensus::Pending pending() const;
  void stop(Error why);

  // engine_blocks.cpp: building, checking, committing
  void build();
  void drop_unbuildable(const std::vector<ledger::VerifiedPtr>& candidates,
                        const ledger::Executed& executed);
  void sweep();
  void flush();
  Result<Checking> prepare_check(const consensus::ValidateBlock& action) const;
  Result<std::vector<ledger::VerifiedPtr>> verified(const std::vector<std::string>& entries) const;
  Status check_time(const ledger::BlockHeader& header) const;
  bool holds_sidecar(const ledger::VerifiedTransaction& tx) const;
  std::string sidecar_of(const Hash32& txid) const;
  void keep_sidecars(const std::vector<ledger::VerifiedPtr>& transactions);
  void finish_check();
  void answer_check(bool ok);
  void tell_versions(const ledger::Executed& executed);
  void note_missing(const ledger::Executed& executed);
  void note_missing(store::WriteBatch& batch, const Hash32& txid);

  const ledger::Genesis* genesis_;
  const ledger::ChainId chain_;
  const ledger::Executor* executor_;
  std::optional<consensus::NodeIndex> self_;  ///< in the current epoch; none: an observer
  store::Store* store_;
  Mempool* pool_;
  EngineHost* host_;
  Logger* log_;
  RenewableSigner signer_;
  quorum::Secp256k1Verifier verifier_;
  RefusalMemory refusals_{verifier_};
  EpochSets validators_;
  HeadReader heads_;
  ledger::Application application_;
  std::optional<consensus::Replica> replica_;

  std::vector<Allowance> members_served_{quorum::kMaxValidators};  ///< by replica index
  std::vector<Allowance> outsiders_served_{kPeerPlacesMax};        ///< by place
  EvidenceLog evidence_;
  /// The message that is being worked on, and who sent it.
  std::optional<consensus::Received> current_;
  std::deque<consensus::Event> followups_;
  bool stepping_ = false;
  store::WriteBatch batch_;  ///< sidecars that wait for the next vote's transaction
  std::shared_ptr<const ledger::Executed> committed_;  ///< durable, to be announced
  std::shared_ptr<const ledger::Executed> settled_;    ///< its changes of members take effect now
  std::optional<consensus::BuildBlock> build_;
  std::optional<Millis> build_due_;
  std::optional<Checking> checking_;
  std::map<Hash32, std::string> arrived_;  ///< sidecars fetched for the block being checked
  std::set<Hash32> kept_;  ///< sidecars of the next block that are in the batch or the store
  std::set<Hash32> missing_;
  std::size_t last_block_size_ = 0;
  Millis newest_committed_ms_ = 0;  ///< arrival of the youngest request that was committed
  Millis now_ms_ = 0;
  Millis swept_ms_ = 0;
  Millis flushed_ms_ = 0;
  bool is_synced_ = true;  ///< no power cut can take what was applied last
  Millis asked_sidecars_ms_ = 0;
  std::uint32_t next_asked_ = 0;
  UnixSeconds now_ = 0;
  consensus::Pending told_{};
  std::optional<Error> stopped_;
  EngineCounters counters_;
};

}  // namespace emr::node
