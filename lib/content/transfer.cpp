#include "content/transfer.h"

#include "base/wire.h"

namespace emr::content {

static_assert(kFrameOverhead + kMaxBlockSize <= kMaxBatchBytes);

void append_block_frame(Bytes& body, const Hash32& blinding, const Cid& cid, ByteView block) {
  const Bytes name = cid_bytes(to_version_1(cid));
  WireWriter head;
  head.u32(static_cast<std::uint32_t>(blinding.size() + name.size() + block.size()));
  append(body, head.bytes());
  append(body, blinding);
  append(body, name);
  append(body, block);
}

Result<BlockFrame> read_block_frame(ByteView& rest) {
  WireReader reader(rest);
  const std::size_t size = reader.u32();
  WireReader inner(reader.raw(size));
  BlockFrame frame;
  frame.blinding = inner.hash();
  ByteView content = inner.raw(inner.remaining());
  if (reader.failed() || inner.failed() || size > kMaxBlockSize + kFrameOverhead) {
    return fail(Code::kData, "block frame is cut short or too long").with_reason("frame");
  }
  EMR_ASSIGN(frame.cid, read_cid(content));
  if (frame.cid.version != 1 || content.size() > kMaxBlockSize) {
    return fail(Code::kData, "block frame is malformed").with_reason("frame");
  }
  EMR_TRY(check_block(frame.cid, content));
  frame.block = content;
  rest = rest.subspan(4 + size);
  return frame;
}

}  // namespace emr::content
