// The table of members: places stay, replica indices move with the epoch, old keys live on for a
// moment. Method: the real contracts on a state in memory.
#include "node/members.h"

#include <doctest/doctest.h>

#include "contracts/testing.h"
#include "node/limits.h"

namespace emr::node {
namespace {

using contracts::testing::Json;
using contracts::testing::World;

/// Admits "aaa", whose id sorts before the founders', as a validator.
void admit(World& world) {
  const ledger::Institution one = ledger::testing::make_institution(9);
  Json proposal{{"kind", "institution"},
                {"institution", "aaa"},
                {"uscc", one.uscc},
                {"admin", one.admin.text()},
                {"permission", "read"},
                {"archiveKey", to_hex(one.archive_key)},
                {"voteKey", to_hex(one.node.vote_key)},
                {"transportKey", to_hex(one.node.transport_key)},
                {"boxKey", to_hex(one.node.box_key)},
                {"peer", one.node.peer},
                {"http", one.node.http}};
  for (int round = 0; round < 2; ++round) {
    REQUIRE(world.outcome("hosp-j admin", "alliance", "propose", proposal) == "ok");
    const Json approval{{"proposal", to_hex(world.last->txid())}, {"institution", "aaa"}};
    for (const char* admin : {"hosp-a admin", "hosp-b admin", "hosp-c admin", "hosp-d admin"}) {
      world.outcome(admin, "alliance", "approve", approval);
    }
    proposal = {{"kind", "validator"}, {"institution", "aaa"}};
  }
}

TEST_CASE("members: places stay where they are, replica indices follow the epoch") {
  World world;
  Members members(world.genesis, "hosp-b");
  CHECK(members.table()->self == 1);
  CHECK(members.table()->quorum == 3);
  admit(world);
  members.refresh(world.state, 0);
  const auto table = members.table();
  CHECK(table->epoch == 1);
  CHECK(table->self == 1);
  CHECK(table->quorum == 4);
  REQUIRE(table->replicas.size() == 5);
  CHECK(table->replicas[0] == 4);  // the newcomer's place is the last, its index the first
  CHECK(table->replica_at(1) == 2);
  CHECK(table->replica_name(0) == "aaa");
  CHECK(table->replica_name(9) == "?");
}

TEST_CASE("members: a renewed key and a former member are accepted for a moment, then cut off") {
  World world;
  Members members(world.genesis, "hosp-a");
  admit(world);
  const std::string fresh = ledger::testing::hex_of("fresh");
  REQUIRE(world.outcome("hosp-b admin", "alliance", "rotate",
                        {{"institution", "hosp-b"}, {"transportKey", fresh}}) == "ok");
  members.refresh(world.state, 100);
  auto peers = mesh_peers(*members.table());
  CHECK(to_hex(peers[1].transport_key) == fresh);
  CHECK(peers[1].old_key == world.genesis.institutions[1].node.transport_key);
  REQUIRE(world.outcome("hosp-d admin", "alliance", "leave", {{"institution", "hosp-d"}}) ==
          "ok");
  members.refresh(world.state, 200);
  peers = mesh_peers(*members.table());
  CHECK(peers[3].admitted);
  CHECK_FALSE(members.table()->places[3].is_member);
  CHECK_FALSE(members.table()->replica_at(3).has_value());

  CHECK_FALSE(members.expire(99));
  CHECK(members.expire(200 + in_ms(kKeyGrace)));
  peers = mesh_peers(*members.table());
  CHECK_FALSE(peers[1].old_key.has_value());
  CHECK(peers[1].admitted);
  CHECK_FALSE(peers[3].admitted);
}

TEST_CASE("members: who is not in the genesis has a place of its own, and no address to dial") {
  const World world;
  const Members members(world.genesis, "hosp-z");
  const auto table = members.table();
  CHECK(table->self == 4);
  CHECK_FALSE(table->own().is_member);
  CHECK_FALSE(mesh_peers(*table)[4].admitted);
}

}  // namespace
}  // namespace emr::node
