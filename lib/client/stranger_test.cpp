// Nodes of another ledger: whatever they answer, the configuration is what is wrong (78).
#include <doctest/doctest.h>

#include "client/submit.h"
#include "client/testing.h"
#include "client/voices.h"
#include "ledger/testing_methods.h"

namespace emr::client {
namespace {

using namespace testing;

/// A node of another ledger that says this about every transaction.
std::unique_ptr<FakeNode> stranger(const std::string& state) {
  return std::make_unique<FakeNode>([state](const http::ServerRequest& request) {
    if (request.path != "/v1/status") return lines(R"({"state":")" + state + "\"}\n");
    return lines(R"({"node":"hosp-a","genesis":")" + std::string(64, '0') + "\"}\n");
  });
}

TEST_CASE("stranger: a node of another ledger is one whatever it says of a transaction") {
  const auto line = ledger::testing::note_line("alice", 1);
  const std::string text = ledger::transaction_line(line);
  const Outgoing outgoing{line.transaction.txid, text};
  for (const char* state : {"pending", "busy"}) {
    CAPTURE(state);
    const auto node = stranger(state);
    Pool pool = pool_of({node->url()});
    ReceiptCheck check(genesis());
    const Status sent =
        submit_until(pool, check, {&outgoing, 1},
                     std::chrono::steady_clock::now() + std::chrono::seconds(20),
                     [](std::size_t, const TxOutcome& outcome) {
                       CHECK(outcome.state != TxState::kCommitted);
                     });
    REQUIRE_FALSE(sent.ok());
    CHECK(sent.error().code == Code::kConfig);
  }
  for (const char* state : {"pending", "unknown"}) {
    CAPTURE(state);
    const auto node = stranger(state);
    Pool pool = pool_of({node->url()});
    const auto known = transaction_status(pool, line.transaction.txid, std::chrono::seconds(0),
                                          ledger::testing::toy_methods());
    REQUIRE_FALSE(known.ok());
    CHECK(known.error().code == Code::kConfig);
  }
}

TEST_CASE("stranger: the address of a founder does not make a node of another ledger his") {
  const auto node = stranger("pending");
  ledger::Genesis ours = genesis();
  ours.institutions[2].node.http = node->url();
  auto pool = Pool::make({{}, "", {}}, ours);
  REQUIRE(pool.ok());
  pool->start_at(2);
  CHECK(speaker(*pool).error().code == Code::kConfig);
}

}  // namespace
}  // namespace emr::client
