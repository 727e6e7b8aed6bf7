// Four real nodes in one test process: real keys, stores, TLS, HTTP. For the tests of lib/node
// only.
#pragma once

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/hex.h"
#include "contracts/methods.h"
#include "crypto/box.h"
#include "http/curl_client.h"
#include "json/json.h"
#include "ledger/query.h"
#include "ledger/testing.h"
#include "net/mesh.h"
#include "node/node.h"
#include "threshold/dealer.h"

namespace emr::node::testing {

using ledger::testing::hash_of;
using ledger::testing::hex_of;
using ledger::testing::institution_id;
using ledger::testing::key_of;
using Json = nlohmann::json;

/// Thread-safe, unlike SeededRandom, and different in every run: keys on a wire must not repeat.
class KernelRandom final : public crypto::RandomSource {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    EMR_CHECK(::getentropy(bytes.data(), bytes.size()) == 0);
  }
};

/// A port below those that the kernel gives to outgoing connections: one of these could take it
/// before its node starts.
inline std::uint16_t free_port() {
  constexpr unsigned kFirst = 12'000, kPorts = 8'000;
  static unsigned next = static_cast<unsigned>(::getpid()) * 61 % kPorts;
  boost::asio::io_context io;
  while (true) {
    const auto port = static_cast<std::uint16_t>(kFirst + next++ % kPorts);
    boost::asio::ip::tcp::acceptor acceptor(io, boost::asio::ip::tcp::v4());
    boost::system::error_code taken;
    acceptor.bind({boost::asio::ip::address_v4::loopback(), port}, taken);
    if (!taken) return port;
  }
}

class Consortium {
 public:
  /// 0: the checkpoint interval that nodes have by default.
  explicit Consortium(std::uint32_t checkpoint_interval = 0) {
    std::string name = (std::filesystem::temp_directory_path() / "emr-node-XXXXXX").string();
    EMR_CHECK(::mkdtemp(name.data()) != nullptr);
    directory_ = name;
    auto dealt = threshold::deal(3, 4, random);
    EMR_CHECK(dealt.ok());
    dealing = std::make_unique<threshold::Dealing>(*std::move(dealt));
    compose(checkpoint_interval);
    nodes.resize(4);
  }
  ~Consortium() {
    nodes.clear();
    std::filesystem::remove_all(directory_);
  }
  Consortium(const Consortium&) = delete;
  Consortium& operator=(const Consortium&) = delete;

  void start(std::size_t index) {
    const std::string id = institution_id(index);
    NodeKeys keys{key_of(id + " vote"), crypto::Secret32(hash_of(id + " transport")),
                  threshold::KeyShare(dealing->shares[index])};
    NodeOptions options;
    options.data_directory = directory_ + "/" + id;
    options.peer_port = peer_ports_[index];
    options.http_port = http_ports_[index];
    options.founding = founding;
    options.tap = taps[index];
    options.software = software[index];
    auto node = Node::start(genesis, options, std::move(keys), random, log);
    if (!node) std::fprintf(stderr, "%s\n", node.error().message.c_str());
    EMR_CHECK(node.ok());
    nodes[index] = *std::move(node);
  }
  std::string data_directory(std::size_t index) const {
    return directory_ + "/" + institution_id(index);
  }
  void start_all() {
    for (std::size_t i = 0; i < 4; ++i) start(i);
  }

  /// One request to one node; the body of any status.
  http::ClientResponse call(std::size_t index, std::string method, const std::string& path,
                            ByteView body = {}, http::Headers headers = {}) {
    http::Client client;
    http::ClientRequest request;
    request.method = std::move(method);
    request.url = "http://127.0.0.1:" + std::to_string(http_ports_[index]) + path;
    request.body = body;
    request.headers = std::move(headers);
    auto response = client.send(request);
    EMR_CHECK(response.ok());
    return *std::move(response);
  }

  /// Signs as `signer` ("" = `from`) and posts to a node; the answered line.
  Json submit(std::size_t index, std::string_view from, const std::string& method, Json args,
              std::vector<std::pair<ledger::Part, Json>> parts = {}, std::string_view signer = "") {
    return post_line(index, make_line(from, method, std::move(args), std::move(parts), signer));
  }
  std::string make_line(std::string_view from, const std::string& method, Json args,
                        std::vector<std::pair<ledger::Part, Json>> parts = {},
                        std::string_view signer = "") {
    const std::size_t dot = method.find('.');
    ledger::TransactionLine line;
    ledger::Core core;
    core.contract = method.substr(0, dot);
    core.method = method.substr(dot + 1);
    core.from = key_of(from).address();
    random.fill(core.nonce);
    core.valid_until = std::time(nullptr) + 600;
    core.args = std::make_shared<const Json>(std::move(args));
    for (auto& [part, value] : parts) {
      auto [side, commit] = ledger::commit_part(part, json::canonical_checked(value), random);
      line.sidecar.parts.push_back(std::move(side));
      core.payload.push_back(commit);
    }
    auto tx = ledger::make_transaction(std::move(core), contracts::method_table());
    if (!tx) std::fprintf(stderr, "%s\n", tx.error().message.c_str());
    EMR_CHECK(tx.ok());
    EMR_CHECK(ledger::sign_transaction(*tx, genesis.chain(), key_of(signer.empty() ? from : signer))
                  .ok());
    line.transaction = *std::move(tx);
    return ledger::transaction_line(line);
  }
  Json post_line(std::size_t index, const std::string& line) {
    const auto answer = call(index, "POST", "/v1/tx?wait=30", as_bytes(line));
    return Json::parse(answer.body);
  }

  std::string sign_query(std::size_t index, std::string_view from, const Json& query) {
    ledger::SignedQuery signed_query;
    signed_query.from = key_of(from).address();
    signed_query.node = institution_id(index);
    signed_query.nonce = ++nonce_;
    signed_query.expires = std::time(nullptr) + 60;
    signed_query.query_json = json::canonical_checked(query);
    EMR_CHECK(ledger::sign_query(signed_query, genesis.chain(), key_of(from)).ok());
    return ledger::encode_query(signed_query);
  }
  http::ClientResponse query(std::size_t index, std::string_view from, const Json& body) {
    return call(index, "POST", "/v1/query", as_bytes(sign_query(index, from, body)));
  }

  http::ClientResponse release(std::size_t index, const Hash32& access, std::string_view signer) {
    ledger::ReleaseRequest request;
    request.access = access;
    request.node = institution_id(index);
    request.parts = {ledger::Part::kOriginal};
    request.nonce = ++nonce_;
    request.expires = std::time(nullptr) + 60;
    EMR_CHECK(ledger::sign_release(request, genesis.chain(), key_of(signer)).ok());
    return call(index, "POST", "/v1/release", as_bytes(ledger::encode_release(request)));
  }

  /// Polls until `done` or ten seconds have passed.
  template <class Done>
  static bool within_ten_seconds(Done done) {
    for (int i = 0; i < 200; ++i) {
      if (done()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  std::array<net::Wiretap, 4> taps;  ///< what each member's links do to its frames
  std::array<contracts::Software, 4> software{
      contracts::software_versions(), contracts::software_versions(),
      contracts::software_versions(), contracts::software_versions()};
  bool founding = true;  ///< false: nodes with an empty directory have lost theirs
  KernelRandom random;
  Logger log{Level::kError};
  ledger::Genesis genesis;
  std::unique_ptr<threshold::Dealing> dealing;
  std::vector<std::unique_ptr<Node>> nodes;

 private:
  void compose(std::uint32_t checkpoint_interval) {
    genesis = ledger::testing::make_genesis();
    if (checkpoint_interval > 0) genesis.pbft.checkpoint_interval = checkpoint_interval;
    genesis.time = std::time(nullptr);
    genesis.pbft.timeout_ms = 3000;  // sanitizers are slow
    for (std::size_t i = 0; i < 4; ++i) {
      ledger::Institution& member = genesis.institutions[i];
      peer_ports_.push_back(free_port());
      http_ports_.push_back(free_port());
      member.node.peer = "127.0.0.1:" + std::to_string(peer_ports_[i]);
      member.node.http = "http://127.0.0.1:" + std::to_string(http_ports_[i]);
      const crypto::Secret32 seed(hash_of(member.id + " transport"));
      member.node.transport_key = net::transport_public_key(seed).value();
      genesis.threshold.verification_keys[i] = dealing->keys.verification_keys()[i].bytes;
    }
    genesis.threshold.group_key = dealing->keys.group_key().bytes;
    const Status sealed = ledger::seal_genesis(genesis);
    if (!sealed) std::fprintf(stderr, "%s\n", sealed.error().message.c_str());
    EMR_CHECK(sealed.ok());
  }

  std::string directory_;
  std::vector<std::uint16_t> peer_ports_;
  std::vector<std::uint16_t> http_ports_;
  std::uint64_t nonce_ = 0;
};

}  // namespace emr::node::testing
