// The small parts of a node: frames, mempool, nonces, streams.
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <nlohmann/json.hpp>

#include "contracts/methods.h"
#include "ledger/testing.h"
#include "node/allowance.h"
#include "node/frames.h"
#include "node/limits.h"
#include "node/mempool.h"
#include "node/nonce_guard.h"
#include "node/refusal_memory.h"
#include "node/repair_rounds.h"
#include "node/tx_stream.h"
#include "node/undecided.h"
#include "node/workers.h"

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

TEST_CASE("repair: what no peer has any more does not keep us from what they have") {
  std::set<Hash32> missing;
  for (int i = 0; i < 10; ++i) missing.insert(hash_of(std::to_string(i)));
  RepairRounds rounds;
  const auto first = rounds.next(missing, false, 4);
  CHECK(first == rounds.next(missing, false, 4));  // the next peer: the same ones
  std::set<Hash32> seen(first.begin(), first.end());
  for (int round = 0; round < 2; ++round) {
    for (const Hash32& one : rounds.next(missing, true, 4)) seen.insert(one);
  }
  CHECK(seen == missing);
  CHECK(rounds.next(missing, true, 4) == first);  // and from the beginning
  CHECK(rounds.next({}, true, 4).empty());
}

TEST_CASE("repair: what is gone for good is asked for ever more rarely, until something is new") {
  std::set<Hash32> missing{hash_of("a"), hash_of("b")};
  RepairRounds rounds;
  CHECK(rounds.pause(missing.size()) == kSidecarRepairInterval);
  const auto pass = [&] {
    rounds.next(missing, false, 4);
    rounds.next(missing, true, 4);
    return rounds.pause(missing.size());
  };
  CHECK(pass() == 2 * kSidecarRepairInterval);
  CHECK(pass() == 4 * kSidecarRepairInterval);
  for (int i = 0; i < 20; ++i) pass();
  CHECK(rounds.pause(missing.size()) == kSidecarRepairMax);
  missing.insert(hash_of("c"));
  CHECK(rounds.pause(missing.size()) == kSidecarRepairInterval);
  pass();
  missing.erase(hash_of("c"));  // it came: the others may come too
  CHECK(pass() == kSidecarRepairInterval);
}

// Quotas (field/ledger.md pitfall 11): nobody takes the room of the others, and room comes back.
struct Crowd {
  Mempool pool;
  std::uint8_t next = 0;
  std::vector<Hash32> taken;

  explicit Crowd(const MempoolLimits& limits, std::size_t faulty_max = 1) : pool(limits) {
    pool.set_faulty_max(faulty_max);
  }
  Admission bring(std::string_view who, std::optional<net::PeerIndex> peer,
                  std::size_t sidecar_bytes = 2) {
    const auto tx = make_tx(who, next++);
    const auto answer = pool.add(
        {tx, std::string(sidecar_bytes, ' '), 1, !peer.has_value(), 1, peer.value_or(0)});
    if (answer == Admission::kAdded) taken.push_back(tx->txid());
    return answer;
  }
};

TEST_CASE("mempool: quota of an account, of a peer, of everybody: busy, and room comes back") {
  Crowd crowd({.count = 12, .per_sender = 3});
  for (int i = 0; i < 3; ++i) CHECK(crowd.bring("alice", std::nullopt) == Admission::kAdded);
  CHECK(crowd.bring("alice", std::nullopt) == Admission::kBusy);
  CHECK(crowd.bring("alice", 2) == Admission::kBusy);  // whoever brings it
  // A peer with accounts at will gets the (f + 1)th part, here 6 of 12 ...
  for (int i = 0; i < 6; ++i) CHECK(crowd.bring("x" + std::to_string(i), 1) == Admission::kAdded);
  CHECK(crowd.bring("x7", 1) == Admission::kBusy);
  // ... so others, and our own clients, still get in, until there is no room at all.
  CHECK(crowd.bring("bob", 2) == Admission::kAdded);
  CHECK(crowd.bring("carol", std::nullopt) == Admission::kAdded);
  CHECK(crowd.bring("dave", std::nullopt) == Admission::kAdded);
  CHECK(crowd.bring("erin", std::nullopt) == Admission::kBusy);
  CHECK(crowd.bring("frank", 3) == Admission::kBusy);
  for (const Hash32& txid : crowd.taken) crowd.pool.remove(txid);
  CHECK(crowd.pool.bytes() == 0);
  CHECK(crowd.bring("alice", std::nullopt) == Admission::kAdded);
  CHECK(crowd.bring("x8", 1) == Admission::kAdded);
}

TEST_CASE("mempool: f members together leave room for the others, also in bytes") {
  Crowd crowd({.count = 100, .bytes = 1 << 20}, 2);
  const auto fill = [&](net::PeerIndex peer) {
    std::size_t count = 0;
    while (crowd.bring("p" + std::to_string(crowd.next), peer, 40'000) == Admission::kAdded) {
      ++count;
    }
    return count;
  };
  const std::size_t first = fill(1);
  CHECK(first > 4);
  CHECK(fill(2) == first);
  CHECK(crowd.pool.bytes() <= (2 << 20) / 3);
  CHECK(fill(3) == first);
  CHECK(crowd.bring("small", 4) == Admission::kAdded);
}

TEST_CASE("undecided: bounded in number and in bytes; room comes back with an answer") {
  const auto one = make_tx("a", 1);
  const auto two = make_tx("a", 2);
  const auto three = make_tx("a", 3);
  const Error why = fail(Code::kDenied, "used");
  const auto over = [](const ledger::VerifiedPtr& tx) {
    return [tx](const Undecided::Entry& entry) { return entry.tx == tx; };
  };
  Undecided by_count(2, 1u << 20);
  Undecided by_bytes(100, one->entry().size() + two->entry().size());
  for (Undecided* undecided : {&by_count, &by_bytes}) {
    CHECK(undecided->add(one, why));
    CHECK(undecided->add(two, why));
    CHECK(undecided->add(one, why));  // waits already
    CHECK_FALSE(undecided->add(three, why));
    undecided->erase_if(over(one));
    CHECK(undecided->add(three, why));
    CHECK_FALSE(undecided->add(one, why));
    undecided->erase_if([](const Undecided::Entry&) { return true; });
    CHECK(undecided->empty());
    CHECK(undecided->add(one, why));
  }
}

TEST_CASE("refusals: a wrong signature is verified once, whoever asks about it") {
  struct Counting final : quorum::VoteVerifier {
    bool verify(const quorum::VoteKey&, const quorum::VoteBytes&,
                const quorum::VoteSignature& signature) const override {
      ++asked;
      return signature[0] == 1;
    }
    mutable int asked = 0;
  };
  const Counting verifier;
  const RefusalMemory memory(verifier);
  const quorum::VoteKey key{2};
  const quorum::VoteBytes bytes{};
  const quorum::VoteSignature good{1};
  const quorum::VoteSignature wrong{7};
  CHECK_FALSE(memory.has_refused(key, bytes, wrong));
  CHECK_FALSE(memory.verify(key, bytes, wrong));
  CHECK(memory.verify(key, bytes, good));
  CHECK(memory.has_refused(key, bytes, wrong));
  CHECK_FALSE(memory.has_refused(key, bytes, good));
  CHECK_FALSE(memory.has_refused(quorum::VoteKey{3}, bytes, wrong));
  CHECK(verifier.asked == 2);
}

TEST_CASE("workers: a full line is busy, the other line and the next round are not") {
  Workers workers(1);
  std::promise<void> go;
  std::promise<void> started;
  std::shared_future<void> gate = go.get_future().share();
  REQUIRE(workers.submit(Workers::Line::kPeers, [&] {
    started.set_value();
    gate.wait();
  }));
  started.get_future().wait();
  std::atomic<std::size_t> ran = 0;
  for (std::size_t i = 0; i < kWorkQueueMax; ++i) {
    REQUIRE(workers.submit(Workers::Line::kClients, [&] { ++ran; }));
  }
  CHECK_FALSE(workers.submit(Workers::Line::kClients, [&] { ++ran; }));
  std::promise<std::size_t> voted;
  CHECK(workers.submit(Workers::Line::kPeers, [&] { voted.set_value(ran); }));
  go.set_value();
  CHECK(voted.get_future().get() <= 1);  // the member did not wait behind all the clients
  std::promise<void> again;
  while (!workers.submit(Workers::Line::kClients, [&] { again.set_value(); })) {
  }
  again.get_future().wait();
  CHECK(ran == kWorkQueueMax);
}

TEST_CASE("workers: a peer that floods waits for itself, not the others for it") {
  Workers workers(1);
  std::promise<void> go;
  std::promise<void> started;
  REQUIRE(workers.submit(Workers::Line::kPeers, [&] {
    started.set_value();
    go.get_future().wait();
  }));
  started.get_future().wait();
  constexpr std::uint32_t kFlooder = 1, kOther = 2;
  std::atomic<std::size_t> flood = 0;
  while (workers.submit(Workers::Line::kPeers, [&] { ++flood; }, kFlooder)) {
  }
  std::promise<std::size_t> heard;
  REQUIRE(workers.submit(Workers::Line::kPeers, [&] { heard.set_value(flood); }, kOther));
  go.set_value();
  CHECK(heard.get_future().get() <= 1);
}

TEST_CASE("allowance: so much at once, then only what time brings") {
  Allowance allowance;
  const auto served = [&](Millis now_ms) {
    std::size_t bytes = 0;
    for (; !allowance.is_used_up(now_ms); bytes += kServedOverheadBytes) {
      allowance.spend(kServedOverheadBytes);
    }
    return bytes;
  };
  CHECK(served(5'000) == kServedBytesBurst);
  CHECK(served(5'000) == 0);
  CHECK(served(5'250) == kServedBytesPerSecond / 4);
  CHECK(served(900'000) == kServedBytesBurst);
  CHECK_FALSE(allowance.is_used_up(900'001));  // a block longer than what is left is given whole
  allowance.spend(consensus::kMaxBlockBytes);
  CHECK(allowance.is_used_up(900'001));
}

TEST_CASE("fair queue: sources in turn, each in its own order") {
  FairQueue<int> queue;
  for (const int item : {11, 12, 13}) queue.put(1, item);
  queue.put(2, 21);
  CHECK(queue.size_of(1) == 3);
  CHECK(queue.take() == std::pair<std::uint32_t, int>(1, 11));
  queue.put(3, 31);
  CHECK(queue.take().second == 21);
  CHECK(queue.take().second == 12);
  CHECK(queue.take().second == 31);
  CHECK(queue.take().second == 13);
  CHECK(queue.empty());
  CHECK(queue.size_of(1) == 0);
}

TEST_CASE("nonces: a full memory is busy and forgets nothing; one signer cannot fill it") {
  NonceGuard guard;
  const auto of = [](std::size_t i) {
    return ledger::testing::key_of("reader " + std::to_string(i)).address();
  };
  constexpr std::size_t kSigners = kNoncesMax / kNoncesPerSignerMax;
  for (std::size_t i = 0; i < kSigners; ++i) {
    const auto who = of(i);
    for (std::uint64_t nonce = 0; nonce < kNoncesPerSignerMax; ++nonce) {
      REQUIRE(guard.accept(who, nonce, 100, 50).ok());
    }
    CHECK(guard.accept(who, kNoncesMax, 100, 50).error().reason == "busy");
  }
  const auto full = guard.accept(of(kSigners), 1, 100, 50);
  CHECK(full.error().code == Code::kTempFail);
  CHECK(full.error().reason == "busy");
  CHECK_FALSE(guard.accept(of(0), 7, 100, 50).ok());
  CHECK(guard.accept(of(0), 7, 300, 101).ok());
  CHECK(guard.accept(of(0), 7, 300, 101).error().reason == "replay");
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

TEST_CASE("stream: busy means that nothing was kept, whichever comes first") {
  const auto recorder = std::make_shared<Recorder>();
  TxStream stream(recorder, 2, std::chrono::seconds(5));
  CHECK(stream.name(0, hash_of("0")));  // checked in time: its outcome is open
  stream.expire();
  CHECK(recorder->text == pending_line(hash_of("0")) + busy_line(std::nullopt));
  CHECK_FALSE(stream.name(1, hash_of("1")));  // checked too late: not to be kept
}

TEST_CASE("stream: whoever does not wait is answered at acceptance") {
  const auto recorder = std::make_shared<Recorder>();
  TxStream stream(recorder, 1, std::chrono::seconds(0));
  CHECK(stream.deadline() > TxStream::Clock::now() + kAcceptancePatience / 2);
  stream.name(0, hash_of("a"));
  stream.resolve_accepted(0);
  CHECK(recorder->text == pending_line(hash_of("a")));
  CHECK(recorder->finished == 1);
}

}  // namespace
}  // namespace emr::node
