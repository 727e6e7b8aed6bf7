// What nodes say to each other about snapshots and old blocks (FORMAT.md section 3). Decoders check
// form and limits only; what is carried proves itself: a header by its certificate, a chunk by its
// Merkle path to the header's state root, an old block by the hash link from the block above it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/block.h"
#include "ledger/epochs.h"
#include "ledger/state_tree.h"
#include "node/frames.h"

namespace emr::node {

/// "What can you give somebody who stands at `height` in `epoch`?"
struct WantSnapshot {
  std::uint64_t height = 0;
  quorum::Epoch epoch = 0;
};

/// One snapshot that the sender holds, with what it costs against the blocks instead. The sizes are
/// claims and decide about the cheaper way only.
struct SnapshotOffer {
  ledger::BlockHeader header;
  Bytes certificate;
  std::uint64_t chunks = 0;
  Hash32 tree_root{};  ///< with `chunks` it must give the header's state root
  std::uint64_t snapshot_bytes = 0;
  std::uint64_t blocks_bytes = 0;
  /// The ends of the epochs from the asker's to the one before the header's: who may certify it.
  std::vector<ledger::EpochLink> epochs;
};

struct WantChunks {
  std::uint64_t height = 0;
  std::uint64_t first = 0;
  std::uint32_t count = 0;
};

struct ProvenChunk {
  ledger::StateChunk chunk;
  std::vector<Hash32> path;
};
/// Chunks first, first + 1, … of the snapshot; fewer than wanted when they do not fit, none when
/// the sender does not hold it any more.
struct Chunks {
  std::uint64_t height = 0;
  std::uint64_t first = 0;
  std::vector<ProvenChunk> chunks;
};

/// Blocks from `highest` downwards, not below `lowest`.
struct WantHistory {
  std::uint64_t highest = 0;
  std::uint64_t lowest = 0;
};

struct OldBlock {
  Bytes block;
  Bytes certificate;
  std::vector<std::string> receipts;
};
struct History {
  std::vector<OldBlock> blocks;  ///< falling heights without a gap
};

Frame encode_frame(const WantSnapshot& message);
/// Without an offer: "I have none for you."
Frame encode_frame(const std::optional<SnapshotOffer>& message);
Frame encode_frame(const WantChunks& message);
Frame encode_frame(const Chunks& message);
Frame encode_frame(const WantHistory& message);
Frame encode_frame(const History& message);

Result<WantSnapshot> decode_want_snapshot(ByteView frame);
Result<std::optional<SnapshotOffer>> decode_snapshot_offer(ByteView frame);
Result<WantChunks> decode_want_chunks(ByteView frame);
Result<Chunks> decode_chunks(ByteView frame);
Result<WantHistory> decode_want_history(ByteView frame);
Result<History> decode_history(ByteView frame);

}  // namespace emr::node
