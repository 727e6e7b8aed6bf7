// What nodes say to each other besides consensus: requests on their way to every mempool, sidecars
// and content blocks that one has and another lacks. The first byte of a mesh frame names the kind;
// the rest is lib/base wire. Decoders take untrusted bytes and check form and limits only: whether
// a sidecar or a block is the right one is proven by its hash at the receiver (FORMAT.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::node {

enum class FrameKind : std::uint8_t {
  kConsensus = 1,     ///< a lib/consensus message
  kRequests = 2,      ///< signed transactions with their sidecars
  kWantSidecars = 3,  ///< transaction ids
  kSidecars = 4,      ///< transaction id and sidecar each
  kContent = 5,       ///< sealed blocks with their handles
  kWantContent = 6,   ///< CIDs
  kInventory = 7,     ///< handles that the sender holds, a sorted range of them
  kWantHandles = 8,   ///< handles of an inventory that the sender of this lacks
  // snapshot_frames.h
  kWantSnapshot = 9,
  kSnapshotOffer = 10,
  kWantChunks = 11,
  kChunks = 12,
  kWantHistory = 13,
  kHistory = 14,
};

using Frame = std::shared_ptr<const Bytes>;

struct RequestItem {
  std::string entry;    ///< canonical {"core","signature"}
  std::string sidecar;  ///< canonical sidecar
  Hash32 point_y{};     ///< what the sender says of the signature (crypto::NamedSignature)
};
struct SidecarItem {
  Hash32 txid{};
  std::string sidecar;
};
struct ContentItem {
  Hash32 r{};
  Bytes cid;
  Bytes block;
};

Frame consensus_frame(ByteView message);
/// Lists are cut into frames of about kBulkFrameBytes; every item stands whole in one of them.
std::vector<Frame> request_frames(const std::vector<RequestItem>& items);
std::vector<Frame> sidecar_frames(const std::vector<SidecarItem>& items);
std::vector<Frame> content_frames(const std::vector<ContentItem>& items);
/// kWantSidecars, kInventory, kWantHandles: at most kWantItemsMax hashes.
Frame hashes_frame(FrameKind kind, const std::vector<Hash32>& hashes);
Frame want_content_frame(const std::vector<Bytes>& cids);

/// Kind of a frame; kProtocol for an empty frame or an unknown kind.
Result<FrameKind> frame_kind(ByteView frame);
Result<std::vector<RequestItem>> decode_requests(ByteView frame);
Result<std::vector<SidecarItem>> decode_sidecars(ByteView frame);
Result<std::vector<ContentItem>> decode_content(ByteView frame);
Result<std::vector<Hash32>> decode_hashes(ByteView frame);
Result<std::vector<Bytes>> decode_want_content(ByteView frame);

}  // namespace emr::node
