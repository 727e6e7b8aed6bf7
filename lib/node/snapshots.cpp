#include "node/snapshots.h"

#include <algorithm>

#include "ledger/limits.h"
#include "node/limits.h"

namespace emr::node {

ledger::StateChunk read_chunk(const store::Snapshot& view, const std::string& start,
                              const std::optional<std::string>& stop) {
  ledger::StateChunk chunk{start, stop, {}};
  view.visit(store::Table::kState, as_bytes(start), [&](ByteView key, ByteView value) {
    if (stop && as_text(key) >= *stop) return false;
    chunk.entries.push_back({std::string(as_text(key)), std::string(as_text(value))});
    return chunk.entries.size() <= ledger::kChunkEntriesMax;
  });
  return chunk;
}

namespace {

/// On the wire, at most: each entry with its two lengths, the ends of the chunk.
std::size_t wire_bytes(const ledger::StateChunk& chunk) {
  std::size_t bytes = 16 + 2 * store::kKeyBytesMax;
  for (const ledger::StateEntry& entry : chunk.entries) {
    bytes += 8 + entry.key.size() + entry.value.size();
  }
  return bytes;
}

}  // namespace

bool Snapshots::Kept::in_use(Clock::time_point now) const {
  return used != Clock::time_point{} && now - used < kSnapshotInUse;
}

const ledger::MerkleTree& Snapshots::Kept::merkle() {
  if (!tree) tree.emplace(leaves);
  return *tree;
}

void Snapshots::keep(const ledger::BlockHeader& header, Bytes certificate,
                     const ledger::StateTree& tree, std::shared_ptr<store::PinnedView> view) {
  auto kept = std::make_shared<Kept>();
  kept->header = header;
  kept->certificate = std::move(certificate);
  kept->starts = tree.starts();
  kept->leaves = tree.leaves();
  kept->view = std::move(view);
  const std::lock_guard lock(lock_);
  const auto now = Clock::now();
  std::erase_if(kept_, [now](const auto& old) { return !old->in_use(now); });
  if (kept_.size() >= kSnapshotsMax) kept_.erase(kept_.begin());
  kept_.push_back(std::move(kept));
}

void Snapshots::written(std::size_t bytes) {
  const std::lock_guard lock(lock_);
  const auto now = Clock::now();
  std::erase_if(kept_, [bytes, now](const auto& one) {
    one->written += bytes;
    return one->written > (one->in_use(now) ? kPinnedBytesInUseMax : kPinnedBytesMax);
  });
}

std::size_t Snapshots::size() const {
  const std::lock_guard lock(lock_);
  return kept_.size();
}

std::shared_ptr<Snapshots::Kept> Snapshots::find(std::uint64_t height) const {
  const std::lock_guard lock(lock_);
  for (const auto& one : kept_) {
    if (one->header.height != height) continue;
    one->used = Clock::now();
    return one;
  }
  return nullptr;
}

std::shared_ptr<Snapshots::Kept> Snapshots::newest() const {
  const std::lock_guard lock(lock_);
  return kept_.empty() ? nullptr : kept_.back();
}

std::optional<SnapshotOffer> Snapshots::offer(const WantSnapshot& wanted) const {
  std::shared_ptr<Kept> newest;
  {
    const std::lock_guard lock(lock_);
    if (kept_.empty() || kept_.back()->header.height <= wanted.height) return std::nullopt;
    newest = kept_.back();
    newest->used = Clock::now();
  }
  SnapshotOffer offer;
  offer.header = newest->header;
  offer.certificate = newest->certificate;
  offer.chunks = newest->starts.size();
  {
    const std::lock_guard lock(newest->lock);
    offer.tree_root = newest->merkle().root();
  }
  bool is_whole = false;
  const bool held = newest->view->with([&](const store::Snapshot& view) {
    auto epochs = view.epoch_links(offer.header.epoch, wanted.epoch);
    is_whole = epochs && epochs->size() <= ledger::kEpochLinksMax;
    if (is_whole) offer.epochs = *std::move(epochs);
    offer.snapshot_bytes = view.bytes(store::Table::kState);
    const std::uint64_t blocks = std::max<std::uint64_t>(view.count(store::Table::kBlocks), 1);
    const std::uint64_t bytes =
        view.bytes(store::Table::kBlocks) + view.bytes(store::Table::kCertificates);
    offer.blocks_bytes = (newest->header.height - wanted.height) * (bytes / blocks);
  });
  if (!held || !is_whole) return std::nullopt;
  return offer;
}

// A question about one key does not count as use: it must not keep a view alive that has become
// expensive.
std::optional<ledger::StateProof> Snapshots::prove(std::string_view key) const {
  const auto kept = newest();
  if (kept == nullptr) return std::nullopt;
  const auto above = std::upper_bound(kept->starts.begin(), kept->starts.end(), key);
  ledger::StateProof proof;
  proof.header = kept->header;
  proof.certificate = kept->certificate;
  proof.key = key;
  proof.chunks = kept->starts.size();
  proof.number = static_cast<std::uint64_t>(above - kept->starts.begin()) - 1;
  const std::optional<std::string> stop =
      above == kept->starts.end() ? std::nullopt : std::optional(*above);
  const bool held = kept->view->with([&](const store::Snapshot& view) {
    const ledger::StateChunk chunk = read_chunk(view, *std::prev(above), stop);
    proof.chunk = ledger::index_of(chunk);
    for (const ledger::StateEntry& entry : chunk.entries) {
      if (entry.key == key) proof.value = entry.value;
    }
  });
  if (!held) return std::nullopt;
  const std::lock_guard lock(kept->lock);
  proof.path = kept->merkle().path(proof.number);
  return proof;
}

Chunks Snapshots::chunks(const WantChunks& wanted) const {
  Chunks answer{wanted.height, wanted.first, {}};
  const auto kept = find(wanted.height);
  if (kept == nullptr || wanted.first >= kept->starts.size()) return answer;
  const std::lock_guard lock(kept->lock);
  kept->view->with([&](const store::Snapshot& view) {
    std::size_t bytes = 0;
    const std::uint64_t stop =
        std::min<std::uint64_t>(wanted.first + wanted.count, kept->starts.size());
    for (std::uint64_t i = wanted.first; i < stop && bytes < kBulkFrameBytes; ++i) {
      const bool last = i + 1 == kept->starts.size();
      ProvenChunk one;
      one.chunk = read_chunk(view, kept->starts[i],
                             last ? std::nullopt : std::optional(kept->starts[i + 1]));
      const std::size_t size = wire_bytes(one.chunk);
      if (size > kChunkBytesMax) break;  // fits no frame: whoever needs it follows by blocks
      bytes += size;
      one.path = kept->merkle().path(i);
      answer.chunks.push_back(std::move(one));
    }
  });
  return answer;
}

}  // namespace emr::node
