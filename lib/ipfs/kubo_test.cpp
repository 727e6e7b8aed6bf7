// R-007: what a lying, broken or hostile IPFS node can say, and what we make of it. The real Kubo
// is exercised by tests/cli/kubo.bats.
#include "ipfs/kubo.h"

#include <doctest/doctest.h>

#include <array>
#include <boost/asio.hpp>
#include <thread>

#include "content/car.h"
#include "ipfs/kubo_store.h"
#include "ipfs/rpc.h"

namespace emr::ipfs {
namespace {

using boost::asio::ip::tcp;
using content::Cid;

/// Answers each request on one connection with the next canned answer.
class Stub {
 public:
  explicit Stub(std::vector<std::string> answers)
      : acceptor_(context_, {boost::asio::ip::make_address("127.0.0.1"), 0}),
        thread_([this, answers = std::move(answers)] { serve(answers); }) {}
  ~Stub() { thread_.join(); }
  Kubo kubo(const char* token = "") {
    KuboOptions options;
    options.api = "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    options.token = crypto::SecretBytes(to_bytes(token));
    options.timeout = std::chrono::seconds(5);
    return Kubo::make(std::move(options)).value();
  }
  /// Everything that was sent to us; only after the answers were read.
  std::string requests() const { return requests_; }

 private:
  void serve(const std::vector<std::string>& answers) {
    boost::system::error_code error;
    tcp::socket socket(context_);
    acceptor_.accept(socket, error);
    for (const std::string& answer : answers) {
      read_request(socket, error);
      boost::asio::write(socket, boost::asio::buffer(answer), error);
    }
  }
  void read_request(tcp::socket& socket, boost::system::error_code& error) {
    std::string request;
    std::array<char, 65536> piece{};
    std::size_t wanted = std::string::npos;
    while (!error && request.size() < wanted) {
      request.append(piece.data(), socket.read_some(boost::asio::buffer(piece), error));
      const std::size_t stop = request.find("\r\n\r\n");
      if (stop == std::string::npos || wanted != std::string::npos) continue;
      const std::size_t length = request.find("Content-Length: ");
      wanted = stop + 4;
      if (length < stop) wanted += std::stoul(request.substr(length + 16));
    }
    requests_ += request;
  }

  boost::asio::io_context context_;
  tcp::acceptor acceptor_;
  std::string requests_;
  std::thread thread_;
};

std::string answer(unsigned status, std::string_view body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string with_trailer(std::string_view body, std::string_view trailer) {
  std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
  text += "Trailer: X-Stream-Error\r\n\r\n";
  char size[16];
  std::snprintf(size, sizeof size, "%zx", body.size());
  if (!body.empty()) text.append(size).append("\r\n").append(body).append("\r\n");
  return text + "0\r\nX-Stream-Error: " + std::string(trailer) + "\r\n\r\n";
}

const Bytes kBlock = to_bytes("block");
const Cid kCid = content::cid_of_block(kBlock, content::Codec::kRaw);

http::BodyReader nothing() {
  return [](std::span<std::uint8_t>) -> Result<std::size_t> { return std::size_t{0}; };
}

TEST_CASE("kubo: a block is believed only when it hashes to its CID") {
  CHECK(Stub({answer(200, "block")}).kubo().block_get(kCid).value() == kBlock);
  const Result<Bytes> lie = Stub({answer(200, "blocK")}).kubo().block_get(kCid);
  CHECK(lie.error().code == Code::kProtocol);
  CHECK(lie.error().reason == "block_mismatch");
  CHECK(Stub({answer(200, "")}).kubo().block_get(kCid).error().reason == "block_mismatch");
}

TEST_CASE("kubo: errors in all the places where they can stand") {
  struct Row {
    std::string answer;
    Code code;
    const char* reason;
  };
  const std::string not_found =
      R"({"Message":"block was not found locally","Code":0,"Type":"error"})";
  const Row rows[] = {
      {answer(500, not_found), Code::kNegative, "not_found"},
      {answer(500, R"({"Message":"request timed out","Code":0,"Type":"error"})"),
       Code::kUnavailable, "timeout"},
      {answer(500, "<html>bad gateway</html>"), Code::kProtocol, "peer_error"},
      {answer(403, "403 - Forbidden\n"), Code::kDenied, "forbidden"},
      {answer(404, "404 page not found\n"), Code::kProtocol, "not_rpc"},
      {answer(405, ""), Code::kProtocol, "not_rpc"},
      {with_trailer("block", "something broke"), Code::kProtocol, "peer_error"},
      {with_trailer("", "deadline exceeded"), Code::kUnavailable, "timeout"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.answer);
    Stub stub({row.answer});
    const Result<Bytes> block = stub.kubo().block_get(kCid);
    REQUIRE_FALSE(block.ok());
    CHECK(block.error().code == row.code);
    CHECK(block.error().reason == row.reason);
  }
}

TEST_CASE("kubo: add believes a named root and nothing less") {
  const std::string text = content::format_cid(kCid);
  const std::string good = "{\"Name\":\"blob\",\"Hash\":\"" + text + "\",\"Size\":\"5\"}\n";
  const auto add = [](std::string canned) {
    Stub stub({std::move(canned)});
    return stub.kubo().add(nothing(), 0, content::kUnixFs2025);
  };
  CHECK(add(answer(200, good)).value() == kCid);
  CHECK(add(answer(200, "{\"Name\":\"blob\",\"Bytes\":5}\n" + good)).value() == kCid);
  CHECK(add(answer(200, "")).error().reason == "empty_answer");
  CHECK(add(answer(200, "{\"Name\":\"blob\",\"Bytes\":5}\n")).error().reason == "empty_answer");
  CHECK(add(answer(200, "not json\n")).error().reason == "bad_answer");
  CHECK(add(answer(200, "{\"Hash\":\"Qm\"}\n")).error().code == Code::kData);
  const std::string late = "{\"Message\":\"disk full\",\"Code\":0,\"Type\":\"error\"}\n";
  CHECK(add(answer(200, good + late)).error().reason == "peer_error");
  CHECK(add(answer(200, late + good)).error().reason == "peer_error");
  CHECK(add(with_trailer(good, "disk full")).error().reason == "peer_error");
}

TEST_CASE("kubo: an upload names every option and nothing of the file") {
  Stub stub({answer(200, "{\"Name\":\"blob\",\"Hash\":\"" + content::format_cid(kCid) + "\"}\n")});
  ByteView rest = kBlock;
  const auto reader = [&rest](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
    const std::size_t size = std::min(buffer.size(), rest.size());
    std::copy_n(rest.begin(), size, buffer.begin());
    rest = rest.subspan(size);
    return size;
  };
  REQUIRE(stub.kubo("Bearer secret").add(reader, kBlock.size(), content::kUnixFs2025).ok());
  const std::string request = stub.requests();
  for (const char* part :
       {"POST /api/v0/add?cid-version=1&raw-leaves=true&chunker=size-1048576&max-file-links=1024",
        "&hash=sha2-256&trickle=false&inline=false&nocopy=false", "&pin=true&progress=false",
        "Authorization: Bearer secret", "filename=\"blob\"", "\r\n\r\nblock\r\n--emr-tools-"}) {
    CAPTURE(part);
    CHECK(request.find(part) != std::string::npos);
  }
  for (const char* part : {"Abspath", "mtime", "mode=", "Origin", "Referer", "Mozilla"}) {
    CHECK(request.find(part) == std::string::npos);
  }
}

TEST_CASE("kubo: an import counts only when pinned, named and complete") {
  const std::string text = content::format_cid(kCid, content::CidText::kBase58);  // as js-ipfs does
  const std::string root = R"({"Root":{"Cid":{"/":")" + text +
                           R"("},"PinErrorMsg":""}})"
                           "\n";
  const std::string stats = R"({"Stats":{"BlockCount":1,"BlockBytesCount":5}})"
                            "\n";
  const auto import = [](const std::string& body) {
    Stub stub({answer(200, body)});
    Bytes archive = content::car_header({kCid});
    content::append_car_block(archive, kCid, kBlock);
    Kubo kubo = stub.kubo();
    return kubo.import_blocks(archive, 1, kCid);
  };
  CHECK(import(root + stats).ok());
  CHECK(import(root).error().reason == "incomplete");
  CHECK(import(stats).error().reason == "not_pinned");
  CHECK(import(root + R"({"Stats":{"BlockCount":0}})").error().reason == "incomplete");
  CHECK(import(R"({"Root":{"Cid":{"/":")" + text +
               R"("},"PinErrorMsg":"no space"}})"
               "\n" +
               stats)
            .error()
            .reason == "not_pinned");
  CHECK(import("").error().reason == "empty_answer");
  CHECK(
      import(
          R"({"Root":{"Cid":{"/":"bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"}}})"
          "\n" +
          stats)
          .error()
          .reason == "not_pinned");
}

TEST_CASE("kubo: the store reads the root back") {
  const std::string imported = R"({"Root":{"Cid":{"/":")" + content::format_cid(kCid) +
                               R"("},"PinErrorMsg":""}})"
                               "\n"
                               R"({"Stats":{"BlockCount":1}})"
                               "\n";
  Stub honest({answer(200, imported), answer(200, "block")});
  KuboStore store(honest.kubo());
  REQUIRE(store.put(Hash32{}, kCid, kBlock).ok());
  CHECK(store.finish(kCid).ok());
  CHECK(store.counts().stored == 1);
  Stub lying({answer(200, imported), answer(200, "blocK")});
  KuboStore other(lying.kubo());
  REQUIRE(other.put(Hash32{}, kCid, kBlock).ok());
  CHECK(other.finish(kCid).error().reason == "block_mismatch");
}

TEST_CASE("kubo: tokens do not cross a network in clear") {
  const auto make = [](const char* api, bool allow) {
    KuboOptions options;
    options.api = api;
    options.token = crypto::SecretBytes(to_bytes("Bearer secret"));
    options.allow_plain_token = allow;
    return Kubo::make(std::move(options));
  };
  CHECK(make("http://10.0.0.7:5001", false).error().code == Code::kUsage);
  CHECK(make("http://10.0.0.7:5001", true).ok());
  CHECK(make("https://ipfs.example", false).ok());
  CHECK(make("http://127.0.0.1:5001", false).ok());
  CHECK(make("127.0.0.1:5001", false).error().code == Code::kUsage);
}

TEST_CASE("kubo: a peer's message is made fit for a log") {
  CHECK(quote_peer("a\nb\x1b[31m\xff") == "a b [31m ");
  CHECK(quote_peer(std::string(1000, 'x')).size() == kMaxPeerMessage);
}

}  // namespace
}  // namespace emr::ipfs
