// For tests of state transfer: one real engine and store fetch from real stores through a pump that
// may bend, drop and kill. Nothing here is part of the product.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/contracts.h"
#include "contracts/keys.h"
#include "contracts/membership.h"
#include "json/json.h"
#include "ledger/limits.h"
#include "ledger/testing.h"
#include "node/limits.h"
#include "node/mempool.h"
#include "node/snapshots.h"
#include "node/state_transfer.h"
#include "store/testing.h"

namespace emr::node::testing {

using ledger::testing::key_of;
using store::testing::TempDir;

inline constexpr std::uint64_t kHeight = 40;
inline constexpr std::uint32_t kSelf = 3;

/// With every epoch the first of the founders has a new key.
inline std::string vote_key_name(quorum::Epoch epoch, std::size_t member) {
  const std::string id = ledger::testing::institution_id(member);
  return id + " vote" + (member == 0 && epoch > 0 ? std::to_string(epoch) : "");
}

inline quorum::ValidatorSet set_of(quorum::Epoch epoch) {
  std::vector<quorum::VoteKey> keys;
  for (std::size_t i = 0; i < 4; ++i) keys.push_back(key_of(vote_key_name(epoch, i)).public_key());
  return *quorum::ValidatorSet::make(epoch, std::move(keys));
}

/// The rows of the epochs up to this one, as the alliance contract writes them.
inline std::vector<ledger::StateWrite> rows_of_epochs(quorum::Epoch last) {
  std::vector<ledger::StateWrite> rows;
  for (quorum::Epoch epoch = 0; epoch <= last; ++epoch) {
    auto members = json::Json::array();
    for (quorum::NodeIndex i = 0; i < 4; ++i) {
      members.push_back({{"id", ledger::testing::institution_id(i)},
                         {"voteKey", to_hex(set_of(epoch).key(i))}});
    }
    const json::Json row{{"epoch", epoch}, {"members", members}, {"since", 1}};
    rows.push_back({contracts::keys::epoch(epoch), json::canonical_checked(row)});
  }
  rows.push_back({std::string(contracts::keys::kCurrentEpoch), std::to_string(last)});
  return rows;
}

/// A chain of empty blocks whose last header certifies a state of many entries; epochs end at the
/// given heights.
class Server {
 public:
  Server(const ledger::Genesis& genesis, const std::string& directory, std::size_t entries,
         std::size_t value_bytes, std::vector<std::uint64_t> epoch_ends)
      : ends_(std::move(epoch_ends)) {
    store = *store::Store::open(directory);
    std::vector<ledger::StateWrite> writes = rows_of_epochs(ends_.size());
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
        return encode_frame(snapshots.offer(*decode_want_snapshot(frame)));
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
    header.state_root = root;
    header.epoch = static_cast<quorum::Epoch>(
        std::lower_bound(ends_.begin(), ends_.end(), height) - ends_.begin());
    const bool is_last = std::find(ends_.begin(), ends_.end(), height) != ends_.end();
    const quorum::ValidatorSet next = set_of(header.epoch + (is_last ? 1 : 0));
    header.next_validators = next.hash();
    tip = {height, ledger::block_hash(header), {}, tip.time};
    store::CommittedBlock block;
    block.tip = tip;
    const Bytes encoded = ledger::encode_block({header, {}});
    std::vector<std::pair<quorum::NodeIndex, std::string>> signers;
    for (quorum::NodeIndex i = 0; i < 3; ++i) {
      signers.emplace_back(i, vote_key_name(header.epoch, i));
    }
    const Bytes certificate = ledger::testing::certify_by(header, genesis.hash, signers);
    block.block = encoded;
    block.certificate = certificate;
    if (height == kHeight) block.writes = writes;
    store::put_committed(batch, block);
    if (is_last) store::put_epoch_link(batch, ledger::make_link(header, certificate, next));
  }

  std::vector<std::uint64_t> ends_;
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
inline void check_whole(const Joiner& joiner, const Server& server) {
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
  const quorum::Epoch epoch = contracts::current_epoch(server.store->state());
  CHECK(joiner.engine->status().epoch == epoch);
  CHECK(view.epoch_links(epoch)->size() == epoch);
}

struct Net {
  explicit Net(std::vector<std::uint64_t> epoch_ends = {}, std::size_t entries = 5000,
               std::size_t value_bytes = 200)
      : genesis(ledger::testing::make_genesis()),
        server(genesis, dir.path + "/server", entries, value_bytes, std::move(epoch_ends)),
        joiner(genesis, dir.path + "/joiner", server) {}
  TempDir dir;
  ledger::Genesis genesis;
  Server server;
  Joiner joiner;
};

/// The blocks of the test are empty; the size of a snapshot must not decide here.
inline Frame cheap(std::uint32_t, Frame frame) {
  if (*frame_kind(*frame) != FrameKind::kSnapshotOffer) return frame;
  auto offer = *decode_snapshot_offer(*frame);
  if (offer) offer->snapshot_bytes = 0;
  return encode_frame(offer);
}

}  // namespace emr::node::testing
