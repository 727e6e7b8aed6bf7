// The small parts of a node: frames, mempool, nonces, streams.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "contracts/methods.h"
#include "ledger/testing.h"
#include "node/frames.h"
#include "node/limits.h"
#include "node/mempool.h"
#include "node/nonce_guard.h"
#include "node/tx_stream.h"

namespace emr::node {
namespace {

using ledger::testing::hash_of;

ledger::VerifiedPtr make_tx(std::string_view who, std::uint8_t nonce) {
  ledger::Core core;
  core.contract = "registration";
  core.method = "logout";
  core.from = ledger::testing::key_of(who).address();
  core.nonce[0] = nonce;
  core.valid_until = ledger::testing::kStart;
  core.args = std::make_shared<const nlohmann::json>(
      nlohmann::json{{"sessionKey", ledger::testing::key_of("session").address().text()}});
  auto tx = ledger::make_transaction(std::move(core), contracts::method_table());
  REQUIRE(tx.ok());
  const auto chain = ledger::make_chain_id("test-chain", hash_of("genesis"));
  REQUIRE(ledger::sign_transaction(*tx, chain, ledger::testing::key_of(who)).ok());
  auto verified = ledger::verify_transaction(*std::move(tx), chain);
  REQUIRE(verified.ok());
  return *std::move(verified);
}

TEST_CASE("frames: lists survive the wire and are cut below the bulk limit") {
  std::vector<SidecarItem> items;
  for (int i = 0; i < 30; ++i) {
    items.push_back({hash_of(std::to_string(i)), std::string(200'000, 'x')});
  }
  const auto frames = sidecar_frames(items);
  CHECK(frames.size() >= 3);
  std::size_t count = 0;
  for (const Frame& frame : frames) {
    CHECK(frame->size() <= kBulkFrameBytes + 64);
    CHECK(frame_kind(*frame).value() == FrameKind::kSidecars);
    const auto back = decode_sidecars(*frame);
    REQUIRE(back.ok());
    for (const SidecarItem& item : *back) CHECK(item.txid == items[count++].txid);
  }
  CHECK(count == items.size());
}

TEST_CASE("frames: damaged ones are refused") {
  CHECK(frame_kind({}).error().code == Code::kProtocol);
  CHECK(frame_kind(Bytes{0}).error().code == Code::kProtocol);
  CHECK(frame_kind(Bytes{99}).error().code == Code::kProtocol);
  CHECK(!decode_hashes(Bytes(34, 3)).ok());
  CHECK(!decode_hashes(Bytes(1 + 32 * (kWantItemsMax + 1), 3)).ok());
  CHECK(!decode_requests(Bytes{2, 0xff, 0xff, 0xff, 0xff}).ok());
  Bytes cut = *content_frames({{hash_of("r"), Bytes(36, 1), Bytes(100, 2)}}).at(0);
  cut.pop_back();
  CHECK(!decode_content(cut).ok());
}

TEST_CASE("mempool: order of arrival, found by id and by bytes, nothing left behind") {
  Mempool pool;
  const auto a = make_tx("alice", 1);
  const auto b = make_tx("alice", 2);
  CHECK(pool.add({a, "{}", 10}) == Admission::kAdded);
  CHECK(pool.add({b, "{}", 20}) == Admission::kAdded);
  CHECK(pool.add({a, "{}", 30}) == Admission::kKnown);
  CHECK(pool.oldest_ms() == 10);
  CHECK(pool.oldest(1).at(0) == a);
  CHECK(pool.oldest(9).size() == 2);
  CHECK(pool.find_entry(b->entry())->tx == b);
  CHECK(pool.find(a->txid())->arrived_ms == 10);
  pool.remove(a->txid());
  pool.remove(a->txid());
  CHECK(pool.find_entry(a->entry()) == nullptr);
  CHECK(pool.oldest_ms() == 20);
  pool.remove(b->txid());
  CHECK(pool.size() == 0);
  CHECK(pool.bytes() == 0);
}

TEST_CASE("nonces: good once, forgotten only after they expired") {
  NonceGuard guard;
  const auto who = ledger::testing::key_of("alice").address();
  CHECK(guard.accept(who, 1, 100, 50).ok());
  CHECK(guard.accept(who, 2, 100, 50).ok());
  CHECK(guard.accept(who, 1, 100, 100).error().reason == "replay");
  CHECK(guard.accept(ledger::testing::key_of("bob").address(), 1, 100, 50).ok());
  CHECK(guard.accept(who, 1, 300, 101).ok());  // the first is over; its request would be expired
}

/// Gathers what a stream writes.
class Recorder final : public http::ResponseWriter {
 public:
  void respond(http::ServerResponse) override {}
  void start(unsigned, std::string_view) override {}
  bool write(std::string_view piece) override {
    text += piece;
    return true;
  }
  void finish() override { ++finished; }
  std::string text;
  int finished = 0;
};

TEST_CASE("stream: lines leave in order, each once, the rest is pending when time is up") {
  const auto recorder = std::make_shared<Recorder>();
  TxStream stream(recorder, 4, std::chrono::seconds(5));
  for (std::size_t i = 0; i < 4; ++i) stream.name(i, hash_of(std::to_string(i)));
  stream.resolve(1, "one\n");
  CHECK(recorder->text.empty());
  stream.resolve(0, "zero\n");
  CHECK(recorder->text == "zero\none\n");
  stream.resolve(0, "again\n");
  stream.resolve(3, "three\n");
  CHECK(!stream.done());
  stream.resolve_accepted(2);  // this client waits for the outcome
  CHECK(!stream.done());
  stream.expire();
  CHECK(stream.done());
  CHECK(recorder->text == "zero\none\n" + pending_line(hash_of("2")) + "three\n");
  CHECK(recorder->finished == 1);
}

TEST_CASE("stream: whoever does not wait is answered at acceptance") {
  const auto recorder = std::make_shared<Recorder>();
  TxStream stream(recorder, 1, std::chrono::seconds(0));
  stream.name(0, hash_of("a"));
  stream.resolve_accepted(0);
  CHECK(recorder->text == pending_line(hash_of("a")));
  CHECK(recorder->finished == 1);
}

}  // namespace
}  // namespace emr::node
