// The worked examples of FORMAT.md section 2: each frame is made here and looked for in the
// document, so neither can change alone.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "base/hex.h"
#include "base/wire.h"
#include "node/frames.h"

namespace emr::node {
namespace {

std::string document() {
  std::ifstream file(EMR_SOURCE_DIR "/lib/node/FORMAT.md");
  std::ostringstream text;
  text << file.rdbuf();
  std::string all = text.str();
  std::erase_if(all, [](char c) { return c == ' ' || c == '\n'; });
  return all;
}

/// As it is on the wire, behind its length.
std::string on_the_wire(const Frame& frame) {
  WireWriter writer;
  writer.blob(*frame);
  return to_hex(std::move(writer).take());
}

Hash32 filled(std::uint8_t byte) {
  Hash32 hash{};
  hash.fill(byte);
  return hash;
}

TEST_CASE("format: every kind of frame is as its worked example says") {
  const Bytes cid = to_bytes("cid");
  const std::vector<Frame> frames = {consensus_frame(Bytes{1, 9, 0, 0, 0, 0}),
                                     request_frames({{"{}", "[]", filled(0x33)}}).at(0),
                                     hashes_frame(FrameKind::kWantSidecars, {filled(0x11)}),
                                     sidecar_frames({{filled(0x11), "[]"}}).at(0),
                                     content_frames({{filled(0x22), cid, to_bytes("block")}}).at(0),
                                     want_content_frame({cid}),
                                     hashes_frame(FrameKind::kInventory, {filled(0x33)}),
                                     hashes_frame(FrameKind::kWantHandles, {filled(0x33)})};
  const std::string text = document();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::string bytes = on_the_wire(frames[i]);
    CAPTURE(bytes);
    CHECK(static_cast<std::size_t>(frame_kind(*frames[i]).value()) == i + 1);
    CHECK(text.find(bytes) != std::string::npos);
  }
  const auto requests = decode_requests(*frames[1]);
  REQUIRE((requests && requests->size() == 1));
  CHECK(requests->front().entry == "{}");
  CHECK(requests->front().sidecar == "[]");
  CHECK(requests->front().point_y == filled(0x33));
  Bytes hello = to_bytes("emr-net/1");
  append(hello, filled(0x44));
  CHECK(text.find(to_hex(hello)) != std::string::npos);
}

}  // namespace
}  // namespace emr::node
