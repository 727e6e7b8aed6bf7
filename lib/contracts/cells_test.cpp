// Statistics: counts that follow the records, and tables that do not tell small cells.
#include "contracts/cells.h"

#include <doctest/doctest.h>

#include <map>

#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::hex_of;
using testing::Json;
using testing::World;

using Told = std::map<std::string, std::string>;

/// What a table of these cells shows: "VALUE VALUE" -> the count, or "-".
Told told(std::vector<Cell> cells, std::uint64_t least = 5) {
  suppress_small(cells, least);
  Told shown;
  for (const Cell& cell : cells) {
    std::string at;
    for (const std::string& value : cell.at) at += (at.empty() ? "" : " ") + value;
    shown[at] = cell.suppressed ? "-" : std::to_string(cell.count);
  }
  return shown;
}

TEST_CASE("suppression: a small cell, and one more that hides it from the sum") {
  CHECK(told({{{"a"}, 9}, {{"b"}, 7}, {{"c"}, 20}}) == Told{{"a", "9"}, {"b", "7"}, {"c", "20"}});
  CHECK(told({{{"a"}, 9}, {{"b"}, 2}, {{"c"}, 20}}) == Told{{"a", "-"}, {"b", "-"}, {"c", "20"}});
  // Two small ones whose sum is small tell too much together.
  CHECK(told({{{"a"}, 1}, {{"b"}, 2}, {{"c"}, 20}, {{"d"}, 8}}) ==
        Told{{"a", "-"}, {"b", "-"}, {"c", "20"}, {"d", "-"}});
  CHECK(told({{{"a"}, 3}, {{"b"}, 4}, {{"c"}, 20}}) == Told{{"a", "-"}, {"b", "-"}, {"c", "20"}});
  CHECK(told({{{"a"}, 4}}) == Told{{"a", "-"}});
  CHECK(told({}).empty());
}

TEST_CASE("suppression: also from the sums of rows and columns") {
  const Told shown = told({{{"a", "1"}, 2},  {{"a", "2"}, 30}, {{"a", "3"}, 40},
                           {{"b", "1"}, 10}, {{"b", "2"}, 20}, {{"b", "3"}, 50},
                           {{"c", "1"}, 11}, {{"c", "2"}, 60}, {{"c", "3"}, 70}});
  CHECK(shown.at("a 1") == "-");
  CHECK(shown.at("c 3") == "70");
  for (const char* line : {"a", "b", "c", "1", "2", "3"}) {  // in none a single one is untold
    int untold = 0;
    for (const auto& [at, count] : shown) {
      if (at.find(line) != std::string::npos && count == "-") ++untold;
    }
    CAPTURE(line);
    CHECK(untold != 1);
  }
}

TEST_CASE("suppression: nothing below the least is ever told, whatever the table") {
  std::uint64_t seed = 7;
  const auto next = [&] {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return seed >> 33;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<Cell> cells;
    for (const char* x : {"a", "b", "c", "d"}) {
      for (const char* y : {"1", "2", "3"}) {
        const std::uint64_t count = next() % 12;
        if (count > 0) cells.push_back({{x, y}, count, false});
      }
    }
    suppress_small(cells, 5);
    std::uint64_t untold = 0;
    std::uint64_t sum = 0;
    for (const Cell& cell : cells) {
      if (cell.count < 5) CHECK(cell.suppressed);
      untold += cell.suppressed ? 1 : 0;
      sum += cell.suppressed ? cell.count : 0;
    }
    CHECK((untold == 0 || untold == cells.size() || (untold > 1 && sum >= 5)));
  }
}

void create(World& world, const std::string& name, const char* visit_type) {
  Json args = World::record_args(name);
  args["visitType"] = visit_type;
  REQUIRE(world.outcome("bot-a", "records", "create", args) == "ok");
}

std::uint64_t counted(const World& world, const char* visit_type) {
  const auto text =
      world.state.get(cells_of("hosp-a") + "2026-11/" + visit_type + "/N/C0002");
  return text ? std::stoull(*text) : 0;
}

TEST_CASE("counts: a record counts once, where its newest version is") {
  World world;
  world.populate();
  create(world, "r1", "1");
  create(world, "r2", "1");
  CHECK(world.outcome("bot-a", "records", "create", World::record_args("r1")) == "ok");  // again
  CHECK(counted(world, "1") == 2);
  Json moved = World::amend_args("r1", "c2", 1);
  moved["visitType"] = "3";
  REQUIRE(world.outcome("bot-a", "records", "amend", moved) == "ok");
  CHECK(counted(world, "1") == 1);
  CHECK(counted(world, "3") == 1);
  Json same = World::amend_args("r2", "c3", 1);
  REQUIRE(world.outcome("bot-a", "records", "amend", same) == "ok");
  CHECK(counted(world, "1") == 1);
  Json last = World::amend_args("r2", "c4", 2);
  last["visitType"] = "3";
  REQUIRE(world.outcome("bot-a", "records", "amend", last) == "ok");
  CHECK_FALSE(world.state.get(cells_of("hosp-a") + "2026-11/1/N/C0002").has_value());
  CHECK(counted(world, "3") == 2);
}

/// Version 2 of the index contract, from the next block on.
void upgrade_index(World& world) {
  REQUIRE(world.outcome("hosp-a admin", "alliance", "propose",
                        {{"kind", "contract"}, {"institution", "hosp-a"}, {"contract", "index"},
                         {"version", 2}}) == "ok");
  const Json approval{{"proposal", to_hex(world.last->txid())}, {"institution", "hosp-a"}};
  for (const char* who : {"hosp-a admin", "hosp-b admin", "hosp-c admin"}) {
    REQUIRE(world.outcome(who, "alliance", "approve", approval) == "ok");
  }
}

TEST_CASE("counts: from an upgrade on; older records come in with their first amendment") {
  Software old = software_versions();
  for (ledger::ContractVersion& one : old) one.version -= one.name == "index" ? 1 : 0;
  World world(testing::at_versions(ledger::testing::make_genesis(4), old));
  world.populate();
  create(world, "r1", "1");
  const Json by{{"kind", "stats"}, {"by", {"visitType"}}};
  CHECK(world.ask("auditor", by)[0]["error"] == "not_in_version");
  CHECK(counted(world, "1") == 0);
  upgrade_index(world);
  const std::uint64_t since = world.app.tip().height + 1;
  create(world, "r2", "1");
  CHECK(counted(world, "1") == 1);
  CHECK(counting_since(world.state) == since);
  Json moved = World::amend_args("r1", "c2", 1);
  moved["visitType"] = "3";
  REQUIRE(world.outcome("bot-a", "records", "amend", moved) == "ok");
  CHECK(counted(world, "3") == 1);
  moved = World::amend_args("r1", "c3", 2);
  REQUIRE(world.outcome("bot-a", "records", "amend", moved) == "ok");
  CHECK(counted(world, "3") == 0);
  CHECK(counted(world, "1") == 2);
  CHECK(world.ask("auditor", by).back()["since"] == since);
}

TEST_CASE("stats: a table by what is asked, for auditors of the alliance and admins") {
  World world;
  world.populate();
  for (int i = 0; i < 6; ++i) create(world, "out " + std::to_string(i), "1");
  for (int i = 0; i < 7; ++i) create(world, "in " + std::to_string(i), "3");
  create(world, "emergency", "2");
  const Json by{{"kind", "stats"}, {"by", {"visitType"}}};
  const auto rows = world.ask("auditor", by);
  REQUIRE(rows.size() == 4);
  CHECK(rows[0]["visitType"] == "1");
  CHECK(rows[0]["suppressed"] == true);  // hides the one emergency
  CHECK(rows[1]["suppressed"] == true);
  CHECK_FALSE(rows[1].contains("count"));
  CHECK(rows[2]["count"] == 7);
  CHECK(rows[3]["records"] == 14);
  CHECK(rows[3]["suppressed"] == 2);
  const auto whole =
      world.ask("hosp-b admin", {{"kind", "stats"}, {"by", {"institution", "month"}}});
  REQUIRE(whole.size() == 2);
  CHECK(whole[0]["count"] == 14);
  CHECK(whole[0]["month"] == "2026-11");
  CHECK(world.ask("auditor", {{"kind", "stats"}, {"by", {"month"}}, {"institution", "hosp-b"}})
            .back()["records"] == 0);
  CHECK(world.ask("auditor", {{"kind", "stats"}, {"by", {"month"}}, {"minCell", 15}})[0]
            ["suppressed"] == true);
  for (const char* who : {"dr-a", "bot-a", "pat"}) {
    CAPTURE(who);
    CHECK(world.ask(who, by)[0]["error"] == "role");
  }
  CHECK(world.ask("auditor", {{"kind", "stats"}, {"by", {"patient"}}})[0]["error"] == "by");
  CHECK(world.ask("auditor", {{"kind", "stats"}, {"by", Json::array()}})[0].contains("error"));
  CHECK(world.ask("auditor", {{"kind", "stats"}, {"by", {"month"}}, {"minCell", 1}})[0]
            .contains("error"));
}

}  // namespace
}  // namespace emr::contracts
