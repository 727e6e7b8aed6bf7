// Goal: a snapshot is taken only as a quorum has certified it, whatever the peers send; a death at
// any moment costs nothing that was durable; the blocks below follow (pitfall 13). Method:
// testing_transfer.h.
#include "node/state_transfer.h"

#include <doctest/doctest.h>

#include "node/testing_transfer.h"

namespace emr::node {
namespace {

using namespace testing;

TEST_CASE("transfer: a snapshot in proven chunks, then the blocks below it") {
  Net net;
  net.joiner.run(SIZE_MAX, cheap);
  check_whole(net.joiner, net.server);
  // Members may have renewed their transport keys in the blocks that were left out.
  CHECK(net.joiner.member_changes == 1);
}

TEST_CASE("transfer: one that offers a snapshot and brings nothing does not hold us up for ever") {
  Net net;
  const auto liar = [](std::uint32_t peer, Frame frame) -> Frame {
    if (*frame_kind(*frame) == FrameKind::kSnapshotOffer) {
      const Frame none = encode_frame(std::optional<SnapshotOffer>());
      return peer == 0 ? cheap(peer, std::move(frame)) : none;
    }
    if (peer == 0) return nullptr;
    const Chunks none{decode_chunks(*frame)->height, decode_chunks(*frame)->first, {}};
    return encode_frame(none);
  };
  net.joiner.run(SIZE_MAX, liar);
  net.joiner.run(SIZE_MAX, liar);
  CHECK_FALSE(net.joiner.transfer->active());
  CHECK_FALSE(net.joiner.store->current().contains(store::Table::kMeta, as_bytes("snapshot")));
  // Asked again, it is not believed again: the answer is "by blocks".
  const std::size_t asked = net.joiner.chunk_requests;
  net.joiner.transfer->want(net.joiner.now_ms);
  net.joiner.run(SIZE_MAX, liar);
  CHECK_FALSE(net.joiner.transfer->active());
  CHECK(net.joiner.chunk_requests == asked);
}

TEST_CASE("transfer: a snapshot of a later epoch, also when its own block ends one (R-015)") {
  for (const std::vector<std::uint64_t>& ends :
       {std::vector<std::uint64_t>{25}, {7, 8, 39}, {7, kHeight}, {kHeight}}) {
    Net net(ends);
    for (int life = 0; life < 3; ++life) {  // killed before and after the installation
      net.joiner.run(6, cheap);
      net.joiner.kill();
    }
    net.joiner.run(SIZE_MAX, cheap);
    check_whole(net.joiner, net.server);
    net.joiner.kill();
    check_whole(net.joiner, net.server);
  }
}

TEST_CASE("transfer: when the blocks are less, the snapshot is declined") {
  Net net;
  net.joiner.run();
  CHECK_FALSE(net.joiner.transfer->active());
  CHECK(net.joiner.engine->tip().height == 0);
  CHECK(net.joiner.store->current().count(store::Table::kStage) == 0);
}

TEST_CASE("transfer: killed after any answer it goes on where it was") {
  Net net;
  std::size_t lives = 0;
  while (net.joiner.engine->tip().height < kHeight && lives++ < 60) {
    net.joiner.run(4, cheap);
    net.joiner.kill();
    const auto& view = net.joiner.store->current();
    if (net.joiner.engine->tip().height == 0) CHECK(view.get("family/1000000") == std::nullopt);
  }
  net.joiner.run(SIZE_MAX, cheap);
  check_whole(net.joiner, net.server);
  CHECK(lives > 1);
  CHECK(net.joiner.chunk_requests < 40);  // not from the beginning each time
}

TEST_CASE("transfer: a peer that bends chunks is left aside, the state is right all the same") {
  Net net;
  std::size_t bent = 0;
  net.joiner.run(SIZE_MAX, [&](std::uint32_t peer, Frame frame) {
    frame = cheap(peer, std::move(frame));
    if (peer != 1 || *frame_kind(*frame) != FrameKind::kChunks) return frame;
    Chunks chunks = *decode_chunks(*frame);
    if (chunks.chunks.empty() || chunks.chunks[0].chunk.entries.empty()) return frame;
    chunks.chunks[0].chunk.entries[0].value = "forged";
    ++bent;
    return encode_frame(chunks);
  });
  CHECK(bent > 0);
  check_whole(net.joiner, net.server);
}

TEST_CASE("transfer: what no quorum has certified is not even begun") {
  Net net;
  const auto offers = [&](const std::function<void(SnapshotOffer&)>& change) {
    net.joiner.kill();
    net.joiner.run(SIZE_MAX, [&](std::uint32_t peer, Frame frame) {
      frame = cheap(peer, std::move(frame));
      if (*frame_kind(*frame) != FrameKind::kSnapshotOffer) return frame;
      auto offer = *decode_snapshot_offer(*frame);
      change(*offer);
      return encode_frame(offer);
    });
    return net.joiner.engine->tip().height;
  };
  CHECK(offers([](SnapshotOffer& offer) { offer.tree_root[0] ^= 1; }) == 0);
  CHECK(offers([](SnapshotOffer& offer) { ++offer.chunks; }) == 0);
  CHECK(offers([](SnapshotOffer& offer) { offer.certificate.back() ^= 1; }) == 0);
  CHECK(offers([](SnapshotOffer& offer) {
          offer.header.state_root = ledger::state_root(offer.chunks, offer.tree_root);
          ++offer.header.height;
        }) == 0);
  CHECK(net.joiner.chunk_requests == 0);
}

TEST_CASE("transfer: a set that no chain of certified blocks leads to certifies nothing") {
  Net net({7, 25});
  const auto bent = [&](const std::function<void(std::vector<ledger::EpochLink>&)>& change) {
    net.joiner.kill();
    net.joiner.run(SIZE_MAX, [&](std::uint32_t peer, Frame frame) {
      frame = cheap(peer, std::move(frame));
      if (*frame_kind(*frame) != FrameKind::kSnapshotOffer) return frame;
      auto offer = *decode_snapshot_offer(*frame);
      change(offer->epochs);
      return encode_frame(offer);
    });
    return net.joiner.engine->tip().height;
  };
  using Links = std::vector<ledger::EpochLink>;
  CHECK(bent([](Links& links) { links.clear(); }) == 0);
  CHECK(bent([](Links& links) { links.pop_back(); }) == 0);
  CHECK(bent([](Links& links) { links.erase(links.begin()); }) == 0);
  CHECK(bent([](Links& links) { std::swap(links[1].next[0], links[1].next[1]); }) == 0);
  CHECK(bent([](Links& links) { links[1].certificate.back() ^= 1; }) == 0);
  CHECK(bent([](Links& links) { ++links[0].header.height; }) == 0);
  CHECK(net.joiner.chunk_requests == 0);
  CHECK(bent([](Links&) {}) == kHeight);
}

TEST_CASE("transfer: a chunk that fits no frame ends it, and the way is by blocks") {
  Net net({}, 40, ledger::kStateValueBytesMax);
  net.joiner.run(SIZE_MAX, cheap);
  CHECK_FALSE(net.joiner.transfer->active());
  net.joiner.transfer->want(net.joiner.now_ms);
  const std::size_t asked = net.joiner.chunk_requests;
  net.joiner.run(SIZE_MAX, cheap);
  CHECK_FALSE(net.joiner.transfer->active());  // nobody's offer is taken again
  CHECK(net.joiner.chunk_requests == asked);
  CHECK(net.joiner.engine->tip().height == 0);
}

TEST_CASE("transfer: old blocks that do not link are refused and asked for elsewhere") {
  Net net;
  std::size_t bent = 0;
  net.joiner.run(SIZE_MAX, [&](std::uint32_t peer, Frame frame) {
    frame = cheap(peer, std::move(frame));
    if (peer != 0 || *frame_kind(*frame) != FrameKind::kHistory) return frame;
    History history = *decode_history(*frame);
    if (history.blocks.empty()) return frame;
    history.blocks[0].block[200] ^= 1;
    ++bent;
    return encode_frame(history);
  });
  CHECK(bent > 0);
  check_whole(net.joiner, net.server);
}

}  // namespace
}  // namespace emr::node
