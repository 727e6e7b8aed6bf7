// The snapshots that this node can give to others, and prove single keys from: a view of the store
// pinned right after the commit of a checkpoint height, with the tree that its header certifies.
// Two at most. A pinned view costs disk space, because pages that were replaced since cannot be
// used again; so an old one goes when much has changed, and much later when somebody is fetching
// from it. After a restart there is none before the next checkpoint, unless the last block is one.
//
// keep() and written() belong to the core thread; the rest to any thread.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ledger/merkle.h"
#include "ledger/state_proof.h"
#include "node/snapshot_frames.h"
#include "store/store.h"

namespace emr::node {

class Snapshots {
 public:
  using Clock = std::chrono::steady_clock;

  /// The state that `tree` describes is what `view` shows; `header` holds its root.
  void keep(const ledger::BlockHeader& header, Bytes certificate, const ledger::StateTree& tree,
            std::shared_ptr<store::PinnedView> view);
  /// So many bytes of state have changed since; lets go of what has become too expensive.
  void written(std::size_t bytes);

  /// The newest, for somebody at `height`; nullopt when there is none above.
  std::optional<SnapshotOffer> offer(const WantSnapshot& wanted) const;
  /// As many of the wanted ones as fit a frame, each with its path.
  Chunks chunks(const WantChunks& wanted) const;
  /// What the newest one shows of a key, without the chain of epochs; nullopt when there is none.
  std::optional<ledger::StateProof> prove(std::string_view key) const;
  std::size_t size() const;

 private:
  struct Kept {
    ledger::BlockHeader header;
    Bytes certificate;
    std::vector<std::string> starts;
    std::vector<Hash32> leaves;
    std::optional<ledger::MerkleTree> tree;  ///< made when somebody asks for the first time
    std::shared_ptr<store::PinnedView> view;
    std::size_t written = 0;
    Clock::time_point used{};
    std::mutex lock;  ///< guards `tree`

    const ledger::MerkleTree& merkle();  ///< `lock` is held
    bool in_use(Clock::time_point now) const;
  };

  std::shared_ptr<Kept> find(std::uint64_t height) const;
  std::shared_ptr<Kept> newest() const;

  mutable std::mutex lock_;
  std::vector<std::shared_ptr<Kept>> kept_;  ///< oldest first
};

/// The entries from `start` up to `stop`.
ledger::StateChunk read_chunk(const store::Snapshot& view, const std::string& start,
                              const std::optional<std::string>& stop);

}  // namespace emr::node
