// Statements about runs of de-identification: once each, by those who may write, seen by members.
#include "contracts/runs.h"

#include <doctest/doctest.h>

#include "contracts/access.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::hex_of;
using testing::Json;
using testing::World;

std::string outcome_of(const ledger::Receipt& receipt) {
  return Json::parse(receipt.data_json).value("outcome", receipt.reason);
}

TEST_CASE("runs: stated once, the same again is unchanged, another count is another run") {
  World world;
  world.populate();
  CHECK(outcome_of(world.run("bot-a", "records", "desensitize", World::run_args("out"))) ==
        "created");
  const Hash32 first = world.last->txid();
  const auto size = world.state.entries().size();
  CHECK(outcome_of(world.run("bot-a", "records", "desensitize", World::run_args("out"))) ==
        "unchanged");
  CHECK(world.state.entries().size() == size + 3);  // replay, its expiry, audit
  CHECK(!find_run(world.state, world.last->txid()).ok());
  CHECK(outcome_of(world.run("bot-a", "records", "desensitize", World::run_args("out", 13))) ==
        "created");
  const auto stated = find_run(world.state, first);
  REQUIRE(stated.ok());
  const Json row = Json::parse(*stated);
  CHECK(row["institution"] == "hosp-a");
  CHECK(row["records"] == 12);
  CHECK(row["txid"] == to_hex(first));
  // What the core says nothing about without its salt: the audit line.
  CHECK(row["commit"] == hex_of("part"));
}

TEST_CASE("runs: found by output, institution, policy and time; members and auditors see them") {
  World world;
  world.populate();
  world.enrol("bot-b", "service", "hosp-b");
  CHECK(world.outcome("bot-a", "records", "desensitize", World::run_args("one")) == "ok");
  const UnixSeconds between = world.now += 100;
  world.now += 100;
  CHECK(world.outcome("bot-b", "records", "desensitize", World::run_args("one")) == "ok");
  CHECK(world.outcome("bot-a", "records", "desensitize", World::run_args("two")) == "ok");
  const auto count = [&](Json body, const char* who = "auditor") {
    body["kind"] = "runs";
    const auto rows = world.ask(who, body);
    return rows.size() == 1 && rows[0].contains("error") ? 99 : rows.size();
  };
  CHECK(count(Json::object()) == 3);
  CHECK(count({{"output", hex_of("one")}}) == 2);
  CHECK(count({{"output", hex_of("one")}, {"institution", "hosp-b"}}) == 1);
  CHECK(count({{"institution", "hosp-a"}}) == 2);
  CHECK(count({{"institution", "hosp-a"}, {"since", format_utc(between)}}) == 1);
  CHECK(count({{"until", format_utc(between)}}) == 1);
  CHECK(count({{"policy", hex_of("another")}}) == 0);
  CHECK(count(Json::object(), "dr-b") == 3);
  CHECK(count(Json::object(), "pat") == 99);
  CHECK(world.ask("auditor", {{"kind", "runs"}, {"limit", 2}}).size() == 2);
}

TEST_CASE("runs: an institution that may only read states none") {
  World world(true);
  world.enrol("bot-d", "service", "hosp-d");
  CHECK(world.outcome("bot-d", "records", "desensitize", World::run_args("x")) ==
        "read_only_institution");
}

}  // namespace
}  // namespace emr::contracts
