// The server against clients that are slow on purpose: they lose their places, others are served.
#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio.hpp>
#include <thread>

#include "http/server.h"

namespace emr::http {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) {
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port});
  }
  bool send(std::string_view bytes) {
    error_code error;
    boost::asio::write(socket_, boost::asio::buffer(bytes), error);
    return !error;
  }
  /// Everything until the server closes or `stop` has come.
  std::string read_until(std::string_view stop) {
    std::string got;
    error_code error;
    std::array<char, 4096> piece{};
    while (!error && got.find(stop) == std::string::npos) {
      got.append(piece.data(), socket_.read_some(boost::asio::buffer(piece), error));
    }
    return got;
  }

 private:
  boost::asio::io_context context_;
  tcp::socket socket_{context_};
};

std::unique_ptr<Server> serve(const ServerOptions& options) {
  auto server = Server::start(
      options, [](ServerRequest request, const std::shared_ptr<ResponseWriter>& writer) {
        writer->respond({200, "text/plain", std::to_string(request.body.size()) + " bytes!", {}});
      });
  REQUIRE(server.ok());
  return *std::move(server);
}

TEST_CASE("http: slowloris holds no place: the longest waiting head goes for a newcomer") {
  ServerOptions options;
  options.max_connections = 8;
  options.evict_idle_after = std::chrono::milliseconds(50);
  const auto server = serve(options);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 8; ++i) {
    slow.push_back(std::make_unique<RawClient>(server->port()));
    slow.back()->send("GET / HTTP/1.1\r\nX-Slow: ");  // and then a letter now and then
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  for (int i = 0; i < 20; ++i) {
    for (auto& client : slow) client->send("x");
    RawClient honest(server->port());
    honest.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const std::string got = honest.read_until("never");
    CHECK(got.find(" 200 ") != std::string::npos);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(slow.front()->read_until("never").find(" 200 ") == std::string::npos);
}

TEST_CASE("http: slow large bodies use up their budget, small requests still pass") {
  ServerOptions options;
  const auto server = serve(options);
  std::vector<std::unique_ptr<RawClient>> slow;
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Content-Length: " +
      std::to_string(kMaxBodyBytes) + "\r\n\r\n";
  for (std::size_t i = 0; i < kMaxBodyBytesTotal / kMaxBodyBytes; ++i) {
    slow.push_back(std::make_unique<RawClient>(server->port()));
    slow.back()->send(head);
    REQUIRE(slow.back()->read_until("\r\n\r\n").find(" 100 ") != std::string::npos);
  }
  RawClient large(server->port());
  large.send(head);
  CHECK(large.read_until("}").find(" 503 ") != std::string::npos);
  RawClient small(server->port());
  small.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
  CHECK(small.read_until("!").find("3 bytes!") != std::string::npos);
}

TEST_CASE("http: a client that does not read its answer is cut off at the output limit") {
  std::atomic<bool> cut{false};
  auto server =
      Server::start({}, [&](ServerRequest, const std::shared_ptr<ResponseWriter>& writer) {
        writer->start(200, "text/plain");
        const std::string piece(std::size_t{1} << 20, 'x');
        for (std::size_t i = 0; i < 4 * kMaxQueuedOutputBytes / piece.size() && !cut; ++i) {
          cut = !writer->write(piece);
        }
      });
  REQUIRE(server.ok());
  RawClient deaf((*server)->port());
  deaf.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  for (int i = 0; i < 1000 && !cut; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(cut);
}

TEST_CASE("http: deaf clients share one budget, small answers still pass, and it comes back") {
  constexpr std::size_t kPieceBytes = std::size_t{4} << 20;
  constexpr std::size_t kPieces = kMaxQueuedOutputBytes / kPieceBytes - 1;  // below one's own limit
  std::atomic<std::size_t> refused{0};
  auto server = Server::start(
      {}, [&](const ServerRequest& request, const std::shared_ptr<ResponseWriter>& writer) {
        if (request.path == "/small") return writer->respond({200, "text/plain", "small!", {}});
        writer->start(200, "text/plain");
        for (std::size_t i = 0; i < kPieces; ++i) {
          if (writer->write(std::string(kPieceBytes, 'x'))) continue;
          ++refused;
          return;
        }
        writer->finish();
      });
  REQUIRE(server.ok());
  const std::string head = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  const auto small = [&] {
    RawClient client((*server)->port());
    client.send("GET /small" + head);
    return client.read_until("!");
  };
  {
    std::vector<std::unique_ptr<RawClient>> deaf;
    while (refused == 0 && deaf.size() < 20) {
      deaf.push_back(std::make_unique<RawClient>((*server)->port()));
      deaf.back()->send("GET /large" + head);
      CHECK(small().find("small!") != std::string::npos);  // and the one before has been handled
    }
    CHECK(refused > 0);
  }
  bool is_back = false;
  for (int i = 0; i < 500 && !is_back; ++i) {  // until the server has seen them go
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    refused = 0;
    RawClient deaf((*server)->port());
    deaf.send("GET /large" + head);
    small();
    is_back = refused == 0;
  }
  CHECK(is_back);
}

}  // namespace
}  // namespace emr::http
