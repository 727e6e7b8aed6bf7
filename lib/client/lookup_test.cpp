// Look-ups at nodes that lie, fail and do not agree.
#include "client/lookup.h"

#include <doctest/doctest.h>

#include <thread>

#include "client/testing.h"

namespace emr::client {
namespace {

using namespace testing;
using nlohmann::json;

constexpr const char* kA = "hosp-a";
constexpr const char* kB = "hosp-b";
constexpr const char* kC = "hosp-c";

/// A node of this name that says `state` of every record.
std::unique_ptr<FakeNode> node_that_says(const std::string& id, const std::string& state) {
  return std::make_unique<FakeNode>([id, state](const http::ServerRequest& request) {
    if (request.path == "/v1/status") return status_of(id);
    std::string text;
    const json tags = question_in(request)["query"]["tags"];
    for (const json& pair : tags) {
      text += json{{"record", pair["record"]}, {"state", state}, {"version", 2}}.dump() + "\n";
    }
    return lines(text + end_line(tags.size(), ""));
  });
}

// An outside reviewer's find: a proxy before one node made 120 new visits "unchanged", with exit 0.
TEST_CASE("lookup: a record is there when f + 1 nodes say the same; otherwise it is sent") {
  struct Case {
    std::vector<std::pair<const char*, const char*>> nodes;
    RecordState state;
    std::uint64_t undecided;
    std::size_t asked;
  };
  const Case cases[] = {
      {{{kA, "unchanged"}, {kB, "unchanged"}, {kC, "absent"}}, RecordState::kUnchanged, 0, 2},
      {{{kA, "changed"}, {kB, "changed"}, {kC, "absent"}}, RecordState::kChanged, 0, 2},
      {{{kA, "unchanged"}, {kB, "absent"}, {kC, "absent"}}, RecordState::kAbsent, 0, 3},
      {{{kA, "unchanged"}, {kB, "absent"}, {kC, "unchanged"}}, RecordState::kUnchanged, 0, 3},
      {{{kA, "changed"}, {kB, "unchanged"}}, RecordState::kAbsent, 1, 2},
      {{{kA, "unchanged"}, {kA, "unchanged"}}, RecordState::kAbsent, 1, 2},
      {{{kA, "absent"}, {kB, "unchanged"}, {kC, "unchanged"}}, RecordState::kAbsent, 0, 1},
      // Who is no member has no voice, and a member has one.
      {{{"x", "unchanged"}, {"y", "unchanged"}}, RecordState::kAbsent, 1, 2},
      {{{"x", "unchanged"}, {kB, "unchanged"}}, RecordState::kAbsent, 1, 2},
      {{{"x", "absent"}, {kB, "unchanged"}}, RecordState::kAbsent, 0, 1},
      {{{"x", "changed"}, {kB, "unchanged"}, {kC, "unchanged"}}, RecordState::kUnchanged, 0, 3},
      {{{kA, "garbled"}, {kB, "changed"}, {kC, "changed"}}, RecordState::kChanged, 0, 3}};
  Asker asker;
  for (const Case& one : cases) {
    std::vector<std::unique_ptr<FakeNode>> nodes;
    PoolOptions options;
    for (const auto& [id, state] : one.nodes) {
      nodes.push_back(node_that_says(id, state));
      options.urls.push_back(nodes.back()->url());
    }
    auto lookup = Lookup::make(options, genesis(), asker.credential, asker.random,
                               std::chrono::seconds(20));
    REQUIRE(lookup.ok());
    const std::vector<Tags> tags{{ledger::testing::hash_of("r"), ledger::testing::hash_of("c")}};
    const auto known = lookup->ask(tags);
    REQUIRE(known.ok());
    CHECK(known->at(0).state == one.state);
    CHECK(known->at(0).version == (one.state == RecordState::kAbsent ? 0 : 2));
    CHECK(lookup->undecided() == one.undecided);
    const auto asked = std::count_if(nodes.begin(), nodes.end(),
                                     [](const auto& node) { return node->requests > 0; });
    CHECK(static_cast<std::size_t>(asked) == one.asked);
  }
  auto dead = Lookup::make({{kDeadUrl, kDeadUrl}, "", {}}, genesis(), asker.credential,
                           asker.random, std::chrono::seconds(5));
  REQUIRE(dead.ok());
  CHECK(dead->ask({{}}).error().code == Code::kUnavailable);
}

TEST_CASE("lookup: more records than one signed query holds are asked for in several") {
  Asker asker;
  const auto a = node_that_says("hosp-a", "unchanged");
  const auto b = node_that_says("hosp-b", "unchanged");
  auto lookup = Lookup::make({{a->url(), b->url()}, "", {}}, genesis(), asker.credential,
                             asker.random, std::chrono::seconds(20));
  REQUIRE(lookup.ok());
  std::vector<Tags> tags;
  for (int i = 0; i < 200; ++i) {
    tags.push_back({ledger::testing::hash_of(std::to_string(i)), ledger::testing::hash_of("c")});
  }
  const auto known = lookup->ask(tags);
  REQUIRE(known.ok());
  CHECK(known->size() == 200);
  CHECK(std::all_of(known->begin(), known->end(), [](const KnownRecord& one) {
    return one.state == RecordState::kUnchanged;
  }));
}

// An outside reviewer's find: a node that was away for one request was never asked again.
TEST_CASE("lookup: a node that is back is asked again") {
  Asker asker;
  const auto a = node_that_says("hosp-a", "unchanged");
  std::atomic<bool> is_away = true;
  FakeNode b([&](const http::ServerRequest& request) {
    if (is_away) return http::ServerResponse{500, "application/json", R"({"reason":"io"})", {}};
    if (request.path == "/v1/status") return status_of("hosp-b");
    const json pair = question_in(request)["query"]["tags"][0];
    return lines(
        json{{"record", pair["record"]}, {"state", "unchanged"}, {"version", 2}}.dump() + "\n" +
        end_line(1, ""));
  });
  auto lookup = Lookup::make({{a->url(), b.url()}, "", {}}, genesis(), asker.credential,
                             asker.random, std::chrono::seconds(20));
  REQUIRE(lookup.ok());
  const std::vector<Tags> tags{{ledger::testing::hash_of("r"), ledger::testing::hash_of("c")}};
  CHECK(lookup->ask(tags)->at(0).state == RecordState::kAbsent);
  is_away = false;
  RecordState state = RecordState::kAbsent;
  for (int i = 0; i < 600 && state == RecordState::kAbsent; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    state = lookup->ask(tags)->at(0).state;
  }
  CHECK(state == RecordState::kUnchanged);
}

}  // namespace
}  // namespace emr::client
