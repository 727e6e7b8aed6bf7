// The server against a raw socket: what a careful, a sloppy and a hostile client see.
#include "http/server.h"

#include <doctest/doctest.h>

#include <boost/asio.hpp>
#include <mutex>
#include <thread>

namespace emr::http {
namespace {

using boost::asio::ip::tcp;

/// A client that sends bytes as they are and reads until the connection is closed or `stop` came.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) {
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port});
  }
  void send(std::string_view bytes) {
    boost::system::error_code ignored;  // a server that refuses early may close while we send
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }
  std::string read_until(std::string_view stop) {
    boost::system::error_code error;
    std::array<char, 4096> piece{};
    while (!error && got_.find(stop) == std::string::npos) {
      const std::size_t size = socket_.read_some(boost::asio::buffer(piece), error);
      got_.append(piece.data(), size);
    }
    return std::exchange(got_, {});
  }

 private:
  boost::asio::io_context context_;
  tcp::socket socket_{context_};
  std::string got_;
};

std::unique_ptr<Server> serve(Handler handler, std::size_t max_body = 1024) {
  ServerOptions options;
  options.max_body_bytes = max_body;
  options.max_connections = 4;
  auto server = Server::start(options, std::move(handler));
  REQUIRE(server.ok());
  return *std::move(server);
}

void echo(ServerRequest request, std::shared_ptr<ResponseWriter> writer) {
  const std::string wait(request.parameter("wait").value_or("none"));
  std::string text = request.method + " " + request.path + " " + wait + " " + request.body + "!";
  writer->respond({200, "text/plain", std::move(text), {}});
}

TEST_CASE("http server keeps a connection for many requests") {
  const auto server = serve(echo);
  RawClient client(server->port());
  client.send("GET /a?x=1&wait=5 HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.read_until("!").find("GET /a 5 !") != std::string::npos);
  client.send("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz");
  CHECK(client.read_until("!").find("POST /b none xyz!") != std::string::npos);
}

TEST_CASE("http server answers pipelined requests in order") {
  const auto server = serve(echo);
  RawClient client(server->port());
  client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string got = client.read_until("/2 none !");
  CHECK(got.find("/1 none !") < got.find("/2 none !"));
}

TEST_CASE("http server refuses what passes a limit or is not HTTP") {
  const auto server = serve(echo);
  struct Row {
    std::string_view what;
    std::string sent;
    std::string_view status;
  };
  const std::vector<Row> rows = {
      {"announced body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2048\r\n\r\n", " 413 "},
      {"chunked body",
       "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" +
           std::string(2048, 'x') + "\r\n0\r\n\r\n",
       " 413 "},
      {"headers", "GET / HTTP/1.1\r\nX: " + std::string(kMaxHeaderBytes, 'x') + "\r\n\r\n",
       " 431 "},
      {"not http", "EHLO mail\r\n\r\n", " 400 "},
      {"head", "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", " 405 "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    RawClient client(server->port());
    client.send(row.sent);
    CHECK(client.read_until("never").find(row.status) != std::string::npos);
  }
}

TEST_CASE("http server refuses connections over the limit and recovers") {
  const auto server = serve(echo);
  {
    std::vector<std::unique_ptr<RawClient>> idle;
    for (int i = 0; i < 4; ++i) idle.push_back(std::make_unique<RawClient>(server->port()));
    for (auto& client : idle) {  // served once, so that all four are known to be accepted
      client->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      client->read_until("!");
    }
    RawClient fifth(server->port());
    CHECK(fifth.read_until("never").find(" 503 ") != std::string::npos);
  }
  bool served = false;
  for (int attempt = 0; attempt < 100 && !served; ++attempt) {
    RawClient client(server->port());
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    served = client.read_until("!").find(" 200 ") != std::string::npos;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(served);
}

TEST_CASE("http server streams pieces as they come") {
  std::shared_ptr<ResponseWriter> kept;
  std::mutex mutex;
  const auto server = serve([&](ServerRequest, std::shared_ptr<ResponseWriter> writer) {
    writer->start(200, "application/x-ndjson");
    writer->write("{\"line\":1}\n");
    const std::lock_guard lock(mutex);
    kept = std::move(writer);
  });
  RawClient client(server->port());
  client.send("POST /v1/tx HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  CHECK(client.read_until("{\"line\":1}").find("chunked") != std::string::npos);
  {
    const std::lock_guard lock(mutex);
    CHECK(kept->write("{\"line\":2}\n"));
    kept->finish();
  }
  CHECK(client.read_until("\r\n0\r\n\r\n").find("b\r\n{\"line\":2}\n\r\n0\r\n\r\n") !=
        std::string::npos);
}

TEST_CASE("http server: a dropped writer is a 500, a kept one survives stop()") {
  std::shared_ptr<ResponseWriter> kept;
  std::mutex mutex;
  auto server = serve([&](ServerRequest request, std::shared_ptr<ResponseWriter> writer) {
    const std::lock_guard lock(mutex);
    if (request.path == "/keep") kept = std::move(writer);
  });
  RawClient dropped(server->port());
  dropped.send("GET /drop HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(dropped.read_until("}").find(" 500 ") != std::string::npos);
  RawClient waiting(server->port());
  waiting.send("GET /keep HTTP/1.1\r\nHost: h\r\n\r\n");
  for (bool seen = false; !seen; std::this_thread::sleep_for(std::chrono::milliseconds(1))) {
    const std::lock_guard lock(mutex);
    seen = kept != nullptr;
  }
  server->stop();
  server.reset();
  kept->respond({});
  CHECK(waiting.read_until("never").empty());
}

TEST_CASE("http server reports an address that is taken") {
  const auto server = serve(echo);
  ServerOptions options;
  options.port = server->port();
  const auto second = Server::start(options, echo);
  REQUIRE(!second.ok());
  CHECK(second.error().code == Code::kUnavailable);
}

}  // namespace
}  // namespace emr::http
