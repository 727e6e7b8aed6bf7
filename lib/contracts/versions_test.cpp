// Versions of the contracts: founded by the genesis, raised by a quorum from a height on,
// never lowered; software that is too old stops, and does not fork.
#include "contracts/versions.h"

#include <algorithm>
#include <doctest/doctest.h>

#include "contracts/keys.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::hex_of;
using testing::Json;
using testing::World;

const Software kOld{
    {"alliance", 1}, {"index", 1}, {"permission", 1}, {"records", 1}, {"registration", 1}};

World old_world(const Software& software = software_versions()) {
  return World(testing::at_versions(ledger::testing::make_genesis(4), kOld), software);
}

Json upgrade(std::uint64_t version, std::string_view contract = "alliance") {
  return {{"kind", "contract"}, {"institution", "hosp-a"}, {"contract", contract},
          {"version", version}};
}

std::string set_weight(World& world, std::uint64_t weight) {
  return world.outcome("hosp-a admin", "alliance", "weight",
                       {{"institution", "hosp-a"}, {"weight", weight}});
}

TEST_CASE("versions: a method of a later version is refused until a quorum has raised it") {
  World world = old_world();
  CHECK(set_weight(world, 3) == "not_in_version");
  const Json approvals{{"institution", "hosp-a"}};
  CHECK(world.outcome("hosp-a admin", "alliance", "propose", upgrade(2)) == "ok");
  const Json approval{{"proposal", to_hex(world.last->txid())}, {"institution", "hosp-a"}};
  CHECK(world.outcome("hosp-a admin", "alliance", "approve", approval) == "ok");
  CHECK(world.outcome("hosp-a admin", "alliance", "approve", approval) == "ok");  // still one vote
  CHECK(world.outcome("hosp-b admin", "alliance", "approve", approval) == "ok");
  CHECK(set_weight(world, 3) == "not_in_version");
  const auto receipt = world.run("hosp-c admin", "alliance", "approve", approval);
  const Json data = Json::parse(receipt.data_json);
  CHECK(data["status"] == "accepted");
  CHECK(data["version"] == 2);
  CHECK(data["since"] == world.app.tip().height + 1);
  CHECK(set_weight(world, 3) == "ok");
}

TEST_CASE("versions: one set of rules a block, from the height that was named") {
  World world = old_world();
  Json later = upgrade(2);
  later["height"] = world.app.tip().height + 8;
  const std::uint64_t since = later["height"];
  REQUIRE(world.decide(later) == "ok");
  while (world.app.tip().height + 1 < since) CHECK(set_weight(world, 3) == "not_in_version");
  CHECK(set_weight(world, 3) == "ok");
  CHECK(active_version(world.state, "alliance", since - 1) == 1);
  CHECK(active_version(world.state, "alliance", since) == 2);
}

TEST_CASE("versions: in the block of the decision the old rules hold to its end") {
  World world = old_world();
  CHECK(world.outcome("hosp-a admin", "alliance", "propose", upgrade(2)) == "ok");
  const Json approval{{"proposal", to_hex(world.last->txid())}, {"institution", "hosp-a"}};
  std::vector<ledger::VerifiedPtr> txs;
  for (const char* who : {"hosp-a admin", "hosp-b admin", "hosp-c admin"}) {
    txs.push_back(world.make_tx(who, "alliance", "approve", approval));
  }
  txs.push_back(world.make_tx("hosp-a admin", "alliance", "weight",
                              {{"institution", "hosp-a"}, {"weight", 3}}));
  CHECK(world.commit(txs).back().reason == "not_in_version");
}

TEST_CASE("versions: no way down, no repetition; what has not begun can be moved") {
  World world = old_world();
  CHECK(world.decide(upgrade(1)) == "version_is_active");
  Json far = upgrade(2);
  far["height"] = 1'000'000;
  REQUIRE(world.decide(far) == "ok");
  const auto rows = world.ask("hosp-b admin", {{"kind", "contracts"}});
  CHECK(rows[0]["name"] == "alliance");
  CHECK(rows[0]["version"] == 1);
  CHECK(rows[0]["since"] == 0);
  CHECK(rows[0]["pending"]["since"] == 1'000'000);
  REQUIRE(world.decide(upgrade(2)) == "ok");
  const auto now = world.ask("hosp-b admin", {{"kind", "contracts"}});
  CHECK(now[0]["version"] == 2);
  CHECK(now[0]["since"] == world.app.tip().height + 1);
  CHECK(now[0]["proposal"].get<std::string>().size() == 64);
  CHECK(now[0]["history"].size() == 2);
  CHECK_FALSE(now[0].contains("pending"));
  CHECK(set_weight(world, 3) == "ok");
  CHECK(world.decide(upgrade(1)) == "downgrade");
  CHECK(world.decide(upgrade(2)) == "version_is_active");
}

TEST_CASE("versions: each contract can be raised, also one that no genesis listed") {
  for (const ledger::ContractVersion& one : software_versions()) {
    CAPTURE(one.name);
    World world = old_world();
    const std::vector<Json> rows = world.ask("hosp-a admin", {{"kind", "contracts"}});
    CHECK(std::any_of(rows.begin(), rows.end(), [&](const Json& row) {
      return row["name"] == one.name && row["version"] == 1 && row["software"] == one.version;
    }));
    const bool is_old = one.version > 1;
    CHECK(world.decide(upgrade(one.version, one.name)) == (is_old ? "ok" : "version_is_active"));
    CHECK(active_version(world.state, one.name, world.app.tip().height + 1) == one.version);
  }
}

TEST_CASE("versions: proposed by a member, in its own name, with all that is needed") {
  World world = old_world();
  CHECK(world.outcome("stranger", "alliance", "propose", upgrade(2)) == "not_admin");
  CHECK(world.outcome("hosp-b admin", "alliance", "propose", upgrade(2)) == "other_institution");
  Json bare = upgrade(2);
  bare.erase("version");
  CHECK(world.outcome("hosp-a admin", "alliance", "propose", bare) == "argument_missing");
}

/// Executed by software that knows version 1 alone: the same receipts and the same state up to the
/// last block before the version begins, and not one block more.
TEST_CASE("versions: software that is too old follows to the last block it can run, and stops") {
  World newer = old_world();
  World older = old_world(kOld);
  for (World* world : {&newer, &older}) {
    Json later = upgrade(2);
    later["height"] = 7;
    REQUIRE(world->decide(later) == "ok");
  }
  CHECK(older.app.tip().height == 4);
  CHECK(older.app.tip().writes_hash == newer.app.tip().writes_hash);
  CHECK(older.app.check_software().ok());
  const auto next = [](World& world) {
    return world.app.build({world.make_tx("hosp-a admin", "alliance", "rotate",
                                          {{"institution", "hosp-a"}, {"peer", "10.0.0.1:1"}})},
                           {world.app.tip().height + 1, 0, world.now, 0});
  };
  while (newer.app.tip().height < 6) {
    newer.run("hosp-b admin", "registration", "logout", {{"sessionKey", testing::address_of("x")}});
    older.run("hosp-b admin", "registration", "logout", {{"sessionKey", testing::address_of("x")}});
  }
  CHECK(newer.app.check_software().ok());
  const Status stopped = older.app.check_software();
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.error().code == Code::kConfig);
  CHECK(stopped.error().reason == "software_too_old");
  CHECK(stopped.error().message ==
        "version 2 of the contract alliance holds from height 7 on, and this software runs "
        "version 1");
  const auto block = next(newer);
  const auto refused = older.app.validate(block->block, block->transactions);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().reason == "software_too_old");
}

TEST_CASE("versions: a block with a method above its version is none") {
  World world = old_world();
  const auto early = world.make_tx("hosp-a admin", "alliance", "weight",
                                   {{"institution", "hosp-a"}, {"weight", 3}});
  const Status door = world.app.check(*early, world.now);
  REQUIRE_FALSE(door.ok());
  CHECK(door.error().reason == "not_in_version");
  CHECK(door.error().message ==
        "the method needs version 2 of the contract alliance, and the consortium is at version 1");
  const ledger::Proposal proposal{world.app.tip().height + 1, 0, world.now, 0};
  auto block = world.app.build({early}, proposal)->block;  // an honest primary leaves it out
  CHECK(block.entries.empty());
  block.entries.push_back(early->entry());
  const auto refused = world.app.validate(block, {early});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().reason == "not_in_version");
}

TEST_CASE("versions: a node's door refuses votes for what its own software cannot run") {
  World world = old_world();
  const auto vote = [&](const ledger::VerifiedPtr& tx) {
    const Status status =
        check_vote_on_version(world.state, software_versions(), tx->transaction().core);
    return status ? std::string("ok") : status.error().reason;
  };
  CHECK(vote(world.make_tx("hosp-a admin", "alliance", "propose", upgrade(2))) == "ok");
  CHECK(vote(world.make_tx("hosp-a admin", "alliance", "propose", upgrade(9))) ==
        "unknown_version");
  CHECK(world.outcome("hosp-a admin", "alliance", "propose", upgrade(9)) == "ok");
  const Json approval{{"proposal", to_hex(world.last->txid())}, {"institution", "hosp-a"}};
  CHECK(vote(world.make_tx("hosp-b admin", "alliance", "approve", approval)) == "unknown_version");
  CHECK(vote(world.make_tx("hosp-a admin", "alliance", "leave", {{"institution", "hosp-a"}})) ==
        "ok");
}

TEST_CASE("versions: only votes on versions are looked at, whatever else a proposal says") {
  World world = old_world();
  const auto vote = [&](const char* contract, const char* method, Json args) {
    const auto tx = world.make_tx("hosp-a admin", contract, method, std::move(args));
    const Status status =
        check_vote_on_version(world.state, software_versions(), tx->transaction().core);
    return status ? std::string("ok") : status.error().reason;
  };
  const Json doctor{{"address", testing::address_of("x")}, {"role", "doctor"}};
  CHECK(vote("registration", "approve", doctor) == "ok");
  CHECK(vote("alliance", "approve", {{"proposal", hex_of("none")}, {"institution", "hosp-a"}}) ==
        "ok");
  Json other = upgrade(9);
  other["kind"] = "expel";
  other["reason"] = "R1";
  CHECK(vote("alliance", "propose", other) == "ok");
  for (const char* member : {"contract", "version"}) {
    Json bare = upgrade(9);
    bare.erase(member);
    CHECK(vote("alliance", "propose", bare) == "ok");  // the contract refuses it
    CHECK(world.outcome("hosp-a admin", "alliance", "propose", bare) == "argument_missing");
  }
}

TEST_CASE("versions: what begins with a block has begun in it, and stays in the history") {
  World world(testing::at_versions(ledger::testing::make_genesis(4), kOld), [] {
    Software newest = software_versions();
    newest.front().version = 3;  // of alliance
    return newest;
  }());
  const auto propose = [&](const Json& proposal) {
    CHECK(world.outcome("hosp-a admin", "alliance", "propose", proposal) == "ok");
    return Json{{"proposal", to_hex(world.last->txid())}, {"institution", "hosp-a"}};
  };
  const Json third = propose(upgrade(3));
  Json second = upgrade(2);
  second["height"] = world.app.tip().height + 7;
  REQUIRE(world.decide(second) == "ok");
  for (const char* who : {"hosp-a admin", "hosp-b admin"}) {
    CHECK(world.outcome(who, "alliance", "approve", third) == "ok");
  }
  REQUIRE(world.app.tip().height + 1 == second["height"]);
  CHECK(world.outcome("hosp-c admin", "alliance", "approve", third) == "ok");
  const auto rows = world.ask("hosp-b admin", {{"kind", "contracts"}});
  CHECK(rows[0]["version"] == 3);
  CHECK(rows[0]["history"].size() == 3);
}

TEST_CASE("versions: software without a contract is too old for it") {
  World world = old_world();
  Software without = software_versions();
  std::erase_if(without, [](const auto& one) { return one.name == "records"; });
  const Status stopped = check_software(world.state, without, 1);
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.error().message ==
        "version 1 of the contract records holds from height 0 on, and this software runs none");
}

}  // namespace
}  // namespace emr::contracts
