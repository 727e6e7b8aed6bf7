// The client against a server that says exactly what the test wants it to say.
#include "http/curl_client.h"

#include <doctest/doctest.h>

#include <array>
#include <boost/asio.hpp>
#include <cstdlib>
#include <thread>

#include "http/server.h"

namespace emr::http {
namespace {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;

/// Accepts one connection, reads until the blank line, sends the given bytes, closes.
class CannedServer {
 public:
  explicit CannedServer(std::string answer, bool hang = false)
      : acceptor_(context_, {boost::asio::ip::make_address("127.0.0.1"), 0}),
        thread_([this, answer = std::move(answer), hang] { serve(answer, hang); }) {}
  ~CannedServer() { thread_.join(); }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/x";
  }
  const std::string& request() const { return request_; }

 private:
  void serve(const std::string& answer, bool hang) {
    boost::system::error_code error;
    tcp::socket socket(context_);
    acceptor_.accept(socket, error);
    std::array<char, 4096> piece{};
    while (!error && request_.find("\r\n\r\n") == std::string::npos) {
      request_.append(piece.data(), socket.read_some(boost::asio::buffer(piece), error));
    }
    boost::asio::write(socket, boost::asio::buffer(answer), error);
    while (hang && !error) socket.read_some(boost::asio::buffer(piece), error);
  }

  boost::asio::io_context context_;
  tcp::acceptor acceptor_;
  std::string request_;
  std::thread thread_;
};

Result<ClientResponse> get(const std::string& url, milliseconds timeout = milliseconds(5000),
                           std::uint64_t max_answer = kMaxAnswerBytes) {
  ClientRequest request;
  request.url = url;
  request.timeout = timeout;
  request.max_answer = max_answer;
  return Client().send(request);
}

std::string echo_url(const Server& server) {
  return "http://127.0.0.1:" + std::to_string(server.port()) + "/echo";
}

std::unique_ptr<Server> echo_server() {
  const auto echo = [](ServerRequest request, std::shared_ptr<ResponseWriter> writer) {
    std::string text(request.header("content-type"));
    text += "|" + request.method + "|" + request.body;
    writer->respond({200, "text/plain", std::move(text), {}});
  };
  auto server = Server::start({}, echo);
  REQUIRE(server.ok());
  return *std::move(server);
}

TEST_CASE("http client: bodies from memory and from a reader, many on one connection") {
  const auto server = echo_server();
  Client client;
  for (int round = 0; round < 3; ++round) {
    ClientRequest request;
    request.method = "POST";
    request.url = echo_url(*server);
    request.headers = {{"Content-Type", "application/x-ndjson"}};
    request.body = as_bytes("hello");
    const auto answer = client.send(request);
    REQUIRE(answer.ok());
    CHECK(answer->status == 200);
    CHECK(answer->body == "application/x-ndjson|POST|hello");
    CHECK(answer->header("content-type") == "text/plain");
  }
  ClientRequest streamed;
  streamed.method = "POST";
  streamed.url = echo_url(*server);
  int left = 3;
  streamed.reader = [&left](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
    if (left-- == 0) return std::size_t{0};
    buffer[0] = 'a';
    return std::size_t{1};
  };
  CHECK(client.send(streamed).value().body == "|POST|aaa");
  streamed.reader = [](std::span<std::uint8_t>) -> Result<std::size_t> {
    return fail(Code::kIo, "source broke");
  };
  CHECK(client.send(streamed).error().code == Code::kIo);
}

TEST_CASE("http client: trailers are told apart from headers") {
  CannedServer server(
      "HTTP/1.1 200 OK\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\nTrailer: X-Stream-Error\r\n\r\n"
      "3\r\nabc\r\n0\r\nX-Stream-Error: it broke\r\n\r\n");
  const auto answer = get(server.url());
  REQUIRE(answer.ok());
  CHECK(answer->body == "abc");
  CHECK(answer->header("x-a") == "1");
  CHECK(answer->header("x-stream-error").empty());
  CHECK(answer->trailer("x-stream-error") == "it broke");
  for (const char* name : {"Origin:", "Referer:", "Expect:", "Mozilla"}) {
    CHECK(server.request().find(name) == std::string::npos);
  }
}

TEST_CASE("http client: broken answers are errors of the right kind") {
  {
    CannedServer server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    CHECK(get(server.url()).error().reason == "network");
  }
  {
    CannedServer server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
    const auto answer = get(server.url(), milliseconds(5000), 9);
    CHECK(answer.error().code == Code::kProtocol);
    CHECK(answer.error().reason == "response_too_large");
  }
  {
    CannedServer server("SSH-2.0-OpenSSH\r\n");
    CHECK_FALSE(get(server.url()).ok());
  }
  {
    CannedServer server("", true);
    const auto answer = get(server.url(), milliseconds(200));
    CHECK(answer.error().code == Code::kUnavailable);
    CHECK(answer.error().reason == "timeout");
  }
}

TEST_CASE("http client: a redirect is an answer, not an order") {
  CannedServer server(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
      "Content-Length: 0\r\n\r\n");
  CHECK(get(server.url()).value().status == 302);
}

TEST_CASE("http client: the writer gets bodies of good answers only, and may stop") {
  const auto run = [](const char* answer, const BodyWriter& writer) {
    CannedServer server(answer);
    ClientRequest request;
    request.url = server.url();
    return Client().send(request, writer);
  };
  std::string taken;
  const BodyWriter take = [&taken](ByteView piece) -> Status {
    taken += as_text(piece);
    return {};
  };
  CHECK(run("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", take).value().body.empty());
  CHECK(taken == "ok");
  CHECK(run("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", take).value().body == "no");
  CHECK(taken == "ok");
  const BodyWriter refuse = [](ByteView) -> Status { return fail(Code::kIo, "disk is full"); };
  CHECK(run("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", refuse).error().code == Code::kIo);
}

TEST_CASE("http client: nobody there, and what is no URL") {
  CHECK(get("http://127.0.0.1:1/").error().reason == "connect");
  CHECK(get("ftp://127.0.0.1/").error().code == Code::kUsage);
  CHECK(get("file:///etc/passwd").error().code == Code::kUsage);
  CHECK(get("").error().code == Code::kUsage);
}

TEST_CASE("http client: base URLs and loopback") {
  CHECK(check_base_url("http://h:80/").value() == "http://h:80");
  CHECK(check_base_url("https://node.example/emr").value() == "https://node.example/emr");
  for (const char* url : {"", "h:80", "ftp://h", "http://u:p@h", "http://h/?q=1", "http://h#f"}) {
    CHECK(check_base_url(url).error().code == Code::kUsage);
  }
  for (const char* url : {"http://127.0.0.1:5", "http://localhost/", "https://[::1]:3/"}) {
    CHECK(is_loopback_url(url));
  }
  for (const char* url : {"http://10.0.0.1", "http://127.evil.example", "http://localhost.x"}) {
    CHECK_FALSE(is_loopback_url(url));
  }
}

TEST_CASE("http client: a proxy of the environment is not used towards loopback") {
  const auto server = echo_server();
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  CHECK(get(echo_url(*server)).ok());
  unsetenv("http_proxy");
}

}  // namespace
}  // namespace emr::http
