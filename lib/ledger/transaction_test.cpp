// Transactions: round trips, the refusals of the strict reader, commitments, signatures bound to
// everything they must be bound to (R-101).
#include "ledger/transaction.h"

#include <doctest/doctest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "crypto/eip712.h"
#include "json/json.h"
#include "ledger/limits.h"
#include "ledger/testing_methods.h"

namespace emr::ledger {
namespace {

using json::Json;
using testing::toy_methods;

const ChainId& chain() {
  static const ChainId id = make_chain_id("test-chain", testing::hash_of("genesis"));
  return id;
}

TransactionLine signed_line() {
  TransactionLine line = testing::note_line("alice");
  REQUIRE(sign_transaction(line.transaction, chain(), testing::key_of("alice")).ok());
  return line;
}

TEST_CASE("transaction: a line reads back to the same txid, signature and foreign members") {
  TransactionLine line = signed_line();
  line.other_json = R"({"line":7,"visit":"x"})";
  const std::string text = transaction_line(line);
  const auto again = parse_transaction_line(text, toy_methods());
  REQUIRE(again.ok());
  CHECK(again->transaction.txid == line.transaction.txid);
  CHECK(again->other_json == line.other_json);
  CHECK(transaction_line(*again) == text);
  CHECK(verify_transaction(again->transaction, chain()).ok());
}

TEST_CASE("transaction: spelling of the line is free, the core's hash is canonical") {
  const TransactionLine line = signed_line();
  Json tree = Json::parse(transaction_line(line));
  const auto again = parse_transaction_line(tree.dump(1), toy_methods());
  REQUIRE(again.ok());
  CHECK(again->transaction.txid == line.transaction.txid);
}

/// White space in front sends the reader the long way (plain_reader.h).
void check_both_ways(const std::string& text) {
  CAPTURE(text);
  const auto plain = parse_transaction_line(text, toy_methods());
  const auto full = parse_transaction_line(" " + text, toy_methods());
  REQUIRE(plain.ok() == full.ok());
  if (!plain) {
    CHECK(plain.error().reason == full.error().reason);
    CHECK(plain.error().pointer == full.error().pointer);
    return;
  }
  CHECK(plain->transaction.core_json == full->transaction.core_json);
  CHECK(plain->transaction.txid == full->transaction.txid);
  CHECK(*plain->transaction.core.args == *full->transaction.core.args);
  CHECK(transaction_line(*plain) == transaction_line(*full));
}

TEST_CASE("transaction: the short way of reading agrees with the long one on every changed byte") {
  TransactionLine line = signed_line();
  check_both_ways(transaction_line(line));
  line.other_json = R"({"line":7,"visit":"x"})";
  const std::string text = transaction_line(line);
  check_both_ways(text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char c : {'"', '\\', ' ', '0', 'F', '}', '{', ',', '\n', '\x80'}) {
      std::string changed = text;
      changed[at] = c;
      check_both_ways(changed);
    }
    std::string shorter = text;
    check_both_ways(shorter.erase(at, 1));
    std::string longer = text;
    check_both_ways(longer.insert(at, 1, text[at]));
  }
}

TEST_CASE("transaction: what is said twice in a line is refused wherever it stands") {
  const std::string text = transaction_line(signed_line());
  for (const char* again :
       {R"("type":"emr.tx")", R"("v":1)", R"("core":{})", R"("signature":{})"}) {
    const auto doubled = parse_transaction_line(
        text.substr(0, text.size() - 1) + "," + again + "}", toy_methods());
    REQUIRE_FALSE(doubled.ok());
    CHECK(doubled.error().reason == "duplicate_key");
  }
}

TEST_CASE("transaction: an entry is accepted in its canonical spelling only") {
  const std::string entry = encode_entry(signed_line().transaction);
  REQUIRE(parse_entry(entry, toy_methods()).ok());
  CHECK(encode_entry(*parse_entry(entry, toy_methods())) == entry);
  const auto spaced = parse_entry(entry + " ", toy_methods());
  REQUIRE_FALSE(spaced.ok());
  CHECK(spaced.error().reason == "not_canonical");
  CHECK_FALSE(parse_entry(Json::parse(entry).dump(1), toy_methods()).ok());
}

TEST_CASE("transaction: what the strict reader refuses, with pointer") {
  struct Case {
    const char* name;
    std::function<void(Json&)> spoil;
    const char* pointer;
  };
  const Case cases[] = {
      {"unknown core member", [](Json& t) { t["core"]["x"] = 1; }, "/core/x"},
      {"unknown contract", [](Json& t) { t["core"]["contract"] = "other"; }, "/core/method"},
      {"suite", [](Json& t) { t["core"]["suite"] = "none"; }, "/core/suite"},
      {"mixed-case address",
       [](Json& t) { t["core"]["from"] = "0x52908400098527886E0F7030069857D2E4169EE7"; },
       "/core/from"},
      {"short nonce", [](Json& t) { t["core"]["nonce"] = "00"; }, "/core/nonce"},
      {"time with fraction",
       [](Json& t) { t["core"]["validUntil"] = "2026-11-22T01:00:00.5Z"; }, "/core/validUntil"},
      {"missing argument", [](Json& t) { t["core"]["args"].erase("note"); }, "/core/args/note"},
      {"unknown argument", [](Json& t) { t["core"]["args"]["name"] = "Li"; }, "/core/args"},
      {"choice", [](Json& t) { t["core"]["args"]["effect"] = "huge"; }, "/core/args/effect"},
      {"list too long",
       [](Json& t) {
         for (const char* n : {"a", "b", "c", "d"}) {
           t["core"]["args"]["tags"].push_back(testing::hex_of(n));
         }
       },
       "/core/args/tags"},
      {"list empty", [](Json& t) { t["core"]["args"]["tags"] = Json::array(); },
       "/core/args/tags"},
      {"list with a duplicate",
       [](Json& t) {
         t["core"]["args"]["tags"] = {testing::hex_of("a"), testing::hex_of("a")};
       },
       "/core/args/tags/1"},
      {"nested object", [](Json& t) { t["core"]["args"]["to"] = {{"id", "UPPER"}}; },
       "/core/args/to/id"},
      {"integer too large", [](Json& t) { t["core"]["args"]["count"] = 10; },
       "/core/args/count"},
      {"payload missing", [](Json& t) { t["core"]["payload"] = Json::array(); },
       "/core/payload"},
      {"payload part foreign",
       [](Json& t) { t["core"]["payload"][0]["part"] = "original"; }, "/core/payload"},
      {"sidecar value changed",
       [](Json& t) { t["sidecar"]["parts"][0]["value"]["sex"] = "1"; }, "/sidecar/parts/0"},
      {"sidecar salt changed",
       [](Json& t) { t["sidecar"]["parts"][0]["salt"] = std::string(64, '0'); },
       "/sidecar/parts/0"},
      {"sidecar missing", [](Json& t) { t.erase("sidecar"); }, "/sidecar/parts/0"},
      {"signature upper case",
       [](Json& t) { t["signature"]["sig"] = "0x" + std::string(130, 'A'); }, "/signature/sig"},
      {"type", [](Json& t) { t["type"] = "emr.record"; }, "/type"},
      {"version", [](Json& t) { t["v"] = 2; }, "/v"},
  };
  const Json good = Json::parse(transaction_line(signed_line()));
  for (const Case& one : cases) {
    CAPTURE(std::string(one.name));
    Json bad = good;
    one.spoil(bad);
    const auto result = parse_transaction_line(bad.dump(), toy_methods());
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Code::kData);
    CAPTURE(result.error().pointer);
    CHECK(std::string_view(result.error().pointer).starts_with(one.pointer));
  }
}

TEST_CASE("transaction: limits of core and line") {
  const std::string big(kTransactionLineBytesMax + 1, ' ');
  const auto result = parse_transaction_line(big, toy_methods());
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().reason == "limit");
}

TEST_CASE("transaction: the digest without JSON equals the one of the wallet's document") {
  TransactionLine line = signed_line();
  const std::string document = typed_data_json(line.transaction, chain());
  const auto wallet = crypto::hash_typed_data_text(document);
  REQUIRE(wallet.ok());
  CHECK(wallet->digest == signing_digest(line.transaction, chain()));
  CHECK(wallet->primary_type == "NotesWrite");
  const Json message = Json::parse(document)["message"];
  CHECK(message["action"] == "WRITE BIG 大 写");
  CHECK(message["at"] == "2026-12-22 00:00 UTC");
  CHECK(message["tags"] == "all 全部");
  CHECK(message["note"] == testing::hex_of("note").substr(0, 12) + "…");
  CHECK(message["to"] == "-");
  CHECK(message["until"] == "2026-11-22 01:00 UTC");
  CHECK(message["ledger"] == "test-chain");
}

TEST_CASE("transaction: a signature dies with any change of core, chain or signer (R-101)") {
  const TransactionLine line = signed_line();
  REQUIRE(verify_transaction(line.transaction, chain()).ok());

  const ChainId other_genesis = make_chain_id("test-chain", testing::hash_of("other"));
  const ChainId other_name = make_chain_id("other", testing::hash_of("genesis"));
  CHECK_FALSE(verify_transaction(line.transaction, other_genesis).ok());
  CHECK_FALSE(verify_transaction(line.transaction, other_name).ok());

  Transaction by_mallory = line.transaction;
  by_mallory.signature->by = testing::key_of("mallory").address();
  CHECK_FALSE(verify_transaction(by_mallory, chain()).ok());

  for (const char* member : {"from", "nonce", "validUntil"}) {
    Json tree = Json::parse(transaction_line(line));
    tree["core"][member] = member == std::string_view("validUntil") ? "2026-11-22T02:00:00Z"
                           : member == std::string_view("nonce")
                               ? std::string(32, '7')
                               : testing::key_of("mallory").address().text();
    const auto changed = parse_transaction_line(tree.dump(), toy_methods());
    REQUIRE(changed.ok());
    const auto verdict = verify_transaction(changed->transaction, chain());
    REQUIRE_FALSE(verdict.ok());
    CHECK(verdict.error().code == Code::kDenied);
    CHECK(verdict.error().reason == "bad_signature");
  }
}

TEST_CASE("transaction: every flipped bit of a signature is refused") {
  const Transaction good = signed_line().transaction;
  for (std::size_t bit = 0; bit < 65 * 8; bit += 7) {
    Transaction bad = good;
    bad.signature->bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    CHECK_FALSE(verify_transaction(bad, chain()).ok());
  }
  Transaction unsigned_tx = good;
  unsigned_tx.signature.reset();
  CHECK_FALSE(verify_transaction(unsigned_tx, chain()).ok());
  Transaction short_one = good;
  short_one.signature->bytes.pop_back();
  CHECK_FALSE(verify_transaction(short_one, chain()).ok());
}

TEST_CASE("transaction: many are verified together as each would be by itself, in order (R-101)") {
  std::vector<Transaction> txs;
  for (int i = 0; i < 30; ++i) {
    TransactionLine line = testing::note_line("alice");
    line.transaction.core.nonce[0] = static_cast<std::uint8_t>(i);
    auto tx = make_transaction(line.transaction.core, toy_methods());
    REQUIRE(tx.ok());
    REQUIRE(sign_transaction(*tx, chain(), testing::key_of(i % 3 == 0 ? "bob" : "alice")).ok());
    txs.push_back(*std::move(tx));
  }
  txs[4].signature.reset();
  txs[5].signature->bytes.pop_back();
  txs[6].signature->bytes[40] ^= 1;
  txs[9].signature->by = testing::key_of("mallory").address();
  txs[12].core.suite = crypto::SuiteId::kSm2Sm3;
  const auto together = verify_transactions(txs, chain());
  REQUIRE(together.size() == txs.size());
  for (std::size_t i = 0; i < txs.size(); ++i) {
    const auto alone = verify_transaction(txs[i], chain());
    REQUIRE(together[i].ok() == alone.ok());
    CHECK(alone.ok() == (i != 4 && i != 5 && i != 6 && i != 9 && i != 12));
    if (alone) {
      CHECK((*together[i])->txid() == txs[i].txid);
      CHECK((*together[i])->entry() == (*alone)->entry());
    } else {
      CHECK(together[i].error().reason == alone.error().reason);
    }
  }
  CHECK(verify_transactions({}, chain()).empty());
}

TEST_CASE("transaction: what is verified together knows its points, for whoever verifies it next") {
  std::vector<Transaction> txs;
  for (int i = 0; i < 12; ++i) {
    TransactionLine line = testing::note_line("alice");
    line.transaction.core.nonce[0] = static_cast<std::uint8_t>(i);
    auto tx = make_transaction(line.transaction.core, toy_methods());
    REQUIRE(tx.ok());
    REQUIRE(sign_transaction(*tx, chain(), testing::key_of("alice")).ok());
    txs.push_back(*std::move(tx));
  }
  std::vector<Transaction> told;
  for (const auto& verified : verify_transactions(txs, chain())) {
    REQUIRE(verified.ok());
    told.push_back((*verified)->transaction());
    CHECK((told.back().signature->point_y == Hash32{}) == (told.size() == 1));  // gave the key
  }
  told[3].signature->point_y.fill(0x11);
  told[4].signature->point_y = told[5].signature->point_y;
  told[6].signature->bytes[40] ^= 1;  // a right point makes it no better
  const auto again = verify_transactions(told, chain());
  for (std::size_t i = 0; i < again.size(); ++i) {
    REQUIRE(again[i].ok() == (i != 6));
    if (again[i]) CHECK((*again[i])->entry() == encode_entry(txs[i]));  // in no bytes of it
  }
}

TEST_CASE("transaction: errors never quote a value") {
  Json tree = Json::parse(transaction_line(signed_line()));
  tree["core"]["args"]["effect"] = "CANARY110105";
  tree["core"]["args"]["CANARYKEY"] = "CANARY110105";
  const auto result = parse_transaction_line(tree.dump(), toy_methods());
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().message.find("CANARY") == std::string::npos);
  CHECK(result.error().pointer.find("CANARY") == std::string::npos);
}

TEST_CASE("transaction: a sidecar has the parts of the payload, in its order, and no more") {
  const TransactionLine line = testing::note_line("alice");
  const Core& core = line.transaction.core;
  const auto reason = [&](const Sidecar& sidecar) {
    const Status status = check_sidecar(core, sidecar);
    return status ? "" : status.error().reason + " " + status.error().pointer;
  };
  CHECK(reason(line.sidecar) == "");
  CHECK(reason({}) == "sidecar_parts /sidecar/parts/0");
  Sidecar other = line.sidecar;
  other.parts.push_back(other.parts[0]);
  CHECK(reason(other) == "sidecar_parts /sidecar/parts/1");
  other = line.sidecar;
  other.parts[0].part = Part::kReason;  // with the same salt and value
  CHECK(reason(other) == "sidecar_parts /sidecar/parts/0");
  other = line.sidecar;
  other.parts[0].salt[0] ^= 1;
  CHECK(reason(other) == "commitment /sidecar/parts/0");
}

TEST_CASE("transaction: what has no signature, or one of another length or suite, is not signed") {
  const ChainId id = make_chain_id("test-chain", testing::hash_of("genesis"));
  Transaction tx = testing::note_line("alice").transaction;
  CHECK(verify_transaction(tx, id).error().reason == "bad_signature");
  REQUIRE(sign_transaction(tx, id, testing::key_of("alice")).ok());
  CHECK(verify_transaction(tx, id).ok());
  for (const std::size_t size : {0U, 64U, 66U}) {
    Transaction other = tx;
    other.signature->bytes.resize(size);
    CHECK(verify_transaction(other, id).error().reason == "bad_signature");
    std::vector<Transaction> many{tx, other, tx};
    const auto results = verify_transactions(std::move(many), id);
    CHECK(results[0].ok());
    CHECK_FALSE(results[1].ok());
    CHECK(results[2].ok());
  }
  tx.core.suite = crypto::SuiteId::kSm2Sm3;
  CHECK(sign_transaction(tx, id, testing::key_of("alice")).error().reason == "suite");
}

}  // namespace
}  // namespace emr::ledger
