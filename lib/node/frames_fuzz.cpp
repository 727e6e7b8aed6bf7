// Frames from a peer: no crash, no over-read; what is accepted is written again as it was.
#include <cstdint>

#include "base/check.h"
#include "node/frames.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  using namespace emr::node;
  const ByteView frame(data, size);
  const auto kind = frame_kind(frame);
  if (!kind) return 0;
  if (const auto hashes = decode_hashes(frame); hashes && *kind == FrameKind::kWantSidecars) {
    EMR_CHECK(*hashes_frame(*kind, *hashes) == to_bytes(frame));
  }
  (void)decode_requests(frame);
  (void)decode_sidecars(frame);
  (void)decode_content(frame);
  (void)decode_want_content(frame);
  return 0;
}
