// What clients of a node are told, on real nodes: busy when a quota is used up, proofs about the
// state, and the same receipt for the same request, also for one that was committed below a
// snapshot.
#include <doctest/doctest.h>

#include <future>
#include <map>
#include <sstream>

#include "ledger/state_proof.h"
#include "node/limits.h"
#include "node/testing.h"

namespace emr::node {
namespace {

using namespace testing;

std::string application(Consortium& net, std::string_view who) {
  return net.make_line(who, "registration.apply",
                       {{"role", "doctor"}, {"institution", "hosp-a"}, {"identity", hex_of(who)}});
}

TEST_CASE("node: over its quota a client is told busy, line by line; others are taken (R-062)") {
  Consortium net;
  net.start(0);  // alone: nothing is committed, so what is taken stays
  std::string lines;
  for (std::size_t i = 0; i < kMempoolPerSenderMax + 3; ++i) {
    lines += application(net, "greedy") + "\n";
  }
  using Count = std::map<std::string, std::size_t>;
  const auto states = [&](const std::string& body) {
    Count count;
    std::istringstream answer(net.call(0, "POST", "/v1/tx", as_bytes(body)).body);
    for (std::string line; std::getline(answer, line);) {
      ++count[Json::parse(line).at("state").get<std::string>()];
    }
    return count;
  };
  const Count first = states(lines);
  CHECK(first == Count{{"pending", kMempoolPerSenderMax}, {"busy", 3}});
  CHECK(states(application(net, "greedy")) == Count{{"busy", 1}});
  CHECK(states(application(net, "modest")) == Count{{"pending", 1}});
}

TEST_CASE("node: what the state says of a key is proven as of the last checkpoint") {
  Consortium net(2);
  net.start_all();
  const auto prove = [&](std::string_view who, const std::string& key) {
    return net.query(0, who, {{"kind", "prove"}, {"key", key}});
  };
  CHECK(prove("hosp-a admin", "alliance/epoch").status == 503);
  for (const char* who : {"one", "two", "three"}) {
    REQUIRE(net.post_line(0, application(net, who)).at("state") == "committed");
  }
  const std::string key = "registration/account/" + key_of("one").address().text();
  for (const std::string& wanted : {key, key + "x"}) {
    const auto answer = prove("hosp-a admin", wanted);
    REQUIRE(answer.status == 200);
    const auto proof = ledger::parse_state_proof(answer.body.substr(0, answer.body.find('\n')));
    REQUIRE(proof.ok());
    const auto proven = ledger::verify_state_proof(*proof, net.genesis);
    REQUIRE(proven.ok());
    CHECK(proven->value.has_value() == (wanted == key));
    CHECK(proven->height == 2);
  }
  CHECK(prove("one", key).status == 403);
  CHECK(prove("hosp-a admin", "a b").status == 400);
  CHECK(prove("hosp-a admin", std::string(600, 'k')).status == 400);
}

std::uint64_t missing_blocks(Consortium& net) {
  return Json::parse(net.nodes[3]->status()).at("missingBlocks").get<std::uint64_t>();
}

/// A node that has lost its disk comes back by a snapshot, and loses its peers while blocks below
/// are missing. False: the blocks were faster than we.
bool strand_above_missing_blocks(Consortium& net) {
  net.nodes[3].reset();
  std::filesystem::remove_all(net.data_directory(3));
  net.founding = false;
  net.start(3);
  for (int i = 0; i < 5000 && missing_blocks(net) == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  for (std::size_t i = 0; i < 3; ++i) net.nodes[i].reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  if (missing_blocks(net) > 0) return true;
  for (std::size_t i = 0; i < 3; ++i) net.start(i);
  return false;
}

TEST_CASE("node: what was committed below a snapshot gets its receipt, and is never refused") {
  Consortium net(4);
  net.start_all();
  const std::string line = application(net, "early");
  const Json before = net.post_line(0, line);
  REQUIRE(before.at("state") == "committed");
  for (int i = 0; i < 110; ++i) net.post_line(0, application(net, "early"));
  bool stranded = false;
  for (int tries = 0; tries < 5 && !stranded; ++tries) stranded = strand_above_missing_blocks(net);
  REQUIRE(stranded);
  // Its block is not here, and the state says that its nonce was used.
  CHECK(Json::parse(net.call(3, "POST", "/v1/tx", as_bytes(line)).body).at("state") == "pending");
  auto waiting = std::async(std::launch::async, [&] { return net.post_line(3, line); });
  for (std::size_t i = 0; i < 3; ++i) net.start(i);
  CHECK(waiting.get() == before);
}

}  // namespace
}  // namespace emr::node
