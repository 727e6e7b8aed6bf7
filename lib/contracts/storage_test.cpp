// Who keeps the sealed objects: weights that members set, copies that the alliance
// decides on, and the holders that follow from both for every node alike.
#include "contracts/storage.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using ledger::testing::hash_of;
using testing::hex_of;
using testing::Json;
using testing::World;

Json copies(std::uint64_t count) {
  return {{"kind", "copies"}, {"institution", "hosp-a"}, {"copies", count}};
}

std::string weigh(World& world, const std::string& whose, std::uint64_t weight) {
  return world.outcome(whose + " admin", "alliance", "weight",
                       {{"institution", whose}, {"weight", weight}});
}

/// Members "n0", "n1", … of these weights.
StorageRing ring_of(const std::vector<std::uint32_t>& weights, std::size_t copies) {
  StorageRing ring;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::string id = "n" + std::to_string(i);
    ring.nodes.push_back({id, id, weights[i], false});
  }
  ring.copies = copies;
  return ring;
}

/// What the three questions say must be one answer, for every node and object.
void check_agreement(const StorageRing& ring) {
  bool all = true;
  for (const auto& node : ring.nodes) {
    bool every_one = true;
    for (int i = 0; i < 60; ++i) {
      const Hash32 handle = hash_of("object " + std::to_string(i));
      const auto holders = holders_of(ring, handle);
      const bool holds = std::find(holders.begin(), holders.end(), node.id) != holders.end();
      CHECK(is_holder(ring, handle, node.id) == holds);
      every_one = every_one && holds;
    }
    CHECK(keeps_all(ring, node.id) == every_one);
    all = all && every_one;
  }
  CHECK(all_keep_all(ring) == all);
  CHECK_FALSE(is_holder(ring, hash_of("object 1"), "nobody"));
}

TEST_CASE("storage: a weight is its owner's, and enough nodes go on taking objects (R-056)") {
  World world;
  CHECK(world.outcome("hosp-b admin", "alliance", "weight",
                      {{"institution", "hosp-a"}, {"weight", 2}}) == "other_institution");
  CHECK(weigh(world, "hosp-a", 1) == "unchanged");
  CHECK(weigh(world, "hosp-a", 4) == "ok");
  CHECK(weigh(world, "hosp-d", 0) == "ok");
  CHECK(weigh(world, "hosp-c", 0) == "too_few_storage_nodes");
  CHECK(weigh(world, "hosp-c", 2) == "ok");  // what goes on taking objects is no question
  const auto rows = world.ask("hosp-b admin", {{"kind", "ring"}});
  REQUIRE(rows.size() == 4);
  CHECK(rows[0]["weight"] == 4);
  CHECK(rows[3]["weight"] == 0);
  const auto all = world.ask("hosp-b admin", {{"kind", "ring"}, {"key", hex_of("handle")}});
  CHECK(all.size() == 3);  // every node that takes objects
}

TEST_CASE("storage: with fewer copies than nodes the weights share them out") {
  World world;
  CHECK(world.decide(copies(1)) == "too_few_copies");
  REQUIRE(world.decide(copies(2)) == "ok");
  REQUIRE(weigh(world, "hosp-a", 4) == "ok");
  const StorageRing ring = storage_ring(world.state);
  std::map<std::string, int> kept;
  for (int i = 0; i < 2'000; ++i) {
    const auto holders = holders_of(ring, ledger::testing::hash_of("object " + std::to_string(i)));
    REQUIRE(holders.size() == 2);
    for (const std::string& id : holders) ++kept[id];
  }
  CHECK(kept["hosp-a"] > 1'600);
  CHECK(kept["hosp-b"] < 1'000);
  StorageRing grown = ring;  // seven members, of whom two may lie
  for (const char* id : {"hosp-e", "hosp-f", "hosp-g"}) grown.nodes.push_back({id, id, 1, false});
  CHECK(holders_of(grown, ledger::testing::hash_of("x")).size() == 3);
  World old(false, 1);
  CHECK(old.decide(copies(2)) == "not_in_version");
  CHECK(holders_of(storage_ring(old.state), ledger::testing::hash_of("x")).size() == 4);
}

// A node that thinks that it keeps everything asks nobody, and one that does not puts nothing.
TEST_CASE("storage: who keeps what is one answer, however it is asked") {
  for (const std::size_t count : {0U, 2U, 3U, 4U}) {
    for (const auto& weights : std::vector<std::vector<std::uint32_t>>{
             {1, 1, 1, 1}, {4, 1, 1, 1}, {0, 1, 1, 1},
             {1, 1, 1, 0}, {3, 0, 2, 0}, {0, 0, 0, 1}, {0, 0, 0, 0}}) {
      CAPTURE(count);
      CAPTURE(weights.size());
      check_agreement(ring_of(weights, count));
    }
  }
}

TEST_CASE("storage: never fewer holders than one more than may lie, never more than take objects") {
  const auto holders = [](std::size_t members, std::size_t count) {
    return holders_of(ring_of(std::vector<std::uint32_t>(members, 1), count), hash_of("x")).size();
  };
  CHECK(holders(4, 2) == 2);
  CHECK(holders(4, 9) == 4);
  CHECK(holders(6, 2) == 2);
  CHECK(holders(7, 2) == 3);
  CHECK(holders(9, 2) == 3);
  CHECK(holders(10, 2) == 4);
  CHECK(holders(10, 5) == 5);
  CHECK(holders(4, 0) == 4);
  CHECK(holders_of(ring_of({0, 0, 0, 0}, 2), hash_of("x")).size() == 4);  // somebody must keep it
  CHECK(holders_of(ring_of({0, 5, 0, 0}, 2), hash_of("x")) == std::vector<std::string>{"n1"});
}

TEST_CASE("storage: the ring is the members' weights and the decision; a change of either is one") {
  World world;
  const StorageRing before = storage_ring(world.state);
  CHECK(before.copies == 0);
  CHECK(before.nodes.size() == 4);
  REQUIRE(world.decide(copies(3)) == "ok");
  const StorageRing decided = storage_ring(world.state);
  CHECK(decided.copies == 3);
  CHECK_FALSE(decided == before);
  REQUIRE(weigh(world, "hosp-b", 7) == "ok");
  const StorageRing weighed = storage_ring(world.state);
  CHECK(weighed.nodes[1].weight == 7);
  CHECK_FALSE(weighed == decided);
  CHECK(weighed == storage_ring(world.state));
  StorageRing other = weighed;
  other.nodes[2].id = "hosp-x";
  CHECK_FALSE(other == weighed);
  other = weighed;
  other.nodes.pop_back();
  CHECK_FALSE(other == weighed);
}

TEST_CASE("storage: as many copies as are decided; 0 is all, and the number is needed") {
  World world;
  CHECK(world.decide({{"kind", "copies"}, {"institution", "hosp-a"}}) == "argument_missing");
  CHECK(world.decide(copies(0)) == "ok");
  CHECK(storage_ring(world.state).copies == 0);
  const auto rows = [&] {
    return world.ask("hosp-b admin", {{"kind", "ring"}, {"key", hex_of("handle")}}).size();
  };
  CHECK(rows() == 4);
  CHECK(world.decide(copies(2)) == "ok");
  CHECK(rows() == 2);
  CHECK(world.outcome("hosp-b admin", "alliance", "propose", copies(3)) == "other_institution");
}

}  // namespace
}  // namespace emr::contracts
