// Snapshot and history frames from anywhere: no crash; decoding inverts encoding.
#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "node/snapshot_frames.h"

namespace {

template <class Decode>
void round_trip(emr::ByteView frame, Decode decode) {
  const auto message = decode(frame);
  if (!message) return;
  const auto again = emr::node::encode_frame(*message);
  EMR_CHECK(std::equal(again->begin() + 1, again->end(), frame.begin() + 1, frame.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::node;
  if (size == 0) return 0;
  const emr::ByteView frame(data, size);
  round_trip(frame, decode_want_snapshot);
  round_trip(frame, decode_snapshot_offer);
  round_trip(frame, decode_want_chunks);
  round_trip(frame, decode_chunks);
  round_trip(frame, decode_want_history);
  round_trip(frame, decode_history);
  return 0;
}
