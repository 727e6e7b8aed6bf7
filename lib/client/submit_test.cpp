// Transactions at nodes that fail, stall, lie and cut answers off.
#include "client/submit.h"

#include <doctest/doctest.h>

#include <map>

#include "client/testing.h"
#include "ledger/testing_methods.h"

namespace emr::client {
namespace {

using namespace testing;

std::string committed(const Hash32& txid, const Hash32& receipt_txid, std::uint64_t index = 0) {
  const ledger::Receipt receipt{receipt_txid, ledger::ReceiptStatus::kOk, "", "{}"};
  return R"({"state":"committed","height":3,"index":)" + std::to_string(index) + R"(,"txid":")" +
         to_hex(txid) + R"(","receipt":)" + ledger::encode_receipt(receipt) + "}\n";
}
/// A committed line with its proof.
std::string proven(std::string line, const std::string& proof) {
  line.replace(line.size() - 2, 2, R"(,"proof":)" + proof + "}\n");
  return line;
}
std::string state_line(const char* state, const Hash32& txid) {
  return std::string(R"({"state":")") + state + R"(","txid":")" + to_hex(txid) + "\"}\n";
}

struct Batch {
  std::vector<ledger::TransactionLine> transactions;
  std::vector<std::string> texts;
  std::vector<Outgoing> outgoing;
  std::uint64_t height = 3;

  explicit Batch(std::size_t count, std::size_t nonce = 1) {
    for (std::size_t i = 0; i < count; ++i) {
      transactions.push_back(
          ledger::testing::note_line("alice", static_cast<std::uint8_t>(nonce + i)));
      texts.push_back(ledger::transaction_line(transactions.back()));
    }
    for (std::size_t i = 0; i < count; ++i) {
      outgoing.push_back({transactions[i].transaction.txid, texts[i]});
    }
  }
  const Hash32& txid(std::size_t i) const { return outgoing[i].txid; }
  std::string committed(std::size_t i) const {
    return emr::client::committed(txid(i), txid(i), i);
  }

  /// The answer to GET /v1/tx/ID?proof=block: the block of all of these, by these members.
  http::ServerResponse block_proof(const http::ServerRequest& request,
                                   const std::vector<std::size_t>& signers = {0, 1, 2},
                                   const ledger::Genesis& chain = genesis()) const {
    CHECK(request.method == "GET");
    CHECK(request.parameter("proof") == "block");
    std::vector<std::string> receipts;
    for (const Outgoing& one : outgoing) {
      receipts.push_back(
          ledger::encode_receipt({one.txid, ledger::ReceiptStatus::kOk, "", "{}"}));
    }
    ledger::BlockHeader header;
    header.genesis = chain.hash;
    header.height = height;
    header.receipt_root = ledger::receipts_root(receipts);
    const auto list = ledger::make_receipt_list(
        header, receipts, ledger::testing::certify(header, chain, signers));
    return lines(proven(committed(0), ledger::encode_receipt_list(list)));
  }
};

/// An honest node's answer to a submission: everything that was sent is committed.
http::ServerResponse commit_all(const Batch& batch, const http::ServerRequest& request) {
  std::string text;
  for (std::size_t i = 0; i < batch.texts.size(); ++i) {
    if (request.body.find(batch.texts[i]) != std::string::npos) text += batch.committed(i);
  }
  return lines(text);
}

struct Submitted {
  std::map<std::size_t, TxState> states;
  Status status;

  TxState at(std::size_t i) const { return states.at(i); }
  bool all(TxState state) const {
    return std::all_of(states.begin(), states.end(),
                       [&](const auto& one) { return one.second == state; });
  }
};

Submitted submit_all(Pool& pool, const Batch& batch, int seconds) {
  Submitted result;
  ReceiptCheck check(genesis());
  result.status = submit_until(pool, check, batch.outgoing,
                               std::chrono::steady_clock::now() + std::chrono::seconds(seconds),
                               [&](std::size_t i, TxOutcome outcome) {
                                 // one outcome per line
                                 CHECK(result.states.emplace(i, outcome.state).second);
                               });
  CHECK(result.states.size() == batch.outgoing.size());
  return result;
}

TEST_CASE("submit: busy, pending and cut-off answers are asked for again; outcomes come once") {
  const Batch batch(3);
  std::atomic<int> call = 0;
  std::atomic<int> proofs = 0;
  FakeNode node([&](const http::ServerRequest& request) {
    if (request.path == "/v1/status") return status_of("hosp-a");
    if (request.method == "GET") {
      ++proofs;
      return batch.block_proof(request);
    }
    // Only what is still open is sent again.
    const auto sent = std::count(request.body.begin(), request.body.end(), '\n');
    switch (call++) {
      case 0:
        CHECK(sent == 3);
        return lines(batch.committed(0) + R"({"state":"busy"})" + "\n" +
                     state_line("pending", batch.txid(2)));
      case 1:
        CHECK(sent == 2);
        return lines(batch.committed(1));  // one line too few
      default:
        CHECK(sent == 1);
        return lines(batch.committed(2));
    }
  });
  Pool pool = pool_of({node.url()});
  CHECK(submit_all(pool, batch, 20).all(TxState::kCommitted));
  CHECK(call == 3);
  CHECK(proofs == 1);  // the three share a block
}

TEST_CASE("submit: a dead node, an overloaded one and a liar are passed over") {
  const Batch batch(1);
  FakeNode overloaded([](const http::ServerRequest&) {
    return http::ServerResponse{503, "application/json", R"({"reason":"busy"})", {}};
  });
  FakeNode liar([&](const http::ServerRequest&) {  // somebody else's receipt
    return lines(committed(batch.txid(0), ledger::testing::hash_of("other")));
  });
  FakeNode honest([&](const http::ServerRequest& request) {
    return request.method == "GET" ? batch.block_proof(request) : commit_all(batch, request);
  });
  Pool pool = pool_of({kDeadUrl, overloaded.url(), liar.url(), honest.url()});
  CHECK(submit_all(pool, batch, 20).at(0) == TxState::kCommitted);
  CHECK(liar.requests == 1);
}

// An outside reviewer's find: one node's word made a submission succeed that nobody had committed.
TEST_CASE("submit: committed is believed with a proof only; who lies is named, the next is asked") {
  const Batch batch(2);
  Batch others(2, 9);  // in a true block, the next one
  others.height = 4;
  using Proof = std::function<http::ServerResponse(const http::ServerRequest&)>;
  const auto other = ledger::testing::make_genesis(5);
  const std::vector<Proof> lies{
      [](const auto&) { return http::ServerResponse{404, "application/json", "{}", {}}; },
      [&](const auto&) { return lines(batch.committed(0)); },
      [&](const auto&) { return lines(proven(batch.committed(0), "{}")); },
      [&](const auto&) { return lines(proven(batch.committed(0), "7")); },
      [&](const auto& request) { return batch.block_proof(request, {0, 1}); },
      [&](const auto& request) { return batch.block_proof(request, {0, 1, 2, 3}, other); },
      [&](const auto& request) { return others.block_proof(request); }};
  for (std::size_t i = 0; i < lies.size(); ++i) {
    CAPTURE(i);
    FakeNode liar([&](const http::ServerRequest& request) {
      return request.method == "GET" ? lies[i](request) : commit_all(batch, request);
    });
    FakeNode honest([&](const http::ServerRequest& request) {
      return request.method == "GET" ? batch.block_proof(request) : commit_all(batch, request);
    });
    std::vector<std::string> blamed;
    const auto blame = [&](const std::string& url, const Error&) { blamed.push_back(url); };
    auto pool = Pool::make({{liar.url(), honest.url()}, "", blame}, genesis());
    REQUIRE(pool.ok());
    CHECK(submit_all(*pool, batch, 20).all(TxState::kCommitted));
    CHECK(honest.requests == 2);
    const bool only_failed = i == 0;
    CHECK(blamed == (only_failed ? std::vector<std::string>{} : std::vector{liar.url()}));
    Pool alone = pool_of({liar.url()});
    const Submitted unproven = submit_all(alone, batch, 1);
    CHECK(unproven.all(TxState::kPending));
    const bool is_stranger = i == 5;
    CHECK(unproven.status.ok() == !is_stranger);
    if (is_stranger) CHECK(unproven.status.error().code == Code::kConfig);
  }
}

TEST_CASE("submit: a receipt that says another result than the certified one is not believed") {
  const Batch batch(1);
  FakeNode liar([&](const http::ServerRequest& request) {
    if (request.method == "GET") return batch.block_proof(request);
    const ledger::Receipt denied{batch.txid(0), ledger::ReceiptStatus::kDenied, "role", "{}"};
    return lines(R"({"state":"committed","height":3,"index":0,"receipt":)" +
                 ledger::encode_receipt(denied) + "}\n");
  });
  Pool pool = pool_of({liar.url()});
  CHECK(submit_all(pool, batch, 1).at(0) == TxState::kPending);
}

TEST_CASE("submit: without an answer the outcome is unknown, never assumed") {
  const Batch batch(2);
  Pool pool = pool_of({kDeadUrl});
  CHECK(submit_all(pool, batch, 1).all(TxState::kPending));
}

TEST_CASE("submit: busy is told apart from unknown: what no node has taken is not under way") {
  const Batch batch(2);
  FakeNode full([&](const http::ServerRequest& request) {
    const auto sent = std::count(request.body.begin(), request.body.end(), '\n');
    std::string text;
    for (auto i = sent; i > 0; --i) text += "{\"state\":\"busy\"}\n";
    return lines(text);
  });
  FakeNode overloaded([](const http::ServerRequest&) {
    return http::ServerResponse{503, "application/json", R"({"reason":"busy"})", {}};
  });
  Pool pool = pool_of({kDeadUrl, full.url(), overloaded.url()});
  CHECK(submit_all(pool, batch, 1).all(TxState::kBusy));

  // One node took one of them, or broke off after it had read them: then nobody knows.
  FakeNode takes_second([&](const http::ServerRequest&) {
    return lines("{\"state\":\"busy\"}\n" + state_line("pending", batch.txid(1)));
  });
  Pool mixed = pool_of({takes_second.url()});
  const auto some = submit_all(mixed, batch, 1);
  CHECK(some.at(0) == TxState::kBusy);
  CHECK(some.at(1) == TxState::kPending);
  // What a node says is committed may be, also when its proof does not come.
  FakeNode unproven([&](const http::ServerRequest& request) {
    if (request.method == "GET") return http::ServerResponse{503, "application/json", "{}", {}};
    return commit_all(batch, request);
  });
  Pool claimed = pool_of({unproven.url(), full.url()});
  CHECK(submit_all(claimed, batch, 1).all(TxState::kPending));
  FakeNode breaks([](const http::ServerRequest&) { return lines(""); });
  Pool broken = pool_of({full.url(), breaks.url()});
  CHECK(submit_all(broken, batch, 1).at(0) == TxState::kPending);
}

std::string refused_line(const Hash32& txid) {
  return R"({"state":"refused","reason":"not_registered","code":77,"txid":")" + to_hex(txid) +
         "\"}\n";
}

/// A node of this name that says so of every line it gets.
std::unique_ptr<FakeNode> node_that_says(const std::string& id, const std::string& answer) {
  return std::make_unique<FakeNode>([id, answer](const http::ServerRequest& request) {
    return request.path == "/v1/status" ? status_of(id) : lines(answer);
  });
}

TEST_CASE("submit: a refusal is final when f + 1 members say so, or all that there are to ask") {
  const Batch batch(1);
  const std::string refused = refused_line(batch.txid(0));
  const std::string pending = state_line("pending", batch.txid(0));
  struct Case {
    std::vector<std::pair<const char*, std::string>> nodes;
    TxState state;
  };
  const Case cases[] = {
      {{{"hosp-a", refused}}, TxState::kRefused},
      {{{"nobody", refused}}, TxState::kRefused},
      {{{"hosp-a", refused}, {"hosp-b", refused}, {"hosp-c", "bad"}}, TxState::kRefused},
      {{{"hosp-a", refused}, {"hosp-b", pending}}, TxState::kPending},
      {{{"hosp-a", refused}, {"hosp-b", "bad"}}, TxState::kPending},
      {{{"hosp-a", refused}, {"hosp-a", refused}, {"hosp-b", "bad"}}, TxState::kPending},
      {{{"hosp-a", refused}, {"nobody", refused}, {"hosp-b", "bad"}}, TxState::kPending},
      // Who may have taken it can still bring it into a block.
      {{{"hosp-a", pending}, {"hosp-b", refused}, {"hosp-c", refused}}, TxState::kPending},
      {{{"hosp-a", "bad"}, {"hosp-b", refused}, {"hosp-c", refused}}, TxState::kPending}};
  for (const Case& one : cases) {
    CAPTURE(&one - cases);
    std::vector<std::unique_ptr<FakeNode>> nodes;
    std::vector<std::string> urls;
    for (const auto& [id, answer] : one.nodes) {
      nodes.push_back(node_that_says(id, answer));
      urls.push_back(nodes.back()->url());
    }
    Pool pool = pool_of(urls);
    TxOutcome seen;
    ReceiptCheck check(genesis());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    CHECK(submit_until(pool, check, batch.outgoing, deadline, [&](std::size_t, TxOutcome outcome) {
            seen = std::move(outcome);
          }).ok());
    CHECK(seen.state == one.state);
    CHECK(seen.reason == "not_registered");
    if (one.state == TxState::kRefused) CHECK(seen.code == Code::kDenied);
  }
}

// An outside reviewer's find: one node that lied made a submission fail that another one committed.
TEST_CASE("submit: what one node refuses another one commits; a stranger refuses nothing") {
  const Batch batch(2);
  const std::string refusals = refused_line(batch.txid(0)) + refused_line(batch.txid(1));
  const auto refusing = node_that_says("hosp-a", refusals);
  FakeNode stranger([&](const http::ServerRequest& request) {
    const std::string other(64, '0');
    return request.path == "/v1/status"
               ? http::ServerResponse{200, "application/json",
                                      R"({"node":"hosp-a","genesis":")" + other + "\"}", {}}
               : lines(refusals);
  });
  FakeNode honest([&](const http::ServerRequest& request) {
    return request.method == "GET" ? batch.block_proof(request) : commit_all(batch, request);
  });
  for (const std::string& first : {refusing->url(), stranger.url()}) {
    Pool pool = pool_of({first, honest.url()});
    CHECK(submit_all(pool, batch, 20).all(TxState::kCommitted));
  }
  Pool strangers = pool_of({stranger.url()});
  const Submitted none = submit_all(strangers, batch, 1);
  CHECK(none.all(TxState::kPending));
  CHECK(none.status.error().code == Code::kConfig);
}

/// The answer of a node about alice's note, with the proof by these members.
std::string status_answer(const std::vector<std::size_t>& signers,
                          const ledger::Genesis& chain = genesis()) {
  const auto tx = ledger::testing::verified_note("alice", 1, chain.chain());
  const std::string receipt =
      ledger::encode_receipt({tx->txid(), ledger::ReceiptStatus::kOk, "", "{}"});
  ledger::BlockHeader header;
  header.genesis = chain.hash;
  header.height = 3;
  header.tx_root = ledger::entries_root({tx->entry()});
  header.receipt_root = ledger::receipts_root({receipt});
  const auto proof = ledger::make_proof(header, {tx->entry()}, {receipt}, 0,
                                        ledger::testing::certify(header, chain, signers));
  return proven(committed(tx->txid(), tx->txid()), ledger::encode_proof(proof));
}

TEST_CASE("status: a proof is checked before it is believed; others are asked") {
  const Hash32 txid = ledger::testing::verified_note("alice", 1, genesis().chain())->txid();
  const auto ask = [&](const std::vector<std::string>& answers) {
    std::vector<std::unique_ptr<FakeNode>> nodes;
    std::vector<std::string> urls;
    for (const std::string& answer : answers) {
      nodes.push_back(std::make_unique<FakeNode>([answer](const auto&) { return lines(answer); }));
      urls.push_back(nodes.back()->url());
    }
    Pool pool = pool_of(urls);
    return transaction_status(pool, txid, std::chrono::seconds(0), ledger::testing::toy_methods());
  };
  const std::string good = status_answer({0, 1, 2});
  const std::string forged = status_answer({0, 1});
  const std::string unproven = committed(txid, txid);
  const std::string unknown = state_line("unknown", txid);
  const std::string foreign = status_answer({0, 1, 2}, ledger::testing::make_genesis(5));

  for (const auto& answers : std::vector<std::vector<std::string>>{
           {good}, {forged, good}, {unproven, good}, {unknown, good}, {foreign, good}}) {
    const auto status = ask(answers);
    REQUIRE(status.ok());
    CHECK(status->outcome.state == TxState::kCommitted);
    CHECK_FALSE(status->proof_line.empty());
  }
  for (const std::string& answer : {forged, unproven}) {
    CHECK(ask({answer}).error().code == Code::kProtocol);
  }
  CHECK(ask({foreign}).error().code == Code::kConfig);
  const auto nobody = ask({unknown, forged});
  REQUIRE(nobody.ok());
  CHECK(nobody->outcome.state == TxState::kPending);
  const std::string refused = refused_line(txid);
  CHECK(ask({refused})->outcome.state == TxState::kRefused);
  CHECK(ask({refused, unknown})->outcome.state == TxState::kPending);
  CHECK(ask({refused, good})->outcome.state == TxState::kCommitted);
}

}  // namespace
}  // namespace emr::client
