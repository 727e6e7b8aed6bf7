// Exported proofs and signed requests: what holds, and that every single change breaks it (R-030).
#include "ledger/proof.h"

#include <doctest/doctest.h>

#include <functional>

#include "ledger/limits.h"
#include "ledger/query.h"
#include "ledger/testing_methods.h"

namespace emr::ledger {
namespace {

struct Sample {
  Genesis genesis = testing::make_genesis();
  Proof proof;

  Sample() {
    BlockHeader header;
    std::vector<std::string> entries, receipts;
    for (std::uint8_t nonce = 1; nonce <= 5; ++nonce) {
      const auto tx = testing::verified_note("alice", nonce, genesis.chain());
      entries.push_back(tx->entry());
      receipts.push_back(encode_receipt({tx->txid(), ReceiptStatus::kOk, "", "{}"}));
    }
    header.genesis = genesis.hash;
    header.height = 9;
    header.time = testing::kStart;
    header.tx_root = entries_root(entries);
    header.receipt_root = receipts_root(receipts);
    proof = make_proof(header, entries, receipts, 3, testing::certify(header, genesis, {0, 2, 3}));
  }
};

TEST_CASE("proof: one exported line shows inclusion and result to the holder of the genesis") {
  const Sample sample;
  const auto parsed = parse_proof(encode_proof(sample.proof));
  REQUIRE(parsed.ok());
  const auto proven = verify_proof(*parsed, sample.genesis, testing::toy_methods());
  REQUIRE(proven.ok());
  CHECK(proven->height == 9);
  CHECK(proven->index == 3);
  CHECK(proven->receipt.status == ReceiptStatus::kOk);
  const auto tx = testing::verified_note("alice", 4, sample.genesis.chain());
  CHECK(proven->txid == tx->txid());
  CHECK(proven->transaction.core.nonce == tx->core().nonce);
  CHECK(proven->transaction.core.from == tx->core().from);
  CHECK(proven->time == testing::kStart);
}

TEST_CASE("proof: a line of another type, or with a member more, is none") {
  const Sample sample;
  const std::string line = encode_proof(sample.proof);
  const auto replaced = [&](std::string_view what, std::string_view by) {
    std::string text = line;
    return text.replace(text.find(what), what.size(), by);
  };
  CHECK_FALSE(parse_proof(replaced("\"emr.proof\"", "\"emr.state-proof\"")).ok());
  CHECK_FALSE(parse_proof(replaced("\"v\":1", "\"v\":2")).ok());
  CHECK_FALSE(parse_proof(replaced("\"v\":1", "\"v\":1,\"x\":1")).ok());
}

// Each is in the certified block, but not together: an honest quorum never certifies such a block.
TEST_CASE("proof: the receipt must be that of the transaction") {
  const Genesis genesis = testing::make_genesis();
  std::vector<std::string> entries, receipts;
  for (std::uint8_t nonce = 1; nonce <= 2; ++nonce) {
    entries.push_back(testing::verified_note("alice", nonce, genesis.chain())->entry());
    const auto other =
        testing::verified_note("alice", static_cast<std::uint8_t>(3 - nonce), genesis.chain());
    receipts.push_back(encode_receipt({other->txid(), ReceiptStatus::kOk, "", "{}"}));
  }
  BlockHeader header;
  header.genesis = genesis.hash;
  header.tx_root = entries_root(entries);
  header.receipt_root = receipts_root(receipts);
  const Proof proof =
      make_proof(header, entries, receipts, 0, testing::certify(header, genesis, {0, 1, 2}));
  const auto result = verify_proof(proof, genesis, testing::toy_methods());
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().reason == "receipt_txid");
}

TEST_CASE("proof: another chain's is called so, whatever its epochs are") {
  const Sample sample;
  Proof other = sample.proof;
  other.header.genesis[0] ^= 1;
  other.epochs.resize(1);
  CHECK(verify_proof(other, sample.genesis, testing::toy_methods()).error().reason == "genesis");
}

TEST_CASE("proof: every change is found and named") {
  struct Case {
    const char* reason;
    std::function<void(Proof&)> spoil;
  };
  const Case cases[] = {
      {"tx_path", [](Proof& p) { p.index = 2; }},
      {"tx_path", [](Proof& p) { p.tx_path[0][0] ^= 1; }},
      {"tx_path", [](Proof& p) { p.entry[20] ^= 1; }},
      {"receipt_path", [](Proof& p) { p.receipt_path[0][0] ^= 1; }},
      {"receipt_path", [](Proof& p) { p.receipt[20] ^= 1; }},
      {"certificate", [](Proof& p) { p.header.time += 1; }},
      {"certificate", [](Proof& p) { p.header.height = 8; }},
      {"genesis", [](Proof& p) { p.header.genesis[0] ^= 1; }},
      {"bad_signature", [](Proof& p) { p.certificate.back() ^= 1; }},
      {"certificate", [](Proof& p) { p.certificate.pop_back(); }},
  };
  const Sample sample;
  for (const Case& one : cases) {
    CAPTURE(std::string(one.reason));
    Proof bad = sample.proof;
    one.spoil(bad);
    const auto result = verify_proof(bad, sample.genesis, testing::toy_methods());
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Code::kNegative);
    CHECK(result.error().reason == one.reason);
  }
}

TEST_CASE("proof: fewer than a quorum, or another chain's validators, certify nothing") {
  const Sample sample;
  CHECK_FALSE(EpochChain(sample.genesis)
                  .check(sample.proof.header,
                         testing::certify(sample.proof.header, sample.genesis, {0, 1}))
                  .ok());
  Genesis other = sample.genesis;
  other.institutions[0].node.vote_key = testing::key_of("stranger").public_key();
  REQUIRE(seal_genesis(other).ok());
  BlockHeader header = sample.proof.header;
  header.genesis = other.hash;
  CHECK_FALSE(
      EpochChain(other).check(header, testing::certify(header, other, {0, 1, 2})).ok());
}

// --- signed requests -----------------------------------------------------------------------------

const ChainId& chain() {
  static const ChainId id = make_chain_id("test-chain", testing::hash_of("genesis"));
  return id;
}

SignedQuery sample_query() {
  SignedQuery query;
  query.from = testing::key_of("alice").address();
  query.node = "hosp-a";
  query.nonce = 77;
  query.expires = testing::kStart + 60;
  query.query_json = R"({"limit":10,"kind":"records"})";
  REQUIRE(sign_query(query, chain(), testing::key_of("alice session")).ok());
  return query;
}

TEST_CASE("query: round trip; by is recovered, from is the subject") {
  const std::string line = encode_query(sample_query());
  const auto query = parse_query(line, "hosp-a", testing::kStart, chain());
  REQUIRE(query.ok());
  CHECK(query->kind == "records");
  CHECK(query->signature.by == testing::key_of("alice session").address());
  CHECK(query->from == testing::key_of("alice").address());
  CHECK(encode_query(*query) == line);
}

TEST_CASE("query: another node, a late hour, a changed question are refused") {
  const std::string line = encode_query(sample_query());
  const auto reason = [&](std::string_view text, std::string_view node, UnixSeconds now) {
    const auto result = parse_query(text, node, now, chain());
    return result.ok() ? std::string("ok") : result.error().reason;
  };
  CHECK(reason(line, "hosp-b", testing::kStart) == "wrong_node");
  CHECK(reason(line, "hosp-a", testing::kStart + 61) == "expired");
  CHECK(reason(line, "hosp-a", testing::kStart - 3600) == "expires_too_late");
  std::string changed = line;
  changed.replace(changed.find("\"limit\":10"), 10, "\"limit\":11");
  CHECK(reason(changed, "hosp-a", testing::kStart) == "bad_signature");
  const auto other = parse_query(line, "hosp-a", testing::kStart,
                                 make_chain_id("test-chain", testing::hash_of("other")));
  CHECK_FALSE(other.ok());
}

TEST_CASE("release request: round trip and binding") {
  ReleaseRequest release;
  release.access = testing::hash_of("access");
  release.node = "hosp-b";
  release.parts = {Part::kOriginal, Part::kManifest};
  release.nonce = 5;
  release.expires = testing::kStart + 60;
  REQUIRE(sign_release(release, chain(), testing::key_of("session")).ok());
  const std::string line = encode_release(release);
  const auto again = parse_release(line, "hosp-b", testing::kStart, chain());
  REQUIRE(again.ok());
  CHECK(again->parts == release.parts);
  CHECK(encode_release(*again) == line);
  std::string changed = line;
  changed.replace(changed.find("\"original\","), 11, "");
  CHECK_FALSE(parse_release(changed, "hosp-b", testing::kStart, chain()).ok());
  CHECK_FALSE(parse_release(line, "hosp-a", testing::kStart, chain()).ok());
}

TEST_CASE("query: good for five minutes and a skew, and of no other type or shape") {
  SignedQuery query = sample_query();
  const auto reason = [](const std::string& line, UnixSeconds now) {
    const auto result = parse_query(line, "hosp-a", now, chain());
    return result.ok() ? std::string("ok") : result.error().reason;
  };
  const std::string line = encode_query(query);
  CHECK(reason(line, query.expires) == "ok");
  CHECK(reason(line, query.expires + 1) == "expired");
  const UnixSeconds longest = kQuerySecondsMax + kClockSkewSecondsMax;
  CHECK(reason(line, query.expires - longest) == "ok");
  CHECK(reason(line, query.expires - longest - 1) == "expires_too_late");
  const auto spoilt = [&](std::string_view what, std::string_view by) {
    std::string text = line;
    text.replace(text.find(what), what.size(), by);
    return parse_query(text, "hosp-a", testing::kStart, chain()).error().code;
  };
  CHECK(spoilt("\"emr.query\"", "\"emr.release\"") == Code::kData);
  CHECK(spoilt("\"v\":1", "\"v\":1,\"x\":1") == Code::kData);
  CHECK(spoilt("\"sig\":", "\"x\":1,\"sig\":") == Code::kData);
  CHECK(spoilt("\"records\"", "\"Records\"") == Code::kData);
  CHECK(spoilt("\"records\"", "\"rec-ords\"") == Code::kData);
}

TEST_CASE("release request: of no other type or shape") {
  ReleaseRequest release;
  release.node = "hosp-b";
  release.parts = {Part::kOriginal};
  release.expires = testing::kStart + 60;
  REQUIRE(sign_release(release, chain(), testing::key_of("session")).ok());
  const std::string line = encode_release(release);
  const auto spoilt = [&](std::string_view what, std::string_view by) {
    std::string text = line;
    text.replace(text.find(what), what.size(), by);
    const auto result = parse_release(text, "hosp-b", testing::kStart, chain());
    return result ? Code::kInternal : result.error().code;
  };
  CHECK(spoilt("\"emr.release\"", "\"emr.query\"") == Code::kData);
  CHECK(spoilt("\"v\":1", "\"v\":1,\"x\":1") == Code::kData);
  CHECK(spoilt("[\"original\"]", "[1]") == Code::kData);
}

}  // namespace
}  // namespace emr::ledger
