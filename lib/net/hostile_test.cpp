// A mesh against peers that are slow, silent, greedy or strangers: each is turned away within its
// limit, the others are served meanwhile (R-068, issue: slow and silent peers cannot hold memory).
#include <doctest/doctest.h>

#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "net/mesh.h"
#include "net/tls.h"

namespace emr::net {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;

/// Counts what the mesh says, and lets the test wait for it.
class Recorder final : public MeshHandler {
 public:
  void on_connected(PeerIndex peer) override { note("+" + std::to_string(peer)); }
  void on_disconnected(PeerIndex, std::string_view why) override { note("- " + std::string(why)); }
  void on_frame(PeerIndex, Bytes) override { note("frame"); }
  void on_refused(std::string_view, std::string_view why) override {
    note("refused " + std::string(why));
  }
  void on_flood(PeerIndex peer) override { note("flood " + std::to_string(peer)); }
  bool saw(const std::string& what, std::size_t times = 1, int seconds = 20) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(seconds),
                             [&] { return counts_[what] >= times; });
  }
  std::size_t count(const std::string& what) {
    const std::lock_guard lock(mutex_);
    return counts_[what];
  }

 private:
  void note(const std::string& what) {
    const std::lock_guard lock(mutex_);
    ++counts_[what];
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::size_t> counts_;
};

crypto::Secret32 seed_of(std::uint8_t number) {
  Hash32 bytes{};
  bytes.fill(static_cast<std::uint8_t>(number + 1));
  return crypto::Secret32(bytes);
}

constexpr std::uint8_t kMembers = 4;
constexpr std::size_t kFramesPerSecond = 400;

/// The honest member is the last one: the others dial it, so a test can be any of them.
class Victim {
 public:
  /// The limit of frames is far below what any machine reads in a second, so that a slow one (under
  /// sanitizers, beside other work) comes to it too.
  Victim() {
    MeshOptions options;
    options.frames_per_second = kFramesPerSecond;
    options.chain.fill(7);
    options.self = kMembers - 1;
    for (std::uint8_t i = 0; i < kMembers; ++i) {
      options.peers.push_back(
          {"hosp-" + std::to_string(i), transport_public_key(seed_of(i)).value(), "127.0.0.1", 0});
    }
    auto started = Mesh::start(options, seed_of(kMembers - 1), seen);
    REQUIRE(started.ok());
    mesh = *std::move(started);
  }
  Recorder seen;
  std::unique_ptr<Mesh> mesh;
};

/// A member as bytes: it can do everything that the protocol forbids.
class RawPeer {
 public:
  RawPeer(const Victim& victim, std::uint8_t number) {
    for (std::uint8_t i = 0; i < kMembers; ++i) {
      registered_.insert(transport_public_key(seed_of(i)).value());
    }
    tls_ = TlsContext::make(seed_of(number), registered_).value();
    stream_ = std::make_unique<asio::ssl::stream<tcp::socket>>(context_, tls_->context());
    stream_->next_layer().connect({asio::ip::make_address("127.0.0.1"), victim.mesh->port()});
  }
  void shake_hands() { stream_->handshake(asio::ssl::stream_base::client); }
  void hello(std::size_t bytes = 9 + 32) {
    Bytes text = to_bytes("emr-net/1");
    text.resize(9 + 32, 7);
    text.resize(bytes);
    send(text);
  }
  /// What every honest member begins with.
  void join() {
    shake_hands();
    hello();
  }
  bool send(ByteView bytes) {
    error_code error;
    asio::write(*stream_, asio::buffer(bytes.data(), bytes.size()), error);
    return !error;
  }
  bool send_frame(ByteView content) {
    const auto size = static_cast<std::uint32_t>(content.size());
    Bytes bytes = {static_cast<std::uint8_t>(size >> 24), static_cast<std::uint8_t>(size >> 16),
                   static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
    append(bytes, content);
    return send(bytes);
  }

 private:
  asio::io_context context_;
  RegisteredKeys registered_;  ///< tls_ looks into it at every handshake
  std::unique_ptr<TlsContext> tls_;
  std::unique_ptr<asio::ssl::stream<tcp::socket>> stream_;
};

TEST_CASE("net: who never finishes a handshake, a hello, a length or a frame is let go") {
  Victim victim;
  RawPeer silent(victim, 0);  // TCP and nothing else
  RawPeer no_hello(victim, 0);
  no_hello.shake_hands();
  RawPeer half_hello(victim, 0);
  half_hello.shake_hands();
  half_hello.hello(20);
  RawPeer half_length(victim, 1);
  half_length.join();
  REQUIRE(victim.seen.saw("+1"));
  half_length.send(Bytes{0, 0});
  RawPeer half_frame(victim, 2);
  half_frame.join();
  REQUIRE(victim.seen.saw("+2"));
  half_frame.send(Bytes{0, 1, 0, 0, 'x', 'x', 'x'});  // 3 of 65,536 bytes
  CHECK(victim.seen.saw("refused handshake_timeout", 3));
  CHECK(victim.seen.saw("- silent", 2));
  CHECK(victim.seen.count("frame") == 0);
}

TEST_CASE("net: a frame that claims to be too large ends the link before a byte of it is read") {
  Victim victim;
  RawPeer peer(victim, 0);
  peer.join();
  REQUIRE(victim.seen.saw("+0"));
  peer.send(Bytes{0x01, 0x00, 0x00, 0x01});  // 16 MiB + 1
  CHECK(victim.seen.saw("- frame_too_large"));
}

/// Frames of one byte.
Bytes tiny_frames(std::size_t count) {
  Bytes many;
  for (std::size_t i = 0; i < count; ++i) append(many, Bytes{0, 0, 0, 1, 'x'});
  return many;
}

TEST_CASE("net: a member with a busy second is read at the limit, and keeps nobody waiting") {
  Victim victim;
  RawPeer busy(victim, 0);
  busy.join();
  RawPeer honest(victim, 1);
  honest.join();
  REQUIRE(victim.seen.saw("+0"));
  REQUIRE(victim.seen.saw("+1"));
  const auto began = std::chrono::steady_clock::now();
  CHECK(busy.send(tiny_frames(kFramesPerSecond + 200)));
  REQUIRE(victim.seen.saw("frame", kFramesPerSecond + 200));
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(took >= std::chrono::milliseconds(500));  // the rest had to wait for the next second
  CHECK(honest.send_frame(as_bytes("vote")));
  CHECK(victim.seen.saw("frame", kFramesPerSecond + 201));
  CHECK(victim.seen.count("flood 0") == 0);
}

// A lying primary that floods was read in bursts: too slow to be of use, too fast to be replaced.
TEST_CASE("net: a member that floods second after second is not read, on its next link neither") {
  Victim victim;
  {
    RawPeer flood(victim, 0);
    flood.join();
    REQUIRE(victim.seen.saw("+0"));
    CHECK(flood.send(tiny_frames(3 * kFramesPerSecond)));
    REQUIRE(victim.seen.saw("flood 0"));
  }
  const std::size_t before = victim.seen.count("frame");
  CHECK(before == kFullSecondsMax * kFramesPerSecond);
  RawPeer again(victim, 0);
  again.join();
  CHECK(again.send_frame(as_bytes("me")));
  RawPeer honest(victim, 1);
  honest.join();
  CHECK(honest.send_frame(as_bytes("vote")));
  CHECK(victim.seen.saw("frame", before + 1));
  CHECK_FALSE(victim.seen.saw("frame", before + 2, 1));
  CHECK(victim.seen.count("flood 0") == 1);
}

TEST_CASE("net: what a member does not read is dropped at the limit, not kept") {
  Victim victim;
  RawPeer deaf(victim, 0);
  deaf.join();
  REQUIRE(victim.seen.saw("+0"));
  const auto frame = std::make_shared<const Bytes>(std::size_t{4} << 20, std::uint8_t{1});
  for (int i = 0; i < 40; ++i) victim.mesh->send(0, Lane::kBulk, frame);  // 160 MiB
  const auto dropped = [&] {
    const auto counters = victim.mesh->counters();
    return counters.empty() ? 0 : counters[0].dropped;
  };
  for (int i = 0; i < 500 && dropped() < 20; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(dropped() >= 20);
}

TEST_CASE("net: one address with many strangers leaves room for others and is let in again") {
  Victim victim;
  std::vector<std::unique_ptr<RawPeer>> strangers;
  for (std::size_t i = 0; i < kMaxStrangersPerAddress + 3; ++i) {
    strangers.push_back(std::make_unique<RawPeer>(victim, 0));
  }
  CHECK(victim.seen.saw("refused too_many_strangers", 3));
  strangers.clear();
  CHECK(victim.seen.saw("refused handshake", kMaxStrangersPerAddress));
  RawPeer member(victim, 1);
  member.join();
  CHECK(victim.seen.saw("+1"));
  CHECK(victim.mesh->counters()[1].last_seen > 1'700'000'000);
}

}  // namespace
}  // namespace emr::net
