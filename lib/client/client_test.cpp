// The client against nodes that fail, lie and cut answers off.
#include <doctest/doctest.h>

#include <thread>

#include "client/query_client.h"
#include "client/testing.h"
#include "ledger/query.h"

namespace emr::client {
namespace {

using namespace testing;
using nlohmann::json;

TEST_CASE("pool: a node that cannot now is 75, also beside dead ones; a failing node is 69") {
  FakeNode busy([](const http::ServerRequest&) {
    return http::ServerResponse{503, "application/json", R"({"reason":"busy"})", {}};
  });
  FakeNode broken([](const http::ServerRequest&) {
    return http::ServerResponse{500, "application/json", R"({"reason":"io"})", {}};
  });
  const auto ask = [](Pool pool) {
    return pool.call([](Node& node) { return node.get("/v1/status", kPatience); }).error();
  };
  CHECK(ask(pool_of({busy.url(), kDeadUrl})).code == Code::kTempFail);
  CHECK(ask(pool_of({kDeadUrl, busy.url()})).reason == "busy");
  CHECK(ask(pool_of({busy.url(), broken.url()})).code == Code::kTempFail);
  CHECK(ask(pool_of({broken.url(), kDeadUrl})).code == Code::kUnavailable);
}

TEST_CASE("query: signed for the node it goes to; pages are followed to the limit") {
  Asker asker;
  FakeNode node([&](const http::ServerRequest& request) {
    if (request.path == "/v1/status") return status_of("hosp-b");
    const json line = question_in(request);
    const auto now = static_cast<UnixSeconds>(std::time(nullptr));
    CHECK(ledger::parse_query(line.dump(), "hosp-b", now, genesis().chain()).ok());
    const bool second = line["query"].contains("after");
    CHECK(line["query"]["limit"] == (second ? 1 : 3));
    return second ? lines("{\"row\":3}\n" + end_line(1, "more"))
                  : lines("{\"row\":1}\n{\"row\":2}\n" + end_line(2, "here"));
  });
  Pool pool = pool_of({node.url()});
  QueryClient client(pool, asker.credential, asker.random);
  std::vector<std::string> rows;
  const auto last = client.ask_all({{"kind", "records"}}, 3, [&](const std::string& row) {
    rows.push_back(row);
    return Status{};
  });
  REQUIRE(last.ok());
  CHECK(rows == std::vector<std::string>{"{\"row\":1}", "{\"row\":2}", "{\"row\":3}"});
  CHECK(last->next == "more");
  CHECK(last->height == 9);
}

TEST_CASE("query: cut off, miscounted or garbled answers are not answers; the next node is asked") {
  const std::vector<std::string> bad{"{\"row\":1}\n",
                                     "{\"row\":1}\n" + end_line(2, ""),
                                     end_line(0, "") + "{\"row\":1}\n",
                                     "not json\n" + end_line(1, ""),
                                     "{\"row\":1}\n" + end_line(1, "").substr(0, 20),
                                     "{\"row\":1}\n" + end_line(1, "a' b")};
  for (const std::string& text : bad) {
    Asker asker;
    const auto script = [&](const std::string& body) {
      return [body](const http::ServerRequest& request) {
        return request.path == "/v1/status" ? status_of("hosp-b") : lines(body);
      };
    };
    FakeNode liar(script(text));
    FakeNode honest(script("{\"row\":7}\n" + end_line(1, "")));
    Pool alone = pool_of({liar.url()});
    QueryClient refused(alone, asker.credential, asker.random);
    CHECK(refused.ask({{"kind", "orgs"}}).error().code == Code::kProtocol);
    Pool both = pool_of({liar.url(), honest.url()});
    QueryClient client(both, asker.credential, asker.random);
    const auto answer = client.ask({{"kind", "orgs"}});
    REQUIRE(answer.ok());
    CHECK(answer->rows == std::vector<std::string>{"{\"row\":7}"});
  }
}

TEST_CASE("query: more rows than asked for, or the cursor that was given, is no answer") {
  for (const char* rows : {"{\"row\":1}\n{\"row\":2}\n", ""}) {
    Asker asker;
    FakeNode node([&](const http::ServerRequest& request) {
      if (request.path != "/v1/status") {
        return lines(rows + end_line(std::string(rows).empty() ? 0 : 2, "same"));
      }
      return http::ServerResponse{
          200, "application/json",
          R"({"node":"hosp-b","genesis":")" + to_hex(genesis().hash) + "\"}", {}};
    });
    Pool pool = pool_of({node.url()});
    QueryClient client(pool, asker.credential, asker.random);
    const auto none = [](const std::string&) { return Status{}; };
    const auto answer = client.ask_all({{"kind", "records"}, {"after", "same"}}, 1, none);
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().code == Code::kProtocol);
  }
}

// An outside reviewer's find: cursors A, B, A, B made --all endless.
TEST_CASE("query: a node whose cursors go round is named, and the next one is asked") {
  Asker asker;
  const auto pages = [](const std::string& second) {
    return [second](const http::ServerRequest& request) {
      if (request.path == "/v1/status") return status_of("hosp-b");
      const std::string after = question_in(request)["query"].value("after", "");
      const std::string next = after.empty() ? "A" : after == "A" ? "B" : second;
      return lines("{\"row\":1}\n" + end_line(1, next));
    };
  };
  FakeNode liar(pages("A"));
  FakeNode honest(pages(""));
  std::vector<std::string> blamed;
  const auto blame = [&](const std::string& url, const Error&) { blamed.push_back(url); };
  const auto ask = [&](const std::vector<std::string>& urls) {
    auto pool = Pool::make({urls, "", blame}, genesis());
    REQUIRE(pool.ok());
    QueryClient client(*pool, asker.credential, asker.random);
    return client.ask_all({{"kind", "records"}}, 1000, [](const std::string&) { return Status{}; });
  };
  CHECK(ask({liar.url(), honest.url()}).ok());
  CHECK(blamed == std::vector{liar.url()});
  CHECK(ask({liar.url()}).error().reason == "cursor");
}

TEST_CASE("query: a node is waited for as long as the asker says") {
  Asker asker;
  FakeNode slow([&](const http::ServerRequest& request) {
    if (request.path == "/v1/status") return status_of("hosp-b");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return lines(end_line(0, ""));
  });
  Pool pool = pool_of({slow.url()});
  REQUIRE(pool.current().id().ok());
  using std::chrono::milliseconds;
  QueryClient hasty(pool, asker.credential, asker.random, milliseconds(20));
  CHECK(hasty.ask({{"kind", "orgs"}}).error().reason == "timeout");
  QueryClient patient(pool, asker.credential, asker.random);
  CHECK(patient.ask({{"kind", "orgs"}}).ok());
}

TEST_CASE("query: the largest row about a block that the limits allow is an answer") {
  Asker asker;
  const std::string filling(ledger::kBlockRowBytesMax - 16, 'x');
  const std::string row = "{\"row\":\"" + filling + "\"}\n";
  FakeNode node([&](const http::ServerRequest& request) {
    return request.path == "/v1/status" ? status_of("hosp-b") : lines(row + end_line(1, ""));
  });
  Pool pool = pool_of({node.url()});
  QueryClient client(pool, asker.credential, asker.random);
  const auto answer = client.ask({{"kind", "blocks"}});
  REQUIRE(answer.ok());
  CHECK(answer->rows.front().size() + 1 == row.size());
}

TEST_CASE("query: a node of another ledger is a wrong configuration, not asked further") {
  Asker asker;
  FakeNode stranger([](const http::ServerRequest&) {
    return http::ServerResponse{200, "application/json",
                                R"({"node":"hosp-b","genesis":")" + std::string(64, '0') + "\"}",
                                {}};
  });
  Pool pool = pool_of({stranger.url()});
  QueryClient client(pool, asker.credential, asker.random);
  const auto answer = client.ask({{"kind", "orgs"}});
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == Code::kConfig);
}

TEST_CASE("query: a node's reason is a word; its text never reaches our messages") {
  Asker asker;
  const auto error_of = [&](const char* body) {
    FakeNode node([body](const http::ServerRequest& request) {
      if (request.path == "/v1/status") return status_of("hosp-b");
      return http::ServerResponse{403, "application/json", body, {}};
    });
    Pool pool = pool_of({node.url()});
    QueryClient client(pool, asker.credential, asker.random);
    return client.ask({{"kind", "orgs"}}).error();
  };
  const Error good = error_of(R"({"reason":"not_registered","message":"CANARY"})");
  CHECK(good.code == Code::kDenied);
  CHECK(good.reason == "not_registered");
  CHECK(good.message.find("CANARY") == std::string::npos);
  CHECK(good.pointer.empty());
  const Error member = error_of(R"({"reason":"time","pointer":"/query/since"})");
  CHECK(member.pointer == "/query/since");
  for (const char* pointer : {"/query/CANARY 1", "/CANARY", "/query/", "/query/CANARY/0"}) {
    CHECK(error_of((R"({"reason":"time","pointer":")" + std::string(pointer) + "\"}").c_str())
              .pointer.empty());
  }
  const Error bad = error_of("{\"reason\":\"CANARY \\u001b[31m\"}");
  CHECK(bad.reason.empty());
  CHECK(bad.message.find("CANARY") == std::string::npos);
}

}  // namespace
}  // namespace emr::client
