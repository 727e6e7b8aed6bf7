// Block frames between tools and nodes.
#include "content/transfer.h"

#include <doctest/doctest.h>

#include "base/hex.h"

namespace emr::content {
namespace {

TEST_CASE("frames: bytes, round trip, many in one body") {
  const Bytes block = to_bytes("block");
  Cid cid = cid_of_block(block, Codec::kDagPb);
  cid.version = 0;  // travels as version 1
  Bytes body;
  append_block_frame(body, Hash32{7}, cid, block);
  append_block_frame(body, Hash32{8}, cid_of_block({}, Codec::kRaw), {});
  CHECK(to_hex(ByteView(body).first(5)) == "0000004907");
  CHECK(body.size() == 2 * kFrameOverhead + 5);
  ByteView rest = body;
  const BlockFrame first = read_block_frame(rest).value();
  CHECK(first.blinding == Hash32{7});
  CHECK(first.cid == to_version_1(cid));
  CHECK(to_bytes(first.block) == block);
  CHECK(read_block_frame(rest).value().block.empty());
  CHECK(rest.empty());
}

TEST_CASE("frames: cut, overlong and lying ones") {
  const Bytes block = to_bytes("block");
  Bytes body;
  append_block_frame(body, Hash32{}, cid_of_block(block, Codec::kRaw), block);
  for (std::size_t size = 0; size < body.size(); ++size) {
    ByteView rest = ByteView(body).first(size);
    CHECK_FALSE(read_block_frame(rest).ok());
  }
  Bytes lying = body;
  lying.back() ^= 1;
  ByteView rest = lying;
  CHECK(read_block_frame(rest).error().reason == "block_mismatch");
  Bytes shorter = body;
  shorter[3] = 67;  // less than the blinding and a CID
  rest = shorter;
  CHECK_FALSE(read_block_frame(rest).ok());
  const Bytes huge = from_hex("ffffffff").value();
  rest = huge;
  CHECK(read_block_frame(rest).error().reason == "frame");
}

}  // namespace
}  // namespace emr::content
