// For the tests of this layer: nodes that are real HTTP servers on loopback with scripted answers.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <nlohmann/json.hpp>

#include "client/pool.h"
#include "client/query_client.h"
#include "http/server.h"
#include "ledger/testing.h"

namespace emr::client::testing {

using ledger::testing::key_of;

/// One scripted node: its handler gets method, path and body and returns status and body, or the
/// status 0, which is never sent: the client waits.
class FakeNode {
 public:
  using Script = std::function<http::ServerResponse(const http::ServerRequest&)>;

  explicit FakeNode(Script script) : script_(std::move(script)) {
    auto server = http::Server::start({}, [this](http::ServerRequest request, auto writer) {
      ++requests;
      http::ServerResponse answer = script_(request);
      if (answer.status == 0) unanswered_.push_back(std::move(writer));  // its one I/O thread
      else writer->respond(std::move(answer));
    });
    REQUIRE(server.ok());
    server_ = *std::move(server);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  std::atomic<int> requests = 0;

 private:
  Script script_;
  std::vector<std::shared_ptr<http::ResponseWriter>> unanswered_;
  std::unique_ptr<http::Server> server_;
};

inline const ledger::Genesis& genesis() {
  static const ledger::Genesis one = ledger::testing::make_genesis();
  return one;
}

inline Pool pool_of(std::vector<std::string> urls) {
  auto pool = Pool::make({std::move(urls), ""}, genesis());
  REQUIRE(pool.ok());
  return *std::move(pool);
}

/// Nobody listens on port 1 of loopback.
constexpr const char* kDeadUrl = "http://127.0.0.1:1";

inline http::ServerResponse lines(std::string text) {
  return {200, "application/x-ndjson", text, {}};
}

inline std::string end_line(std::size_t count, const std::string& next) {
  nlohmann::json tree{{"type", "emr.end"}, {"v", 1}, {"count", count}, {"height", 9},
            {"explain", {{"index", "x"}}}};
  if (!next.empty()) tree["next"] = next;
  return tree.dump() + "\n";
}

struct Asker {
  crypto::SeededRandom random{1};
  Credential credential{key_of("alice").address(), key_of("session")};
};

inline nlohmann::json question_in(const http::ServerRequest& request) {
  return nlohmann::json::parse(request.body.substr(0, request.body.find('\n')));
}

/// What a node of this name says to GET /v1/status.
inline http::ServerResponse status_of(const std::string& id) {
  return {200, "application/json",
          R"({"node":")" + id + R"(","genesis":")" + to_hex(genesis().hash) + "\"}", {}};
}

}  // namespace emr::client::testing
