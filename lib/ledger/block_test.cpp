// Blocks as bytes, receipts, and the application: build on one replica, validate on another.
#include "ledger/block.h"

#include <doctest/doctest.h>

#include <functional>

#include "ledger/application.h"
#include "ledger/bound_header.h"
#include "ledger/limits.h"
#include "ledger/testing_methods.h"

namespace emr::ledger {
namespace {

/// Counts notes per writer; a second note with the same nonce is refused.
class ToyExecutor final : public Executor {
 public:
  const MethodTable& methods() const override { return testing::toy_methods(); }
  void found(Overlay& state, const Genesis& genesis) const override {
    state.put("chain", "\"" + genesis.chain_id + "\"");
  }
  void begin_block(Overlay& state, const BlockContext& block) const override {
    state.put("height", std::to_string(block.height));
  }
  void end_block(Overlay&, const BlockContext&) const override {}
  Receipt execute(Overlay& state, const VerifiedTransaction& tx,
                  const BlockContext& block) const override {
    state.put("note/" + to_hex(tx.txid()), std::to_string(block.index));
    return {tx.txid(), ReceiptStatus::kOk, "", "{\"index\":" + std::to_string(block.index) + "}"};
  }
  Status admit(const StateReader& state, const VerifiedTransaction& tx,
               const BlockContext& block) const override {
    if (tx.core().valid_until < block.time) {
      return fail(Code::kData, "expired").with_reason("expired");
    }
    if (!state.get("note/" + to_hex(tx.txid()))) return {};
    return fail(Code::kData, "there already").with_reason("replay");
  }
};

/// One replica: state, application, and the step that a store does in between.
struct Replica {
  explicit Replica(const Genesis& genesis) : app(make(genesis)) {}

  Application make(const Genesis& genesis) {
    auto [writes, tip] = Application::found(genesis, executor);
    state.apply(writes);
    return Application(genesis, executor, state, tip);
  }
  void commit(const Hash32& hash) {
    const auto executed = app.commit(hash);
    REQUIRE(executed != nullptr);
    state.apply(executed->writes);
  }

  ToyExecutor executor;
  MapState state;
  Application app;
};

Block sample_block(const Genesis& genesis) {
  Replica replica(genesis);
  const ChainId chain = genesis.chain();
  const auto executed = replica.app.build(
      {testing::verified_note("alice", 1, chain), testing::verified_note("bob", 2, chain)},
      {1, 0, testing::kStart + 1, 0});
  return executed->block;
}

TEST_CASE("block: header and body round trip; every byte of the header counts") {
  const Block block = sample_block(testing::make_genesis());
  const Bytes header = encode_header(block.header);
  CHECK(*decode_header(header) == block.header);
  const Hash32 hash = block_hash(block.header);
  for (std::size_t i = 0; i < header.size(); ++i) {
    Bytes changed = header;
    changed[i] ^= 1;
    const auto decoded = decode_header(changed);
    if (decoded) CHECK(block_hash(*decoded) != hash);
  }
  const Bytes bytes = encode_block(block);
  const auto again = decode_block(bytes);
  REQUIRE(again.ok());
  CHECK(again->entries == block.entries);
  CHECK(encode_block(*again) == bytes);
}

TEST_CASE("block: truncated and extended bytes are refused") {
  const Bytes bytes = encode_block(sample_block(testing::make_genesis()));
  for (std::size_t size = 0; size < bytes.size(); size += 13) {
    CHECK_FALSE(decode_block(ByteView(bytes).first(size)).ok());
  }
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK_FALSE(decode_block(longer).ok());
}

TEST_CASE("block: as many entries, as late a time and as many bytes as there may be, no more") {
  Block block = sample_block(testing::make_genesis());
  block.header.time = static_cast<UnixSeconds>(kBlockTimeMax);
  block.header.suite = crypto::SuiteId::kSm2Sm3;
  CHECK(*decode_header(encode_header(block.header)) == block.header);
  block.entries.assign(kBlockEntriesMax, "{}");
  CHECK(decode_block(encode_block(block)).ok());
  block.entries.emplace_back("{}");
  CHECK_FALSE(decode_block(encode_block(block)).ok());
  block.header.time += 1;
  CHECK_FALSE(decode_header(encode_header(block.header)).ok());
  block.header.time = 0;
  block.entries.assign(kBlockBytesMax / kEntryBytesMax + 1, std::string(kEntryBytesMax, 'x'));
  const std::size_t over = encode_block(block).size() - kBlockBytesMax;
  block.entries.front().resize(kEntryBytesMax - over);
  REQUIRE(encode_block(block).size() == kBlockBytesMax);
  CHECK(decode_block(encode_block(block)).ok());
  block.entries.front() += 'x';
  CHECK(decode_block(encode_block(block)).error().reason == "limit");
}

TEST_CASE("block: a header with bytes behind it is none") {
  Bytes longer = encode_header(sample_block(testing::make_genesis()).header);
  longer.push_back(0);
  CHECK_FALSE(decode_header(longer).ok());
}

TEST_CASE("block: a genuine header does not lend its hash to another body") {
  const Block block = sample_block(testing::make_genesis());
  CHECK(*read_bound_header(encode_block(block)) == block.header);
  REQUIRE(block.entries.size() == 2);
  Block other = block;
  std::swap(other.entries[0], other.entries[1]);
  CHECK(read_bound_header(encode_block(other)).error().reason == "tx_root");
  other.entries.pop_back();
  CHECK(read_bound_header(encode_block(other)).error().reason == "tx_root");
  Bytes longer = encode_block(block);
  longer.push_back(0);
  CHECK_FALSE(read_bound_header(longer).ok());
}

TEST_CASE("receipt: canonical round trip and refusals") {
  const Receipt receipt{testing::hash_of("tx"), ReceiptStatus::kFailed, "conflict",
                        R"({"version":3})"};
  const std::string text = encode_receipt(receipt);
  const auto again = parse_receipt(text);
  REQUIRE(again.ok());
  CHECK(again->reason == "conflict");
  CHECK(encode_receipt(*again) == text);
  CHECK_FALSE(parse_receipt(" " + text).ok());
  CHECK_FALSE(parse_receipt(R"({"data":{},"reason":"","status":"maybe","txid":""})").ok());
}

TEST_CASE("application: what one replica builds, another validates to the same hash (R-088)") {
  const Genesis genesis = testing::make_genesis();
  const ChainId chain = genesis.chain();
  Replica primary(genesis), backup(genesis);
  CHECK(primary.app.tip().writes_hash == backup.app.tip().writes_hash);
  for (std::uint64_t height = 1; height <= 3; ++height) {
    const auto nonce = static_cast<std::uint8_t>(height);
    const std::vector<VerifiedPtr> txs{testing::verified_note("alice", nonce, chain)};
    const auto built =
        primary.app.build(txs, {height, 0, testing::kStart + static_cast<int>(height), 0});
    const auto validated = backup.app.validate(built->block, txs);
    REQUIRE(validated.ok());
    CHECK((*validated)->hash == built->hash);
    CHECK((*validated)->receipts == built->receipts);
    primary.commit(built->hash);
    backup.commit(built->hash);
    CHECK(primary.state.entries() == backup.state.entries());
  }
}

TEST_CASE("application: a primary leaves out what is expired or known, and a block too many") {
  Genesis genesis = testing::make_genesis();
  genesis.pbft.batch_max = 2;
  REQUIRE(seal_genesis(genesis).ok());
  const ChainId chain = genesis.chain();
  Replica replica(genesis);
  const auto note = [&](std::uint8_t nonce) { return testing::verified_note("a", nonce, chain); };
  auto built = replica.app.build({note(1), note(1), note(2), note(3)},
                                 {1, 0, testing::kStart + 1, 0});
  CHECK(built->transactions.size() == 2);
  replica.commit(built->hash);
  built = replica.app.build({note(1), note(3)}, {2, 0, testing::kStart + 2, 0});
  CHECK(built->transactions.size() == 1);
  replica.app.discard();
  CHECK(replica.app.commit(built->hash) == nullptr);
  built = replica.app.build({note(4)}, {2, 0, testing::kStart + 7200, 0});
  CHECK(built->transactions.empty());
  built = replica.app.build({}, {2, 0, testing::kStart - 50, 0});
  CHECK(built->block.header.time == testing::kStart + 1);
}

TEST_CASE("application: any header field that does not follow is named") {
  const Genesis genesis = testing::make_genesis();
  const ChainId chain = genesis.chain();
  const std::vector<VerifiedPtr> txs{testing::verified_note("alice", 1, chain)};
  struct Case {
    const char* reason;
    std::function<void(Block&)> spoil;
  };
  const Case cases[] = {
      {"height", [](Block& b) { b.header.height = 2; }},
      {"time", [](Block& b) { b.header.time = testing::kStart - 1; }},
      {"proposer", [](Block& b) { b.header.proposer = 4; }},
      {"genesis", [](Block& b) { b.header.genesis[0] ^= 1; }},
      {"epoch", [](Block& b) { b.header.epoch = 1; }},
      {"previous", [](Block& b) { b.header.previous[0] ^= 1; }},
      {"tx_root", [](Block& b) { b.header.tx_root[0] ^= 1; }},
      {"receipt_root", [](Block& b) { b.header.receipt_root[0] ^= 1; }},
      {"writes_hash", [](Block& b) { b.header.writes_hash[0] ^= 1; }},
      {"next_validators", [](Block& b) { b.header.next_validators[0] ^= 1; }},
      {"state_root", [](Block& b) { b.header.state_root[0] ^= 1; }},
      {"entries", [](Block& b) { b.entries.clear(); }},
  };
  Replica primary(genesis);
  const Block good = primary.app.build(txs, {1, 0, testing::kStart + 1, 0})->block;
  for (const Case& one : cases) {
    CAPTURE(std::string(one.reason));
    Replica backup(genesis);
    Block bad = good;
    one.spoil(bad);
    const auto result = backup.app.validate(bad, txs);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Code::kProtocol);
    CHECK(result.error().reason == one.reason);
  }
}

TEST_CASE("application: headers at checkpoint heights hold the root of the state after them") {
  Genesis genesis = testing::make_genesis();
  genesis.pbft.checkpoint_interval = 2;
  REQUIRE(seal_genesis(genesis).ok());
  Replica primary(genesis), backup(genesis);
  for (std::uint64_t height = 1; height <= 4; ++height) {
    const auto nonce = static_cast<std::uint8_t>(height);
    const std::vector<VerifiedPtr> txs{testing::verified_note("alice", nonce, genesis.chain())};
    const auto built =
        primary.app.build(txs, {height, 0, testing::kStart + static_cast<int>(height), 0});
    Block forged = built->block;
    forged.header.state_root[5] ^= 1;
    CHECK(backup.app.validate(forged, txs).error().reason == "state_root");
    REQUIRE(backup.app.validate(built->block, txs).ok());
    primary.commit(built->hash);
    backup.commit(built->hash);
    const Hash32 root = StateTree::of(primary.state).root();
    CHECK(built->block.header.state_root == (height % 2 == 0 ? root : Hash32{}));
    CHECK(backup.app.tree().root() == root);
  }
}

TEST_CASE("application: a header says where its block stands and what executing it led to") {
  const Genesis genesis = testing::make_genesis();
  const ChainId chain = genesis.chain();
  Replica replica(genesis);
  ChainTip before = replica.app.tip();
  for (std::uint64_t height = 1; height <= 2; ++height) {
    const auto nonce = static_cast<std::uint8_t>(2 * height);
    const auto executed = replica.app.build({testing::verified_note("alice", nonce, chain),
                                             testing::verified_note("bob", nonce, chain)},
                                            {height, height + 5, testing::kStart + 3, 2});
    const BlockHeader& header = executed->block.header;
    CHECK(header.genesis == genesis.hash);
    CHECK(header.height == height);
    CHECK(header.first_view == height + 5);
    CHECK(header.proposer == 2);
    CHECK(header.time == testing::kStart + 3);  // blocks of one second may follow each other
    CHECK(header.suite == genesis.suite);
    CHECK(header.previous == before.hash);
    CHECK(header.tx_root == entries_root(executed->block.entries));
    CHECK(header.receipt_root == receipts_root(executed->receipts));
    CHECK(header.writes_hash == chain_writes(before.writes_hash, executed->writes));
    CHECK(executed->hash == block_hash(header));
    CHECK(Replica(genesis).app.validate(executed->block, executed->transactions).ok() ==
          (height == 1));
    replica.commit(executed->hash);
    before = replica.app.tip();
    CHECK(before.hash == executed->hash);
    // The block's own step, and the place of each transaction in it.
    CHECK(replica.state.get("height") == std::to_string(height));
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(replica.state.get("note/" + to_hex(executed->transactions[i]->txid())) ==
            std::to_string(i));
    }
  }
}

TEST_CASE("application: a genuine header does not carry other entries, nor more than allowed") {
  Genesis genesis = testing::make_genesis();
  genesis.pbft.batch_max = 2;
  REQUIRE(seal_genesis(genesis).ok());
  const ChainId chain = genesis.chain();
  std::vector<VerifiedPtr> txs;
  for (std::uint8_t nonce = 1; nonce <= 3; ++nonce) {
    txs.push_back(testing::verified_note("alice", nonce, chain));
  }
  Replica replica(genesis);
  const auto built = replica.app.build({txs[0], txs[1]}, {1, 0, testing::kStart + 1, 0});
  const auto reason = [&](const std::vector<std::size_t>& entries,
                          const std::vector<std::size_t>& verified) {
    Block block{built->block.header, {}};
    std::vector<VerifiedPtr> with;
    for (const std::size_t i : entries) block.entries.push_back(txs[i]->entry());
    for (const std::size_t i : verified) with.push_back(txs[i]);
    const auto result = replica.app.validate(block, with);
    return result ? "" : result.error().reason;
  };
  CHECK(reason({0, 1}, {0, 1}) == "");
  CHECK(reason({1, 0}, {1, 0}) == "tx_root");  // though the header's block is known here
  CHECK(reason({0, 1, 2}, {0, 1, 2}) == "batch_max");
  Replica other(genesis);
  Block block{built->block.header, {txs[0]->entry(), txs[1]->entry()}};
  CHECK(other.app.validate(block, {txs[1], txs[0]}).error().reason == "entries");
  CHECK(other.app.validate(block, {txs[0]}).error().reason == "entries");
  block.header.suite = crypto::SuiteId::kSm2Sm3;
  CHECK(other.app.validate(block, {txs[0], txs[1]}).error().reason == "suite");
}

}  // namespace
}  // namespace emr::ledger
