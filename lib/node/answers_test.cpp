// What clients of a node are told, on real nodes: busy when a quota is used up, proofs about the
// state, and the same receipt for the same request, also for one that was committed below a
// snapshot.
#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <future>
#include <map>
#include <sstream>

#include "base/hex.h"
#include "base/wire.h"
#include "ledger/state_proof.h"
#include "node/limits.h"
#include "node/testing.h"
#include "store/store.h"

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

/// What has come by this connection so far; it stays there.
std::string come(boost::asio::ip::tcp::socket& connection) {
  std::string bytes(connection.available(), '\0');
  if (!bytes.empty()) {
    connection.receive(boost::asio::buffer(bytes), boost::asio::socket_base::message_peek);
  }
  return bytes;
}

TEST_CASE("node: those who wait for what others do leave room for everybody else (R-062)") {
  using boost::asio::ip::tcp;
  constexpr std::size_t kTooMany = 8;
  Consortium net;
  net.start(0);
  const std::string request =
      "GET /v1/tx/" + hex_of("of nobody") + "?wait=60 HTTP/1.1\r\nHost: h\r\n\r\n";
  boost::asio::io_context io;
  std::vector<tcp::socket> waiting;
  for (std::size_t i = 0; i < kWatchersMax + kTooMany; ++i) {
    waiting.emplace_back(io).connect(
        {boost::asio::ip::address_v4::loopback(), net.nodes[0]->http_port()});
    boost::asio::write(waiting.back(), boost::asio::buffer(request));
  }
  // Whichever they are: requests that were sent first need not arrive first at the core.
  const auto refused = [&] {
    return std::count_if(waiting.begin(), waiting.end(), [](tcp::socket& one) {
      return come(one).find("\"busy\"") != std::string::npos;
    });
  };
  CHECK(Consortium::within_ten_seconds([&] { return refused() == kTooMany; }));
  CHECK(net.call(0, "GET", "/v1/status").status == 200);
  CHECK(refused() == kTooMany);
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

/// Node 3 as it is between a snapshot and the arrival of the blocks below: without this one.
void lose_block(Consortium& net, std::uint64_t height, const Hash32& txid) {
  net.nodes[3].reset();
  const auto store = store::Store::open(net.data_directory(3));
  REQUIRE(store.ok());
  const Bytes key = store::height_key(height);
  store::WriteBatch batch;
  for (const auto table :
       {store::Table::kBlocks, store::Table::kCertificates, store::Table::kReceipts}) {
    batch.erase(table, key);
  }
  batch.erase(store::Table::kTxIndex, txid);
  batch.put(store::Table::kMeta, as_bytes("history"),
            std::move(WireWriter().u64(height).u64(height)).take());
  REQUIRE((*store)->apply(batch).ok());
}

TEST_CASE("node: what was committed below a snapshot gets its receipt, and is never refused") {
  Consortium net;
  net.start_all();
  const std::string line = application(net, "early");
  const Json before = net.post_line(0, line);
  REQUIRE(before.at("state") == "committed");
  REQUIRE(net.post_line(3, application(net, "late")).at("state") == "committed");
  for (std::size_t i = 0; i < 3; ++i) net.nodes[i].reset();
  lose_block(net, before.at("height").get<std::uint64_t>(),
             *hash_from_hex(before.at("txid").get<std::string>()));
  net.start(3);
  // Its block is not here, and the state says that its nonce was used.
  CHECK(Json::parse(net.call(3, "POST", "/v1/tx", as_bytes(line)).body).at("state") == "pending");
  auto waiting = std::async(std::launch::async, [&] { return net.post_line(3, line); });
  for (std::size_t i = 0; i < 3; ++i) net.start(i);
  CHECK(waiting.get() == before);
}

}  // namespace
}  // namespace emr::node
