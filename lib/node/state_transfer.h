// Fetching a snapshot from the peers, and after it the blocks below it. Owned by the core thread;
// bounded memory: at most one request per peer is in flight, and what arrived is verified and
// written (64 chunks in one durable transaction) before the next one is asked for.
//
// A snapshot: offers are collected; the newest whose header is certified (by a later epoch's set
// too: the offer proves which that is) and whose size is below that of the blocks is taken. Its
// chunks are fetched from every peer that holds it, each proven by its Merkle path, and put into
// the store's stage; the progress stands beside them, so that a node that was killed goes on where
// it was. At last the tree of the whole stage must have the certified root; then one transaction
// makes the stage the state. Nothing is visible before.
//
// History: the blocks below a snapshot follow in the background, from the top down; each must be
// the one that the block above names.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "node/engine.h"
#include "node/snapshot_frames.h"
#include "store/store.h"

namespace emr::node {

class StateTransfer {
 public:
  struct Environment {
    const ledger::Genesis* genesis = nullptr;
    store::Store* store = nullptr;
    Engine* engine = nullptr;
    Logger* log = nullptr;
    std::function<void(std::uint32_t peer, Frame frame)> send;
    std::function<bool(std::uint32_t peer)> connected;
    std::uint32_t members = 0;
  };

  /// Reads what an earlier run has left. kIo "corrupt" when that does not decode.
  static Result<std::unique_ptr<StateTransfer>> open(Environment environment);

  /// The core wants a snapshot. Idempotent.
  void want(Millis now_ms);
  void tick(Millis now_ms);
  void on_offer(std::uint32_t peer, const std::optional<SnapshotOffer>& offer, Millis now_ms);
  void on_chunks(std::uint32_t peer, const Chunks& chunks, Millis now_ms);
  void on_history(std::uint32_t peer, const History& history, Millis now_ms);

  bool active() const noexcept { return phase_ != Phase::kIdle; }
  /// Chunks that are in the stage, and all of them; zeros when nothing is fetched.
  std::pair<std::uint64_t, std::uint64_t> progress() const;
  /// Heights whose blocks are still to be fetched.
  std::uint64_t missing_blocks() const;

 private:
  enum class Phase { kIdle, kAsking, kChunks, kBlock };
  /// What is being fetched; durable under meta "snapshot".
  struct Target {
    ledger::BlockHeader header;
    Bytes certificate;
    std::uint64_t chunks = 0;
    Hash32 tree_root{};
    std::vector<bool> groups;  ///< which groups of kChunksPerRequest are in the stage
  };
  struct PeerWork {
    std::optional<std::uint64_t> group;
    std::vector<ledger::StateChunk> got;  ///< of the group, from its first chunk on
    Millis asked_ms = 0;
    Millis barred_until_ms = 0;
    bool has_none = false;
    unsigned failures = 0;  ///< in a row: it said that it has it and brought nothing that holds
  };
  struct Range {
    std::uint64_t lowest = 0;
    std::uint64_t highest = 0;
  };

  explicit StateTransfer(Environment environment);
  Status load();

  // state_transfer.cpp: offers and chunks
  bool is_certified(const SnapshotOffer& offer) const;
  bool has_failed(std::uint32_t peer, Millis now_ms) const;
  void choose(Millis now_ms);
  void begin(const SnapshotOffer& offer);
  void ask_for_chunks(Millis now_ms);
  std::optional<std::uint64_t> next_group() const;
  void request(std::uint32_t peer, Millis now_ms);
  bool is_proven(const ProvenChunk& one, std::uint64_t number) const;
  void bar(std::uint32_t peer, Millis now_ms, const char* why);
  void keep(PeerWork& work);
  void give_up();
  void save_progress(store::WriteBatch& batch) const;

  // state_history.cpp: the snapshot's block, the installation, the blocks below
  void ask_for_block(Millis now_ms);
  void install(const OldBlock& block);
  void ask_for_history(Millis now_ms);
  void take_history(const History& history);
  bool take_old_block(const OldBlock& old, Range& range, store::WriteBatch& batch);
  void save_history(store::WriteBatch& batch) const;
  std::optional<std::uint32_t> next_peer();

  Environment env_;
  Phase phase_ = Phase::kIdle;
  Millis started_ms_ = 0;
  Millis asked_ms_ = 0;
  std::map<std::uint32_t, SnapshotOffer> offers_;
  std::set<std::uint32_t> answered_;
  std::map<std::uint32_t, Millis> failed_ms_;  ///< when it did not bring what it had offered
  std::optional<Target> target_;
  std::vector<PeerWork> peers_;
  std::vector<Range> history_;  ///< rising, not touching
  Millis history_asked_ms_ = 0;
  std::optional<std::uint32_t> history_peer_;
  std::uint32_t peer_cursor_ = 0;
};

}  // namespace emr::node
