// Receipts that are checked by the lists of their blocks: which lists are kept, and for how long.
#include "client/receipt_check.h"

#include <doctest/doctest.h>

#include "client/testing.h"
#include "ledger/merkle.h"

namespace emr::client {
namespace {

using namespace testing;
using Clock = ReceiptCheck::Clock;

/// A certified block of four receipts at some height.
struct Block {
  std::vector<ledger::Receipt> receipts;
  ledger::ReceiptList list;

  explicit Block(std::uint64_t height) {
    std::vector<std::string> texts;
    for (int i = 0; i < 4; ++i) {
      const std::string name = std::to_string(height) + "/" + std::to_string(i);
      receipts.push_back({ledger::testing::hash_of(name), ledger::ReceiptStatus::kOk, "", "{}"});
      texts.push_back(ledger::encode_receipt(receipts.back()));
    }
    ledger::BlockHeader header;
    header.genesis = genesis().hash;
    header.height = height;
    header.receipt_root = ledger::receipts_root(texts);
    list = ledger::make_receipt_list(header, texts,
                                     ledger::testing::certify(header, genesis(), {0, 1, 2}));
  }
  TxOutcome outcome(std::size_t index) const {
    TxOutcome one{TxState::kCommitted, list.header.height, index, {}, {}, ""};
    one.receipt = receipts[index];
    return one;
  }
};

http::ServerResponse answer(const ledger::ReceiptList& list) {
  return lines(R"({"proof":)" + ledger::encode_receipt_list(list) + "}\n");
}

Clock::time_point soon() { return Clock::now() + std::chrono::seconds(20); }

// An outside reviewer's find: a list with an inner node in it, kept, made liars of honest nodes.
TEST_CASE("receipts: what one node's list lacks is asked of the node that says it is there") {
  const Block block(3);
  ledger::ReceiptList collapsed = block.list;
  collapsed.leaves = {block.list.leaves[0], block.list.leaves[1],
                      ledger::merkle_root(std::vector<Hash32>{block.list.leaves[2],
                                                              block.list.leaves[3]})};
  FakeNode liar([&](const auto&) { return answer(collapsed); });
  FakeNode honest([&](const auto&) { return answer(block.list); });
  Pool pool = pool_of({liar.url(), honest.url()});
  ReceiptCheck check(genesis());
  CHECK(check.check(pool.at(0), block.outcome(0), soon()).ok());
  for (std::size_t i = 0; i < 4; ++i) CHECK(check.check(pool.at(1), block.outcome(i), soon()).ok());
  CHECK(honest.requests == 1);
  // Nor does the shorter list take the place of the longer one.
  CHECK(check.check(pool.at(0), block.outcome(3), soon()).ok());
  TxOutcome untrue = block.outcome(3);
  untrue.receipt.status = ledger::ReceiptStatus::kDenied;
  CHECK(check.check(pool.at(0), untrue, soon()).error().reason == "proof");
  CHECK(check.check(pool.at(1), block.outcome(2), soon()).ok());
  CHECK(honest.requests == 1);
}

TEST_CASE("receipts: the block that was not needed for the longest time is forgotten") {
  std::map<std::string, ledger::ReceiptList> lists;
  std::vector<Block> blocks;
  for (std::size_t i = 0; i <= kProvenBlocksMax; ++i) blocks.emplace_back(1000 - i);
  for (const Block& block : blocks) lists[to_hex(block.receipts[0].txid)] = block.list;
  FakeNode node([&](const http::ServerRequest& request) {
    return answer(lists.at(request.path.substr(sizeof("/v1/tx/") - 1)));
  });
  Pool pool = pool_of({node.url()});
  ReceiptCheck check(genesis());
  const auto ask = [&](std::size_t i) {
    return check.check(pool.current(), blocks[i].outcome(0), soon()).ok();
  };
  for (std::size_t i = 0; i < kProvenBlocksMax; ++i) CHECK(ask(i));
  CHECK(ask(0));                 // needed again
  CHECK(ask(kProvenBlocksMax));  // takes the place of the second one
  const int before = node.requests;
  CHECK(ask(kProvenBlocksMax));
  CHECK(ask(0));
  CHECK(node.requests == before);
  CHECK(ask(1));
  CHECK(node.requests == before + 1);
}

TEST_CASE("receipts: no proof is asked for when no time is left") {
  const Block block(3);
  FakeNode node([&](const auto&) { return answer(block.list); });
  Pool pool = pool_of({node.url()});
  ReceiptCheck check(genesis());
  CHECK(check.check(pool.current(), block.outcome(0), Clock::now()).error().reason == "timeout");
  CHECK(node.requests == 0);
}

TEST_CASE("receipts: a list that no quorum certified, or of another block, proves nothing") {
  const Block block(3);
  const auto reason = [&](const http::ServerResponse& said) {
    FakeNode node([&](const auto&) { return said; });
    Pool pool = pool_of({node.url()});
    ReceiptCheck check(genesis());
    const Status status = check.check(pool.current(), block.outcome(1), soon());
    return status ? "" : status.error().reason;
  };
  CHECK(reason(answer(block.list)) == "");
  ledger::ReceiptList bad = block.list;
  bad.certificate = ledger::testing::certify(bad.header, genesis(), {0, 1});
  CHECK(reason(answer(bad)) == "proof");
  bad = block.list;
  bad.leaves[2][0] ^= 1;  // not even the one that is asked about
  CHECK(reason(answer(bad)) == "proof");
  bad = block.list;
  bad.header.height = 4;
  bad.certificate = ledger::testing::certify(bad.header, genesis(), {0, 1, 2});
  CHECK(reason(answer(bad)) == "proof");
  bad = block.list;
  bad.header.genesis[0] ^= 1;
  CHECK(reason(answer(bad)) == "genesis");
  CHECK(reason(lines("not json\n")) == "proof");
  CHECK(reason(lines("{}\n")) == "proof");
  CHECK(reason(lines(R"({"proof":"text"})")) == "proof");
  CHECK(reason(lines(R"({"proof":{}})")) == "proof");
}

TEST_CASE("outcome: about the transaction that was asked for, or it is none") {
  const Block block(3);
  const Hash32 txid = block.receipts[0].txid;
  const auto reason = [&](nlohmann::json tree) {
    const auto outcome = read_outcome(tree, txid);
    return outcome ? "" : outcome.error().reason;
  };
  nlohmann::json said{{"state", "committed"}, {"height", 3}, {"index", 0}, {"txid", to_hex(txid)}};
  said["receipt"] = nlohmann::json::parse(ledger::encode_receipt(block.receipts[0]));
  CHECK(reason(said) == "");
  said["receipt"] = nlohmann::json::parse(ledger::encode_receipt(block.receipts[1]));
  CHECK(reason(said) == "bad_answer");
  said.erase("txid");
  CHECK(reason(said) == "bad_answer");
  CHECK(reason({{"state", "pending"}, {"txid", to_hex(block.receipts[1].txid)}}) == "bad_answer");
  CHECK(reason({{"state", "pending"}}) == "");
  nlohmann::json refused{{"state", "refused"}, {"reason", "role"}, {"code", 77}};
  CHECK(read_outcome(refused, txid)->code == Code::kDenied);
  refused["code"] = 65;
  CHECK(read_outcome(refused, txid)->code != Code::kDenied);
}

}  // namespace
}  // namespace emr::client
