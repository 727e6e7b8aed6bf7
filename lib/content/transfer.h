// How sealed blocks travel between a tool and the consortium's nodes (POST /v1/content): one frame
// per block, u32 length ‖ r[32] ‖ CID bytes (version 1) ‖ block, where r is the blinding of the
// object that the block belongs to. From the root's frame a node learns the handle it stores for.
// The receiver checks every block against its CID here, before it believes anything else.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "content/cid.h"
#include "content/limits.h"

namespace emr::content {

inline constexpr std::size_t kFrameOverhead = 4 + 32 + 36;
/// Frames that one request holds at most: 14 full blocks stay below the 16 MiB of a request.
inline constexpr std::size_t kMaxBatchBytes = std::size_t{15} << 20;

struct BlockFrame {
  Hash32 blinding{};
  Cid cid;
  ByteView block;  ///< borrowed from the body
};

void append_block_frame(Bytes& body, const Hash32& blinding, const Cid& cid, ByteView block);
/// Reads one frame from the front of `rest`. kData with reason "frame" or "block_mismatch".
Result<BlockFrame> read_block_frame(ByteView& rest);

}  // namespace emr::content
