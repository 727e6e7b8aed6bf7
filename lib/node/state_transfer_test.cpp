// Goal: a snapshot is taken only as a quorum has certified it, whatever the peers send; a death at
// any moment costs nothing that was durable; the blocks below follow (pitfall 13). Method: one real
// engine and store fetch from real stores through a pump that may bend, drop and kill.
#include "node/state_transfer.h"

#include <doctest/doctest.h>

#include <deque>

#include "contracts/contracts.h"
#include "ledger/limits.h"
#include "ledger/testing.h"
#include "node/limits.h"
#include "node/mempool.h"
#include "node/snapshots.h"
#include "store/testing.h"

namespace emr::node {
namespace {

using ledger::testing::key_of;
using store::testing::TempDir;

constexpr std::uint64_t kHeight = 40;
constexpr std::uint32_t kSelf = 3;

/// A chain of empty blocks whose last header certifies a state of many entries.
class Server {
 public:
  /// `ends`: the last block names another set of validators.
  Server(const ledger::Genesis& genesis, const std::string& directory, std::size_t entries,
         bool ends = false, std::size_t value_bytes = 200)
      : ends_epoch(ends) {
    store = *store::Store::open(directory);
    std::vector<ledger::StateWrite> writes;
    for (std::size_t i = 0; i < entries; ++i) {
      writes.push_back({"family/" + std::to_string(1'000'000 + i), std::string(value_bytes, 'v')});
    }
    const contracts::Contracts contracts;
    const auto [founding, first] = ledger::Application::found(genesis, contracts);
    store::WriteBatch batch;
    store::put_genesis(batch, ledger::encode_genesis(genesis), first, founding);
    ledger::StateTree tree;
    tree.apply(founding);
    tree.apply(writes);
    ledger::ChainTip tip = first;
    for (std::uint64_t height = 1; height <= kHeight; ++height) {
      add_block(genesis, height, height == kHeight ? tree.root() : Hash32{}, writes, tip, batch);
    }
    REQUIRE(store->apply(batch).ok());
    snapshots.keep(header, *store->current().certificate(kHeight), tree, store->pin());
  }

  /// The answer to one request.
  Frame answer(const Bytes& frame) {
    switch (*frame_kind(frame)) {
      case FrameKind::kWantSnapshot:
        return encode_frame(snapshots.offer(decode_want_snapshot(frame)->height));
      case FrameKind::kWantChunks:
        return encode_frame(snapshots.chunks(*decode_want_chunks(frame)));
      default: break;
    }
    const WantHistory wanted = *decode_want_history(frame);
    History history;
    for (auto at = wanted.highest; at >= wanted.lowest && history.blocks.size() < 8; --at) {
      const auto& view = store->current();
      history.blocks.push_back({*view.block(at), *view.certificate(at), *view.receipts(at)});
    }
    return encode_frame(history);
  }

  std::unique_ptr<store::Store> store;
  const bool ends_epoch;
  ledger::BlockHeader header;
  Snapshots snapshots;

 private:
  void add_block(const ledger::Genesis& genesis, std::uint64_t height, const Hash32& root,
                 const std::vector<ledger::StateWrite>& writes, ledger::ChainTip& tip,
                 store::WriteBatch& batch) {
    header = {};
    header.genesis = genesis.hash;
    header.height = height;
    header.previous = tip.hash;
    header.tx_root = ledger::entries_root({});
    header.receipt_root = ledger::receipts_root({});
    header.time = tip.time;
    header.next_validators = ledger::genesis_validators(genesis).hash();
    if (ends_epoch && height == kHeight) header.next_validators[0] ^= 1;
    header.state_root = root;
    tip = {height, ledger::block_hash(header), {}, tip.time};
    store::CommittedBlock block;
    block.tip = tip;
    const Bytes encoded = ledger::encode_block({header, {}});
    const Bytes certificate = ledger::testing::certify(header, genesis, {0, 1, 2});
    block.block = encoded;
    block.certificate = certificate;
    if (height == kHeight) block.writes = writes;
    store::put_committed(batch, block);
  }
};

/// What the frames pass through on their way back.
using Bend = std::function<Frame(std::uint32_t peer, Frame frame)>;

class Joiner final : public EngineHost {
 public:
  Joiner(const ledger::Genesis& genesis, std::string directory, Server& server)
      : genesis_(&genesis), directory_(std::move(directory)), server_(&server) {
    start();
  }

  /// Everything in memory is lost; what was durable is found again.
  void kill() {
    transfer.reset();
    engine.reset();
    store.reset();
    queue_.clear();
    start();
  }

  /// Runs until nothing is left to do, or `frames` answers have been delivered.
  void run(std::size_t frames = SIZE_MAX, const Bend& bend = {}) {
    constexpr int kRounds = 5'000;  // a transfer that never ends fails its test
    for (int idle = 0, round = 0; idle < 400 && round < kRounds && frames > 0; ++idle, ++round) {
      now_ms += 100;
      transfer->tick(now_ms);
      while (!queue_.empty() && frames > 0) {
        idle = 0;
        const auto [peer, request] = queue_.front();
        queue_.pop_front();
        Frame answer = server_->answer(*request);
        if (bend) answer = bend(peer, answer);
        if (answer != nullptr) deliver(peer, *answer), --frames;
      }
      if (!transfer->active() && transfer->missing_blocks() == 0) return;
    }
  }

  void send(consensus::NodeIndex, Frame) override {}
  void send_to_place(net::PeerIndex, Frame) override {}
  void on_members_changed() override { ++member_changes; }
  void want_sidecars(const std::vector<Hash32>&, consensus::NodeIndex) override {}
  void on_committed(const ledger::Executed&) override {}
  void on_refused(const ledger::VerifiedPtr&, const Error&) override {}
  void want_snapshot() override {}

  std::unique_ptr<store::Store> store;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<StateTransfer> transfer;
  std::size_t chunk_requests = 0;
  std::size_t member_changes = 0;
  Millis now_ms = 1000;

 private:
  void start() {
    store = *store::Store::open(directory_);
    EngineOptions options;
    options.genesis = genesis_;
    options.executor = &contracts_;
    VoteKeys keys{key_of("hosp-d vote")};
    auto opened =
        Engine::open(options, std::move(keys), *store, pool_, *this, log_, now_ms);
    REQUIRE(opened.ok());
    engine = *std::move(opened);
    StateTransfer::Environment environment;
    environment.genesis = genesis_;
    environment.store = store.get();
    environment.engine = engine.get();
    environment.log = &log_;
    environment.members = 4;
    environment.connected = [](std::uint32_t peer) { return peer != kSelf; };
    environment.send = [this](std::uint32_t peer, Frame frame) {
      chunk_requests += *frame_kind(*frame) == FrameKind::kWantChunks ? 1 : 0;
      queue_.emplace_back(peer, std::move(frame));
    };
    transfer = *StateTransfer::open(std::move(environment));
    transfer->want(now_ms);
  }

  void deliver(std::uint32_t peer, const Bytes& frame) {
    switch (*frame_kind(frame)) {
      case FrameKind::kSnapshotOffer:
        return transfer->on_offer(peer, *decode_snapshot_offer(frame), now_ms);
      case FrameKind::kChunks: return transfer->on_chunks(peer, *decode_chunks(frame), now_ms);
      default: return transfer->on_history(peer, *decode_history(frame), now_ms);
    }
  }

  const ledger::Genesis* genesis_;
  const contracts::Contracts contracts_;
  std::string directory_;
  Server* server_;
  Mempool pool_;
  Logger log_{Level::kError};
  std::deque<std::pair<std::uint32_t, Frame>> queue_;
};

/// The end of every successful transfer.
void check_whole(const Joiner& joiner, const Server& server) {
  CHECK(joiner.engine->tip().height == kHeight);
  CHECK(joiner.engine->tip().hash == ledger::block_hash(server.header));
  CHECK(ledger::StateTree::of(joiner.store->state()).root() == server.header.state_root);
  CHECK(joiner.transfer->missing_blocks() == 0);
  const auto& view = joiner.store->current();
  for (std::uint64_t height = 1; height <= kHeight; ++height) {
    CHECK(view.block(height) == server.store->current().block(height));
    CHECK(view.certificate(height).has_value());
  }
  CHECK(view.count(store::Table::kStage) == 0);
  CHECK_FALSE(view.contains(store::Table::kMeta, as_bytes("snapshot")));
  CHECK(joiner.engine->status().committed == kHeight);
}

struct Net {
  explicit Net(bool ends_epoch = false, std::size_t entries = 5000,
               std::size_t value_bytes = 200)
      : genesis(ledger::testing::make_genesis()),
        server(genesis, dir.path + "/server", entries, ends_epoch, value_bytes),
        joiner(genesis, dir.path + "/joiner", server) {}
  TempDir dir;
  ledger::Genesis genesis;
  Server server;
  Joiner joiner;
};

/// The blocks of the test are empty; the size of a snapshot must not decide here.
Frame cheap(std::uint32_t, Frame frame) {
  if (*frame_kind(*frame) != FrameKind::kSnapshotOffer) return frame;
  auto offer = *decode_snapshot_offer(*frame);
  if (offer) offer->snapshot_bytes = 0;
  return encode_frame(offer);
}

TEST_CASE("transfer: a snapshot in proven chunks, then the blocks below it") {
  Net net;
  net.joiner.run(SIZE_MAX, cheap);
  check_whole(net.joiner, net.server);
  // Members may have renewed their transport keys in the blocks that were left out.
  CHECK(net.joiner.member_changes == 1);
}

TEST_CASE("transfer: a snapshot of the last block of an epoch is not taken (pitfall 15)") {
  Net net(true);
  net.joiner.run(SIZE_MAX, cheap);
  CHECK_FALSE(net.joiner.transfer->active());
  CHECK(net.joiner.engine->tip().height == 0);
  CHECK(net.joiner.chunk_requests == 0);
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

TEST_CASE("transfer: a chunk that fits no frame ends it, and the way is by blocks") {
  Net net(false, 40, ledger::kStateValueBytesMax);
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
