// The receipts of a block on one line: what holds, and that every change breaks it.
#include "ledger/receipt_list.h"

#include <doctest/doctest.h>

#include <functional>

#include "ledger/merkle.h"
#include "ledger/testing.h"

namespace emr::ledger {
namespace {

struct Sample {
  Genesis genesis = testing::make_genesis();
  std::vector<Receipt> receipts;
  ReceiptList list;

  Sample() {
    std::vector<std::string> texts;
    for (const char* name : {"one", "two", "three"}) {
      receipts.push_back({testing::hash_of(name), ReceiptStatus::kOk, "", "{}"});
      texts.push_back(encode_receipt(receipts.back()));
    }
    BlockHeader header;
    header.genesis = genesis.hash;
    header.height = 9;
    header.receipt_root = receipts_root(texts);
    list = make_receipt_list(header, texts, testing::certify(header, genesis, {0, 2, 3}));
  }
};

TEST_CASE("receipts: one line shows what every transaction of a block led to, and nothing else") {
  const Sample sample;
  const std::string line = encode_receipt_list(sample.list);
  const auto list = parse_receipt_list(line);
  REQUIRE(list.ok());
  CHECK(encode_receipt_list(*list) == line);
  EpochChain known(sample.genesis);
  CHECK(verify_receipt_list(*list, known).ok());
  for (std::size_t i = 0; i < 3; ++i) CHECK(holds_receipt(*list, i, sample.receipts[i]));
  CHECK_FALSE(holds_receipt(*list, 1, sample.receipts[0]));
  CHECK_FALSE(holds_receipt(*list, 3, sample.receipts[0]));
  Receipt other = sample.receipts[0];
  other.status = ReceiptStatus::kDenied;
  CHECK_FALSE(holds_receipt(*list, 0, other));
}

TEST_CASE("receipts: every change is found and named") {
  struct Case {
    const char* reason;
    std::function<void(ReceiptList&)> spoil;
  };
  const Case cases[] = {{"receipts", [](ReceiptList& l) { l.leaves[1][0] ^= 1; }},
                        {"receipts", [](ReceiptList& l) { l.leaves.pop_back(); }},
                        {"receipts", [](ReceiptList& l) { std::swap(l.leaves[0], l.leaves[1]); }},
                        {"receipts", [](ReceiptList& l) { l.leaves.clear(); }},
                        {"certificate", [](ReceiptList& l) { l.header.receipt_root[0] ^= 1; }},
                        {"certificate", [](ReceiptList& l) { l.header.height = 8; }},
                        {"genesis", [](ReceiptList& l) { l.header.genesis[0] ^= 1; }},
                        {"epoch_chain", [](ReceiptList& l) { l.header.epoch = 1; }},
                        {"bad_signature", [](ReceiptList& l) { l.certificate.back() ^= 1; }}};
  for (const Case& one : cases) {
    CAPTURE(one.reason);
    Sample sample;
    one.spoil(sample.list);
    EpochChain known(sample.genesis);
    const Status verdict = verify_receipt_list(sample.list, known);
    REQUIRE_FALSE(verdict.ok());
    CHECK(verdict.error().reason == one.reason);
  }
}

// An outside reviewer's find: the root does not say how many leaves there are.
TEST_CASE("receipts: an inner node may stand for its leaves; what the list shows is true still") {
  Sample sample;  // of three: the first two have a node of their own
  const std::vector<Hash32> pair(sample.list.leaves.begin(), sample.list.leaves.begin() + 2);
  sample.list.leaves = {merkle_root(pair), sample.list.leaves[2]};
  EpochChain known(sample.genesis);
  CHECK(verify_receipt_list(sample.list, known).ok());
  CHECK(holds_receipt(sample.list, 1, sample.receipts[2]));  // its third
  CHECK_FALSE(holds_receipt(sample.list, 0, sample.receipts[0]));
  CHECK_FALSE(holds_receipt(sample.list, 1, sample.receipts[1]));
}

TEST_CASE("receipts: what is no such line is refused") {
  const Sample sample;
  const std::string line = encode_receipt_list(sample.list);
  const auto changed = [&](std::string_view what, std::string_view with) {
    std::string text = line;
    text.replace(text.find(what), what.size(), with);
    return text;
  };
  CHECK_FALSE(parse_receipt_list(changed("emr.receipts", "emr.proof")).ok());
  CHECK_FALSE(parse_receipt_list(changed("\"v\":1", "\"v\":2")).ok());
  CHECK_FALSE(parse_receipt_list(changed("\"v\":1", "\"v\":1,\"x\":1")).ok());
  CHECK_FALSE(parse_receipt_list(changed("\"leaves\":[", "\"leaves\":[1,")).ok());
  CHECK_FALSE(parse_receipt_list(line.substr(0, line.size() / 2)).ok());
}

}  // namespace
}  // namespace emr::ledger
