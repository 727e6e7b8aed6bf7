// The client against nodes that fail, stall, lie and cut answers off. The nodes are real HTTP
// servers on loopback with scripted answers.
#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <mutex>

#include "client/pool.h"
#include "client/query_client.h"
#include "client/submit.h"
#include "http/server.h"
#include "ledger/query.h"
#include "ledger/testing_methods.h"

namespace emr::client {
namespace {

using ledger::testing::key_of;
using ledger::testing::kStart;
using nlohmann::json;

/// One scripted node: its handler gets method, path and body and returns status and body.
class FakeNode {
 public:
  using Script = std::function<http::ServerResponse(const http::ServerRequest&)>;

  explicit FakeNode(Script script) : script_(std::move(script)) {
    auto server = http::Server::start({}, [this](http::ServerRequest request, auto writer) {
      ++requests;
      writer->respond(script_(request));
    });
    REQUIRE(server.ok());
    server_ = *std::move(server);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  std::atomic<int> requests = 0;

 private:
  Script script_;
  std::unique_ptr<http::Server> server_;
};

const ledger::Genesis& genesis() {
  static const ledger::Genesis one = ledger::testing::make_genesis();
  return one;
}

Pool pool_of(std::vector<std::string> urls) {
  auto pool = Pool::make({std::move(urls), ""}, genesis());
  REQUIRE(pool.ok());
  return *std::move(pool);
}

/// Nobody listens on port 1 of loopback.
constexpr const char* kDeadUrl = "http://127.0.0.1:1";

std::string committed(const Hash32& txid, const Hash32& receipt_txid) {
  const ledger::Receipt receipt{receipt_txid, ledger::ReceiptStatus::kOk, "", "{}"};
  return R"({"state":"committed","height":3,"index":0,"txid":")" + to_hex(txid) +
         R"(","receipt":)" + ledger::encode_receipt(receipt) + "}\n";
}
std::string state_line(const char* state, const Hash32& txid) {
  return std::string(R"({"state":")") + state + R"(","txid":")" + to_hex(txid) + "\"}\n";
}

http::ServerResponse lines(std::string text) { return {200, "application/x-ndjson", text, {}}; }

struct Batch {
  std::vector<ledger::TransactionLine> transactions;
  std::vector<std::string> texts;
  std::vector<Outgoing> outgoing;

  explicit Batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      transactions.push_back(ledger::testing::note_line("alice", static_cast<std::uint8_t>(i + 1)));
      texts.push_back(ledger::transaction_line(transactions.back()));
    }
    for (std::size_t i = 0; i < count; ++i) {
      outgoing.push_back({transactions[i].transaction.txid, texts[i]});
    }
  }
  const Hash32& txid(std::size_t i) const { return outgoing[i].txid; }
};

std::map<std::size_t, TxState> submit_all(Pool& pool, const Batch& batch, int seconds) {
  std::map<std::size_t, TxState> states;
  submit_until(pool, batch.outgoing,
               std::chrono::steady_clock::now() + std::chrono::seconds(seconds),
               [&](std::size_t i, TxOutcome outcome) {
                 CHECK(states.emplace(i, outcome.state).second);  // one outcome per line
               });
  return states;
}

TEST_CASE("submit: busy, pending and cut-off answers are asked for again; outcomes come once") {
  const Batch batch(3);
  std::atomic<int> call = 0;
  FakeNode node([&](const http::ServerRequest& request) {
    // Only what is still open is sent again.
    const auto sent = std::count(request.body.begin(), request.body.end(), '\n');
    switch (call++) {
      case 0:
        CHECK(sent == 3);
        return lines(committed(batch.txid(0), batch.txid(0)) + R"({"state":"busy"})" + "\n" +
                     state_line("pending", batch.txid(2)));
      case 1:
        CHECK(sent == 2);
        return lines(committed(batch.txid(1), batch.txid(1)));  // one line too few
      default:
        CHECK(sent == 1);
        return lines(committed(batch.txid(2), batch.txid(2)));
    }
  });
  Pool pool = pool_of({node.url()});
  const auto states = submit_all(pool, batch, 20);
  CHECK(states.size() == 3);
  for (const auto& [index, state] : states) CHECK(state == TxState::kCommitted);
  CHECK(node.requests == 3);
}

TEST_CASE("submit: a dead node, an overloaded one and a liar are passed over") {
  const Batch batch(1);
  FakeNode overloaded([](const http::ServerRequest&) {
    return http::ServerResponse{503, "application/json", R"({"reason":"busy"})", {}};
  });
  FakeNode liar([&](const http::ServerRequest&) {  // somebody else's receipt
    return lines(committed(batch.txid(0), ledger::testing::hash_of("other")));
  });
  FakeNode honest([&](const http::ServerRequest&) {
    return lines(committed(batch.txid(0), batch.txid(0)));
  });
  Pool pool = pool_of({kDeadUrl, overloaded.url(), liar.url(), honest.url()});
  CHECK(submit_all(pool, batch, 20).at(0) == TxState::kCommitted);
  CHECK(liar.requests == 1);
}

TEST_CASE("submit: without an answer the outcome is unknown, never assumed") {
  const Batch batch(2);
  Pool pool = pool_of({kDeadUrl});
  const auto states = submit_all(pool, batch, 1);
  CHECK(states.at(0) == TxState::kPending);
  CHECK(states.at(1) == TxState::kPending);
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
  const auto states = submit_all(pool, batch, 1);
  CHECK(states.at(0) == TxState::kBusy);
  CHECK(states.at(1) == TxState::kBusy);

  // One node took one of them, or broke off after it had read them: then nobody knows.
  FakeNode takes_second([&](const http::ServerRequest&) {
    return lines("{\"state\":\"busy\"}\n" + state_line("pending", batch.txid(1)));
  });
  Pool mixed = pool_of({takes_second.url()});
  const auto some = submit_all(mixed, batch, 1);
  CHECK(some.at(0) == TxState::kBusy);
  CHECK(some.at(1) == TxState::kPending);
  FakeNode breaks([](const http::ServerRequest&) { return lines(""); });
  Pool broken = pool_of({full.url(), breaks.url()});
  CHECK(submit_all(broken, batch, 1).at(0) == TxState::kPending);
}

TEST_CASE("pool: a node that cannot now is 75, also beside dead ones; a failing node is 69") {
  FakeNode busy([](const http::ServerRequest&) {
    return http::ServerResponse{503, "application/json", R"({"reason":"busy"})", {}};
  });
  FakeNode broken([](const http::ServerRequest&) {
    return http::ServerResponse{500, "application/json", R"({"reason":"io"})", {}};
  });
  const auto ask = [](Pool pool) {
    return pool.call([](Node& node) { return node.get("/v1/status", kPatience); }).error();
  };
  CHECK(ask(pool_of({busy.url(), kDeadUrl})).code == Code::kTempFail);
  CHECK(ask(pool_of({kDeadUrl, busy.url()})).reason == "busy");
  CHECK(ask(pool_of({busy.url(), broken.url()})).code == Code::kTempFail);
  CHECK(ask(pool_of({broken.url(), kDeadUrl})).code == Code::kUnavailable);
}

TEST_CASE("submit: a refusal is final") {
  const Batch batch(1);
  FakeNode node([&](const http::ServerRequest&) {
    return lines(R"({"state":"refused","reason":"not_registered","code":77,"txid":")" +
                 to_hex(batch.txid(0)) + "\"}\n");
  });
  Pool pool = pool_of({node.url()});
  TxOutcome seen;
  submit_until(pool, batch.outgoing, std::chrono::steady_clock::now() + std::chrono::seconds(5),
               [&](std::size_t, TxOutcome outcome) { seen = std::move(outcome); });
  CHECK(seen.state == TxState::kRefused);
  CHECK(seen.reason == "not_registered");
  CHECK(seen.code == Code::kDenied);
  CHECK(node.requests == 1);
}

// --- proofs --------------------------------------------------------------------------------------

TEST_CASE("status: a proof is checked before it is believed") {
  const auto tx = ledger::testing::verified_note("alice", 1, genesis().chain());
  const std::string receipt =
      ledger::encode_receipt({tx->txid(), ledger::ReceiptStatus::kOk, "", "{}"});
  ledger::BlockHeader header;
  header.genesis = genesis().hash;
  header.height = 3;
  header.tx_root = ledger::entries_root({tx->entry()});
  header.receipt_root = ledger::receipts_root({receipt});
  const auto answer_with = [&](const std::vector<std::size_t>& signers) {
    const auto proof = ledger::make_proof(header, {tx->entry()}, {receipt}, 0,
                                          ledger::testing::certify(header, genesis(), signers));
    std::string line = committed(tx->txid(), tx->txid());
    line.replace(line.size() - 2, 2, R"(,"proof":)" + ledger::encode_proof(proof) + "}\n");
    return line;
  };
  const auto ask = [&](const std::string& answer) {
    FakeNode node([&](const http::ServerRequest&) { return lines(answer); });
    Pool pool = pool_of({node.url()});
    return transaction_status(pool, tx->txid(), std::chrono::seconds(0), true,
                              ledger::testing::toy_methods());
  };
  const auto good = ask(answer_with({0, 1, 2}));
  REQUIRE(good.ok());
  CHECK(good->outcome.state == TxState::kCommitted);
  CHECK_FALSE(good->proof_line.empty());
  const auto forged = ask(answer_with({0, 1}));
  REQUIRE_FALSE(forged.ok());
  CHECK(forged.error().code == Code::kProtocol);
}

// --- queries -------------------------------------------------------------------------------------

std::string end_line(std::size_t count, const std::string& next) {
  json tree{{"type", "emr.end"}, {"v", 1}, {"count", count}, {"height", 9},
            {"explain", {{"index", "x"}}}};
  if (!next.empty()) tree["next"] = next;
  return tree.dump() + "\n";
}

struct Asker {
  crypto::SeededRandom random{1};
  Credential credential{key_of("alice").address(), key_of("session")};
};

json question_in(const http::ServerRequest& request) {
  return json::parse(request.body.substr(0, request.body.find('\n')));
}

TEST_CASE("query: signed for the node it goes to; pages are followed to the limit") {
  Asker asker;
  FakeNode node([&](const http::ServerRequest& request) {
    if (request.path == "/v1/status") {
      return http::ServerResponse{
          200, "application/json",
          R"({"node":"hosp-b","genesis":")" + to_hex(genesis().hash) + "\"}", {}};
    }
    const json line = question_in(request);
    const auto now = static_cast<UnixSeconds>(std::time(nullptr));
    CHECK(ledger::parse_query(line.dump(), "hosp-b", now, genesis().chain()).ok());
    const bool second = line["query"].contains("after");
    CHECK(line["query"]["limit"] == (second ? 1 : 3));
    return second ? lines("{\"row\":3}\n" + end_line(1, "more"))
                  : lines("{\"row\":1}\n{\"row\":2}\n" + end_line(2, "here"));
  });
  Pool pool = pool_of({node.url()});
  QueryClient client(pool, asker.credential, asker.random);
  std::vector<std::string> rows;
  const auto last = client.ask_all({{"kind", "records"}}, 3, [&](const std::string& row) {
    rows.push_back(row);
    return Status{};
  });
  REQUIRE(last.ok());
  CHECK(rows == std::vector<std::string>{"{\"row\":1}", "{\"row\":2}", "{\"row\":3}"});
  CHECK(last->next == "more");
  CHECK(last->height == 9);
}

TEST_CASE("query: cut off, miscounted or garbled answers are not answers; the next node is asked") {
  const std::vector<std::string> bad{"{\"row\":1}\n",
                                     "{\"row\":1}\n" + end_line(2, ""),
                                     end_line(0, "") + "{\"row\":1}\n",
                                     "not json\n" + end_line(1, ""),
                                     "{\"row\":1}\n" + end_line(1, "").substr(0, 20)};
  for (const std::string& text : bad) {
    Asker asker;
    const auto script = [&](const std::string& body) {
      return [body](const http::ServerRequest& request) {
        if (request.path != "/v1/status") return lines(body);
        return http::ServerResponse{
            200, "application/json",
            R"({"node":"hosp-b","genesis":")" + to_hex(genesis().hash) + "\"}", {}};
      };
    };
    FakeNode liar(script(text));
    FakeNode honest(script("{\"row\":7}\n" + end_line(1, "")));
    Pool alone = pool_of({liar.url()});
    QueryClient refused(alone, asker.credential, asker.random);
    CHECK(refused.ask({{"kind", "orgs"}}).error().code == Code::kProtocol);
    Pool both = pool_of({liar.url(), honest.url()});
    QueryClient client(both, asker.credential, asker.random);
    const auto answer = client.ask({{"kind", "orgs"}});
    REQUIRE(answer.ok());
    CHECK(answer->rows == std::vector<std::string>{"{\"row\":7}"});
  }
}

TEST_CASE("query: a node of another ledger is a wrong configuration, not asked further") {
  Asker asker;
  FakeNode stranger([](const http::ServerRequest&) {
    return http::ServerResponse{200, "application/json",
                                R"({"node":"hosp-b","genesis":")" + std::string(64, '0') + "\"}",
                                {}};
  });
  Pool pool = pool_of({stranger.url()});
  QueryClient client(pool, asker.credential, asker.random);
  const auto answer = client.ask({{"kind", "orgs"}});
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == Code::kConfig);
}

TEST_CASE("query: a node's reason is a word; its text never reaches our messages") {
  Asker asker;
  const auto error_of = [&](const char* body) {
    FakeNode node([body](const http::ServerRequest& request) {
      if (request.path != "/v1/status") {
        return http::ServerResponse{403, "application/json", body, {}};
      }
      return http::ServerResponse{
          200, "application/json",
          R"({"node":"hosp-b","genesis":")" + to_hex(genesis().hash) + "\"}", {}};
    });
    Pool pool = pool_of({node.url()});
    QueryClient client(pool, asker.credential, asker.random);
    return client.ask({{"kind", "orgs"}}).error();
  };
  const Error good = error_of(R"({"reason":"not_registered","message":"CANARY"})");
  CHECK(good.code == Code::kDenied);
  CHECK(good.reason == "not_registered");
  CHECK(good.message.find("CANARY") == std::string::npos);
  const Error bad = error_of("{\"reason\":\"CANARY \\u001b[31m\"}");
  CHECK(bad.reason.empty());
  CHECK(bad.message.find("CANARY") == std::string::npos);
}

}  // namespace
}  // namespace emr::client
