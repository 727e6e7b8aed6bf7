// Look-ups at nodes that lie, fail and do not agree.
#include "client/lookup.h"

#include <doctest/doctest.h>

#include "client/testing.h"

namespace emr::client {
namespace {

using namespace testing;
using nlohmann::json;

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
      {{{"a", "unchanged"}, {"b", "unchanged"}, {"c", "absent"}}, RecordState::kUnchanged, 0, 2},
      {{{"a", "changed"}, {"b", "changed"}, {"c", "absent"}}, RecordState::kChanged, 0, 2},
      {{{"a", "unchanged"}, {"b", "absent"}, {"c", "absent"}}, RecordState::kAbsent, 0, 3},
      {{{"a", "unchanged"}, {"b", "absent"}, {"c", "unchanged"}}, RecordState::kUnchanged, 0, 3},
      {{{"a", "changed"}, {"b", "unchanged"}}, RecordState::kAbsent, 1, 2},
      {{{"a", "unchanged"}, {"a", "unchanged"}}, RecordState::kAbsent, 1, 2},
      {{{"a", "absent"}, {"b", "unchanged"}, {"c", "unchanged"}}, RecordState::kAbsent, 0, 1},
      {{{"a", "garbled"}, {"b", "changed"}, {"c", "changed"}}, RecordState::kChanged, 0, 3}};
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
  const auto a = node_that_says("a", "unchanged");
  const auto b = node_that_says("b", "unchanged");
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

}  // namespace
}  // namespace emr::client
