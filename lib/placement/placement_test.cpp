// consistent hashing. Shares follow weights, joins and weight changes move only what
// must move, replicas spread over institutions.
#include "placement/placement.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "crypto/hash.h"
#include "placement/limits.h"

namespace emr::placement {
namespace {

constexpr std::size_t kKeys = 10000;

Hash32 key_number(std::size_t i) { return crypto::sha256(as_bytes("key " + std::to_string(i))); }

std::vector<StorageNode> nodes_of_weights(const std::vector<std::uint32_t>& weights) {
  std::vector<StorageNode> nodes;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::string id = "node-" + std::to_string(i);
    nodes.push_back({id, "hosp-" + std::to_string(i), weights[i], false});
  }
  return nodes;
}

/// The id of the first holder of every key.
std::vector<std::string> owners(const std::vector<StorageNode>& nodes) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < kKeys; ++i) {
    ids.push_back(nodes[place(key_number(i), nodes, 1).value()[0]].id);
  }
  return ids;
}

std::size_t moved(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < before.size(); ++i) count += before[i] == after[i] ? 0 : 1;
  return count;
}

TEST_CASE("R-055: with n equal nodes the fullest holds less than 1.25 times its share") {
  for (const std::size_t n : {2U, 4U, 7U, 16U}) {
    const auto nodes = nodes_of_weights(std::vector<std::uint32_t>(n, 1));
    const auto ids = owners(nodes);
    for (const StorageNode& node : nodes) {
      const auto held = static_cast<double>(std::count(ids.begin(), ids.end(), node.id));
      CHECK(held / (static_cast<double>(kKeys) / static_cast<double>(n)) < 1.25);
    }
  }
}

TEST_CASE("R-055: a joining node takes its share and nothing moves between the others") {
  for (const std::size_t n : {3U, 4U, 9U}) {
    const auto before = owners(nodes_of_weights(std::vector<std::uint32_t>(n, 1)));
    const auto after = owners(nodes_of_weights(std::vector<std::uint32_t>(n + 1, 1)));
    const std::size_t count = moved(before, after);
    CHECK(static_cast<double>(count) / kKeys < 1.0 / static_cast<double>(n + 1) + 0.05);
    CHECK(static_cast<double>(count) / kKeys > 1.0 / static_cast<double>(n + 1) - 0.05);
    const std::string joined = "node-" + std::to_string(n);
    for (std::size_t i = 0; i < kKeys; ++i) {
      if (before[i] != after[i]) CHECK(after[i] == joined);
    }
  }
}

TEST_CASE("R-056: shares follow weights, and a changed weight moves only its own difference") {
  const auto ids = owners(nodes_of_weights({8, 4, 2, 1, 1}));
  const double expected[] = {0.5, 0.25, 0.125, 0.0625, 0.0625};
  for (std::size_t i = 0; i < 5; ++i) {
    const auto held = std::count(ids.begin(), ids.end(), "node-" + std::to_string(i));
    CHECK(static_cast<double>(held) / kKeys == doctest::Approx(expected[i]).epsilon(0.1));
  }
  const auto heavier = owners(nodes_of_weights({8, 6, 2, 1, 1}));
  const double share = static_cast<double>(moved(ids, heavier)) / kKeys;
  CHECK(share == doctest::Approx(6.0 / 18.0 - 4.0 / 16.0).epsilon(0.15));
  for (std::size_t i = 0; i < kKeys; ++i) {
    if (ids[i] != heavier[i]) CHECK(heavier[i] == "node-1");
  }
}

TEST_CASE("replicas: distinct nodes, one per institution first, full nodes skipped") {
  std::vector<StorageNode> nodes = {{"a1", "a", 9, false}, {"a2", "a", 9, false},
                                    {"b1", "b", 1, false}, {"c1", "c", 1, false},
                                    {"d1", "d", 9, true},  {"e1", "e", 0, false}};
  for (std::size_t i = 0; i < 200; ++i) {
    const Hash32 key = key_number(i);
    const auto three = place(key, nodes, 3).value();
    std::set<std::string> institutions;
    for (const std::size_t index : three) institutions.insert(nodes[index].institution);
    CHECK(institutions == std::set<std::string>{"a", "b", "c"});
    CHECK(three.size() == 3);
    const auto four = place(key, nodes, 4).value();
    CHECK(std::set<std::size_t>(four.begin(), four.end()).size() == 4);
    // More copies never move the ones that are there.
    CHECK(std::equal(three.begin(), three.end(), four.begin()));
    CHECK(place(key, nodes, 5).error().reason == "too_few_nodes");
  }
}

TEST_CASE("placement does not depend on the order of the list") {
  auto nodes = nodes_of_weights({3, 1, 2, 5});
  auto reversed = nodes;
  std::reverse(reversed.begin(), reversed.end());
  for (std::size_t i = 0; i < 100; ++i) {
    const auto a = place(key_number(i), nodes, 3).value();
    const auto b = place(key_number(i), reversed, 3).value();
    for (std::size_t k = 0; k < 3; ++k) CHECK(nodes[a[k]].id == reversed[b[k]].id);
  }
}

TEST_CASE("scores are fixed for ever: validators of different versions must agree") {
  const Hash32 key{};
  // From a second implementation (Python) of the definition in placement.cpp.
  CHECK(score(key, "node-0", 0) == 0);
  CHECK(score(key, "node-0", 1) == 7171639778615494708U);
  CHECK(score(key, "node-0", 7) == 16177143852532963003U);
  CHECK(score(key_number(1), "hosp-b/storage", 3) == 14471290881052978343U);
}

TEST_CASE("refused node lists") {
  const Hash32 key{};
  CHECK(place(key, {{"a", "x", 1, false}, {"a", "y", 1, false}}, 1).error().code == Code::kConfig);
  CHECK(place(key, {{"", "x", 1, false}}, 1).error().code == Code::kConfig);
  CHECK(place(key, {{"a", "x", kMaxWeight + 1, false}}, 1).error().code == Code::kConfig);
  CHECK(place(key, {}, 1).error().reason == "too_few_nodes");
  CHECK(place(key, {}, 0).value().empty());
  CHECK(place(key, {{"a", "x", kMaxWeight, false}}, 1).ok());
  CHECK(place(key, {{std::string(kMaxNodeIdLength, 'a'), "x", 1, false}}, 1).ok());
  CHECK(place(key, {{std::string(kMaxNodeIdLength + 1, 'a'), "x", 1, false}}, 1).error().code ==
        Code::kConfig);
  auto many = nodes_of_weights(std::vector<std::uint32_t>(kMaxNodes, 1));
  CHECK(place(key, many, 1).ok());
  many.push_back({"one too many", "x", 1, false});
  CHECK(place(key, many, 1).error().code == Code::kConfig);
}

}  // namespace
}  // namespace emr::placement
