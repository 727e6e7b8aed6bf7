// Real meshes on loopback: who may speak, what arrives, what happens when a member goes and comes.
#include "net/mesh.h"

#include <doctest/doctest.h>

#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <boost/asio.hpp>
#include <condition_variable>
#include <map>
#include <mutex>

namespace emr::net {
namespace {

/// Remembers everything that happened and lets the test wait for it.
class Recorder final : public MeshHandler {
 public:
  void on_connected(PeerIndex peer) override { note("+" + std::to_string(peer)); }
  void on_disconnected(PeerIndex peer, std::string_view) override {
    note("-" + std::to_string(peer));
  }
  void on_frame(PeerIndex peer, Bytes frame) override {
    note(std::to_string(peer) + ":" + std::string(as_text(frame).substr(0, 40)));
  }
  void on_refused(std::string_view, std::string_view reason) override {
    note("refused " + std::string(reason));
  }
  bool saw(const std::string& what, int times = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10),
                             [&] { return counts_[what] >= times; });
  }
  bool has(const std::string& what) {
    const std::lock_guard lock(mutex_);
    return counts_.contains(what);
  }

 private:
  void note(const std::string& what) {
    const std::lock_guard lock(mutex_);
    ++counts_[what];
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> counts_;
};

crypto::Secret32 seed_of(std::uint8_t number) {
  Hash32 bytes{};
  bytes.fill(static_cast<std::uint8_t>(number + 1));
  return crypto::Secret32(bytes);
}

/// A port that was free a moment ago.
std::uint16_t free_port() {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor acceptor(
      context, {boost::asio::ip::make_address("127.0.0.1"), std::uint16_t{0}});
  return acceptor.local_endpoint().port();
}

std::vector<Peer> make_peers(std::uint8_t count) {
  std::vector<Peer> peers;
  for (std::uint8_t i = 0; i < count; ++i) {
    peers.push_back({"hosp-" + std::to_string(i), transport_public_key(seed_of(i)).value(),
                     "127.0.0.1", free_port()});
  }
  return peers;
}

std::unique_ptr<Mesh> start(const std::vector<Peer>& peers, PeerIndex self, Recorder& recorder,
                            std::uint8_t chain = 7, std::optional<std::uint8_t> key = {}) {
  MeshOptions options;
  options.chain.fill(chain);
  options.self = self;
  options.peers = peers;
  options.listen_port = peers[self].port;
  auto mesh =
      Mesh::start(options, seed_of(key.value_or(static_cast<std::uint8_t>(self))), recorder);
  REQUIRE(mesh.ok());
  return *std::move(mesh);
}

std::shared_ptr<const Bytes> frame(std::string_view text) {
  return std::make_shared<const Bytes>(to_bytes(text));
}

TEST_CASE("mesh: members connect and exchange frames, small and large (R-068)") {
  const auto peers = make_peers(3);
  Recorder seen[3];
  std::vector<std::unique_ptr<Mesh>> meshes;
  for (PeerIndex i = 0; i < 3; ++i) meshes.push_back(start(peers, i, seen[i]));
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      if (i != j) REQUIRE(seen[i].saw("+" + std::to_string(j)));
    }
  }
  meshes[2]->send(0, Lane::kConsensus, frame("vote"));
  CHECK(seen[0].saw("2:vote"));
  meshes[0]->send(kAllPeers, Lane::kBulk, frame("to all"));
  CHECK(seen[1].saw("0:to all"));
  CHECK(seen[2].saw("0:to all"));
  auto large = std::make_shared<Bytes>(kMaxFrameBytes, std::uint8_t{'x'});
  meshes[1]->send(2, Lane::kBulk, large);
  CHECK(seen[2].saw("1:" + std::string(40, 'x')));
}

TEST_CASE("mesh: a member that went comes back on the same port") {
  const auto peers = make_peers(2);
  Recorder first;
  Recorder second;
  const auto stays = start(peers, 0, first);
  auto goes = start(peers, 1, second);
  REQUIRE(first.saw("+1"));
  goes.reset();
  REQUIRE(first.saw("-1"));
  goes = start(peers, 1, second);
  CHECK(first.saw("+1", 2));
  stays->send(1, Lane::kConsensus, frame("again"));
  CHECK(second.saw("0:again"));
}

TEST_CASE("mesh: an unregistered key and another chain are refused, on both sides (R-068)") {
  const auto peers = make_peers(2);
  Recorder honest;
  const auto mesh = start(peers, 1, honest);
  SUBCASE("unknown key") {
    auto forged = peers;
    forged[0].transport_key = transport_public_key(seed_of(99)).value();
    Recorder intruder;
    const auto other = start(forged, 0, intruder, 7, std::uint8_t{99});
    CHECK(honest.saw("refused unknown_key"));
    CHECK(intruder.saw("refused refused_by_peer"));
  }
  SUBCASE("wrong chain") {
    Recorder other_chain;
    const auto other = start(peers, 0, other_chain, 8);
    CHECK(honest.saw("refused wrong_chain"));
    CHECK(other_chain.saw("refused wrong_chain"));
  }
  SUBCASE("no TLS at all") {
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), peers[1].port});
    boost::asio::write(socket, boost::asio::buffer("GET / HTTP/1.1\r\n\r\n", 18));
    CHECK(honest.saw("refused handshake"));
  }
}

TEST_CASE("mesh: our own key must be the registered one") {
  const auto peers = make_peers(2);
  Recorder recorder;
  MeshOptions options;
  options.peers = peers;
  const auto mesh = Mesh::start(options, seed_of(5), recorder);
  REQUIRE(!mesh.ok());
  CHECK(mesh.error().reason == "wrong_key");
}

TEST_CASE("mesh: a peer is let in by its registration, renews its key, and is cut off (R-068)") {
  const auto peers = make_peers(3);
  Recorder old_member;
  Recorder newcomer;
  const auto two = std::vector<Peer>(peers.begin(), peers.begin() + 2);
  const auto mesh = start(two, 0, old_member);
  auto joining = peers;
  joining[1].admitted = false;
  const auto joined = start(joining, 2, newcomer);
  mesh->update(peers);  // its registration is committed
  REQUIRE(old_member.saw("+2"));
  REQUIRE(newcomer.saw("+0"));
  mesh->send(2, Lane::kConsensus, frame("welcome"));
  CHECK(newcomer.saw("0:welcome"));

  // A new key: the old one speaks until the new one is known, then the link must prove the new one.
  auto renewed = peers;
  renewed[2].transport_key = transport_public_key(seed_of(42)).value();
  renewed[2].old_key = peers[2].transport_key;
  mesh->update(renewed);
  mesh->send(2, Lane::kConsensus, frame("still here"));
  CHECK(newcomer.saw("0:still here"));
  REQUIRE(joined->use_key(seed_of(42)).ok());
  renewed[2].old_key.reset();
  mesh->update(renewed);
  CHECK(old_member.saw("-2"));
  CHECK(old_member.saw("+2", 2));

  renewed[2].admitted = false;
  mesh->update(renewed);
  CHECK(old_member.saw("-2", 2));
  mesh->send(2, Lane::kConsensus, frame("secret"));
  mesh->send(2, Lane::kConsensus, frame("secret"));
  renewed[2].admitted = true;
  mesh->update(renewed);
  CHECK(old_member.saw("+2", 3));
  CHECK_FALSE(newcomer.has("0:secret"));
}

TEST_CASE("mesh: frames to an absent peer are dropped and counted, never kept") {
  const auto peers = make_peers(2);
  Recorder recorder;
  const auto mesh = start(peers, 0, recorder);
  for (int i = 0; i < 100; ++i) mesh->send(1, Lane::kBulk, frame("lost"));
  for (int i = 0; i < 1000 && mesh->counters().empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  mesh->stop();
  CHECK(mesh->counters()[1].dropped == 100);
}

}  // namespace
}  // namespace emr::net
