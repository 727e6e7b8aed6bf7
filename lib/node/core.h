// The core thread: the only one that touches consensus, application, mempool and LMDB writes. Other
// threads hand it work as closures through post(), in bounded amounts; it never waits for them.
// It joins the engine (lib/node/engine.h) with the network, the waiting clients and the repair of
// sidecars and content.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "net/mesh.h"
#include "node/engine.h"
#include "node/fair_queue.h"
#include "node/members.h"
#include "node/repair_rounds.h"
#include "node/snapshots.h"
#include "node/state_transfer.h"
#include "node/tx_stream.h"
#include "node/undecided.h"
#include "node/workers.h"

namespace emr::node {

/// A verified request with the place where its sender's answer goes (none: it came from a peer).
/// `peer` is that one.
struct Submission {
  ledger::VerifiedPtr tx;
  std::string sidecar;
  std::shared_ptr<TxStream> stream;
  std::size_t slot = 0;
  net::PeerIndex peer = 0;
};

/// What status, metrics and readiness show; published by the core thread, read by any.
struct CoreStatus {
  consensus::ReplicaStatus replica;
  ledger::ChainTip tip;
  EngineCounters counters;
  std::size_t mempool = 0;
  std::size_t mempool_bytes = 0;
  std::size_t waiting = 0;
  std::size_t missing_sidecars = 0;
  std::uint64_t missing_blocks = 0;    ///< history below a snapshot that is still to come
  std::uint64_t snapshot_chunks = 0;   ///< fetched so far ...
  std::uint64_t snapshot_total = 0;    ///< ... of these; 0: none is being fetched
  std::size_t snapshots = 0;           ///< that others can fetch from us
  Millis oldest_pending_ms = 0;  ///< age of the oldest request
  Millis published_ms = 0;       ///< steady clock, when the core thread wrote this
};

/// Milliseconds of the steady clock, as CoreStatus and ReplicaStatus count them.
Millis steady_ms();

struct CoreOptions {
  EngineOptions engine;
  Members* members = nullptr;  ///< kept up to date by the core thread
};

class Core final : public EngineHost {
 public:
  Core(const CoreOptions& options, store::Store& store, Logger& log);
  ~Core() override;  ///< stop()
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  Status open(VoteKeys vote_keys);
  /// Begins to run; `mesh` must outlive the core thread (stop() first).
  void start(net::Mesh& mesh);
  /// Finishes what is being worked off and joins. Idempotent.
  void stop();
  /// Called once from the core thread when the engine stops by itself.
  void on_stopped(std::function<void(const Error&)> call) { on_stopped_ = std::move(call); }

  /// Called on the core thread when the table of members has changed.
  void on_members(std::function<void()> call) { members_changed_ = std::move(call); }
  /// Called on the core thread every now and then (50 ms).
  void on_housekeeping(std::function<void()> call) { housekeeping_ = std::move(call); }

  // --- any thread ---
  void submit(std::vector<Submission> submissions);
  /// The outcome of a known or future transaction goes to the stream.
  void watch(const Hash32& txid, std::shared_ptr<TxStream> stream, std::size_t slot);
  /// A consensus frame; false when the peer's inbox is full (dropped, consensus resends).
  bool consensus_frame_from(net::PeerIndex peer, Bytes frame);
  void sidecars_from(std::vector<SidecarItem> items);
  /// Makes verified blocks durable; `done` is called on the core thread, or at once when the core
  /// has too much to do ("busy").
  using ContentDone = std::function<void(const Status&, std::size_t stored)>;
  void store_content(std::vector<ContentItem> items, bool replicate, ContentDone done);
  void peer_connected(net::PeerIndex peer, bool connected);
  std::shared_ptr<const CoreStatus> status() const;
  /// What state transfer has to hear, on the core thread; dropped (and asked for again) when too
  /// much waits already.
  void transfer(std::size_t bytes, std::function<void(StateTransfer&, Millis now_ms)> call);
  const Snapshots& snapshots() const noexcept { return snapshots_; }

  // --- EngineHost, core thread ---
  void send(consensus::NodeIndex to, Frame frame) override;
  void send_to_place(net::PeerIndex to, Frame frame) override;
  void on_members_changed() override;
  void want_sidecars(const std::vector<Hash32>& txids, consensus::NodeIndex likely) override;
  void on_committed(const ledger::Executed& executed) override;
  void on_refused(const ledger::VerifiedPtr& tx, const Error& why) override;
  void want_snapshot() override;

 private:
  struct Waiter {
    std::shared_ptr<TxStream> stream;
    std::size_t slot;
  };

  void post(std::function<void()> work);
  /// For work whose amount others decide; false when too much of it waits already.
  bool post_bounded(std::size_t bytes, std::function<void()> work);
  void run();
  void read_peers();
  bool is_idle();
  void timers();
  void take(std::vector<Submission>& submissions);
  void take_one(Submission& submission);
  bool is_undecided(const ledger::VerifiedTransaction& tx, const Error& why) const;
  void settle_undecided();
  std::optional<std::string> committed_answer(const Hash32& txid) const;
  bool answer_if_committed(const Hash32& txid, TxStream* stream, std::size_t slot);
  void answer(const Hash32& txid, const std::string& line);
  void forward(const std::vector<RequestItem>& items, net::PeerIndex to);
  void forward_again();
  void expire_streams();
  void send_to_keepers(const std::vector<ContentItem>& items);
  Status keep_content(const std::vector<ContentItem>& items, std::size_t& stored);
  void repair();
  void repair_sidecars();
  void ask_for_sidecars(net::PeerIndex place, const std::vector<Hash32>& txids);
  net::PeerIndex next_connected(net::PeerIndex after) const;
  Status open_transfer();
  void refresh_members();
  void keep_snapshot(const ledger::Executed& executed);
  void keep_last_checkpoint();
  void keep_snapshot_of(const ledger::BlockHeader& header, const ledger::StateTree& tree);
  void publish();

  CoreOptions options_;
  store::Store* store_;
  Logger* log_;
  net::Mesh* mesh_ = nullptr;
  Mempool pool_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<StateTransfer> transfer_;
  Snapshots snapshots_;
  std::function<void(const Error&)> on_stopped_;
  std::function<void()> housekeeping_;
  std::function<void()> members_changed_;
  std::unordered_map<Hash32, std::vector<Waiter>, TxidHash> waiters_;
  /// Of the waiting ones those that the state refuses and that a block below our snapshot may hold.
  Undecided undecided_;
  std::vector<RequestItem> taken_;  ///< from clients, to be forwarded at the end of this turn
  std::uint64_t settled_at_ = 0;  ///< blocks that were missing when undecided_ was last looked at
  std::vector<std::weak_ptr<TxStream>> streams_;
  std::vector<std::weak_ptr<TxStream>> watchers_;  ///< of these: who only asked
  std::vector<bool> connected_;
  InventoryRounds inventories_;
  net::PeerIndex repair_peer_ = 0;
  net::PeerIndex sidecar_peer_ = 0;
  RepairRounds sidecar_rounds_;
  Millis repaired_ms_ = 0;
  Millis asked_sidecars_ms_ = 0;
  Millis forwarded_ms_ = 0;
  Millis published_ms_ = 0;
  Millis now_ms_ = 0;
  bool pool_changed_ = false;

  std::mutex mutex_;  ///< guards the queues
  std::condition_variable ready_;
  std::vector<std::function<void()>> queue_;
  bool stopping_ = false;
  FairQueue<Bytes> inbox_;               ///< consensus frames
  std::vector<std::size_t> inbox_bytes_;  ///< by place
  std::atomic<std::size_t> core_inbox_bytes_{0};
  mutable std::mutex status_mutex_;
  std::shared_ptr<const CoreStatus> status_;
  std::thread thread_;
};

}  // namespace emr::node
