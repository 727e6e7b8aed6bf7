// The table of the statistics query at its edges: limits, filters, sums that would tell a
// small cell, who may ask; and what is suppressed, line by line.
#include <doctest/doctest.h>

#include <map>

#include "contracts/cells.h"
#include "contracts/limits.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::Json;
using testing::World;

/// A state that has counted these: keys behind the institution, "2026-11/1/N/C0002".
void count(World& world, const std::string& institution, const std::string& rest,
           std::uint64_t records) {
  world.state.apply({{cells_of(institution) + rest, std::to_string(records)}});
}

std::vector<Json> stats(World& world, Json by, Json filter = Json::object(),
                        const char* who = "hosp-a admin") {
  filter["kind"] = "stats";
  filter["by"] = std::move(by);
  return world.ask(who, filter);
}

std::string refused(World& world, Json by, Json filter = Json::object(),
                    const char* who = "hosp-a admin") {
  return stats(world, std::move(by), std::move(filter), who)[0].value("error", "answered");
}

TEST_CASE("stats: the sum is told when it tells no small cell") {
  const auto sum_of = [](std::uint64_t records) {
    World world;
    if (records > 0) count(world, "hosp-a", "2026-11/1/N/C0002", records);
    return stats(world, {"month"}).back();
  };
  CHECK(sum_of(0)["records"] == 0);
  CHECK_FALSE(sum_of(4).contains("records"));
  CHECK(sum_of(4)["suppressed"] == 1);
  CHECK(sum_of(5)["records"] == 5);
}

TEST_CASE("stats: of one month, of one institution, by what is known and named once") {
  World world;
  count(world, "hosp-a", "2026-11/1/N/C0002", 10);
  count(world, "hosp-a", "2026-12/1/N/C0002", 20);
  count(world, "hosp-b", "2026-11/1/N/C0002", 40);
  const auto sum = [&](Json filter) {
    return stats(world, {"month"}, std::move(filter)).back()["records"];
  };
  CHECK(sum(Json::object()) == 70);
  CHECK(sum({{"month", "2026-11"}}) == 50);
  CHECK(sum({{"month", "2026-11"}, {"institution", "hosp-a"}}) == 10);
  CHECK(refused(world, {"month", "month"}) == "by");
  CHECK(refused(world, {"patient"}) == "by");
  CHECK(refused(world, {"month"}, {{"x", 1}}) != "answered");
  QueryAnswer whole;
  world.ask("hosp-a admin", {{"kind", "stats"}, {"by", {"month"}}}, "", &whole);
  CHECK(whole.explain.index == "count");
  CHECK(whole.explain.scanned == 3);
  CHECK(whole.explain.candidates == 3);
  CHECK(whole.explain.returned == 2);
}

TEST_CASE("stats: for the alliance's auditors and the admins, not for one hospital's auditor") {
  World world;
  world.populate();
  world.enrol("auditor-a", "auditor", "hosp-a");
  CHECK(refused(world, {"month"}, Json::object(), "auditor-a") == "role");
  CHECK(refused(world, {"month"}, Json::object(), "dr-a") == "role");
  CHECK(refused(world, {"month"}, Json::object(), "auditor") == "answered");
}

TEST_CASE("stats: every counter is read, and a table that is too large is refused whole") {
  World world;
  const auto fill = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      count(world, "hosp-a", "2026-11/1/N/T" + std::to_string(100'000 + i), 7);
    }
  };
  fill(0, kRowsMax - 1);
  CHECK(stats(world, {"docType"}).size() == kRowsMax);  // and the sum
  fill(kRowsMax - 1, kRowsMax);
  CHECK(refused(world, {"docType"}) == "too_many");
  fill(kRowsMax, 2'500);
  CHECK(stats(world, {"month"}).back()["records"] == 2'500 * 7);
  fill(2'500, kCellsScanMax);
  CHECK(stats(world, {"month"}).back()["records"] == kCellsScanMax * 7);
  fill(kCellsScanMax, kCellsScanMax + 1);
  CHECK(refused(world, {"month"}) == "too_many");
  CHECK(refused(world, {"month"}, {{"institution", "hosp-b"}}) == "answered");
}

TEST_CASE("stats: a record of the first block that counted is counted once, wherever it goes") {
  const Software old{
      {"alliance", 1}, {"index", 1}, {"permission", 1}, {"records", 1}, {"registration", 1}};
  World world(testing::at_versions(ledger::testing::make_genesis(4), old));
  world.enrol("bot-a", "service", "hosp-a");
  CHECK(world.outcome("hosp-a admin", "alliance", "propose",
                      {{"kind", "contract"}, {"institution", "hosp-a"}, {"contract", "index"},
                       {"version", 2}}) == "ok");
  const Json vote{{"proposal", to_hex(world.last->txid())}, {"institution", "hosp-a"}};
  for (const char* who : {"hosp-a admin", "hosp-b admin", "hosp-c admin"}) {
    CHECK(world.outcome(who, "alliance", "approve", vote) == "ok");
  }
  CHECK_FALSE(counting_since(world.state).has_value());
  CHECK(world.outcome("bot-a", "records", "create", World::record_args()) == "ok");
  CHECK(counting_since(world.state) == world.app.tip().height);
  Json moved = World::amend_args("record 1", "c2", 1);
  moved["month"] = "2026-12";
  CHECK(world.outcome("bot-a", "records", "amend", moved) == "ok");
  CHECK_FALSE(world.state.get(cells_of("hosp-a") + "2026-11/1/N/C0002").has_value());
  CHECK(world.state.get(cells_of("hosp-a") + "2026-12/1/N/C0002") == "1");
}

TEST_CASE("cells: a key has as many values as there are dimensions") {
  const Cell cell = read_cell(cells_of("hosp-a") + "2026-11/1/N/C0002", "12");
  CHECK(cell.at == std::vector<std::string>{"hosp-a", "2026-11", "1", "N", "C0002"});
  CHECK(cell.count == 12);
}

TEST_CASE("suppression: among equals the first goes, and what comes to the least is enough") {
  std::vector<Cell> cells{{{"a"}, 3, false}, {{"b"}, 7, false}, {{"c"}, 7, false}};
  suppress_small(cells, 5);
  CHECK(cells[1].suppressed);
  CHECK_FALSE(cells[2].suppressed);
  cells = {{{"a"}, 2, false}, {{"b"}, 3, false}, {{"c"}, 9, false}};
  suppress_small(cells, 5);
  CHECK_FALSE(cells[2].suppressed);
}

/// What cells.h promises, of the whole table and of every line of it.
void check_lines(const std::vector<Cell>& cells, std::uint64_t least) {
  std::map<std::vector<std::string>, std::vector<const Cell*>> lines;
  for (const Cell& cell : cells) {
    lines[{}].push_back(&cell);
    for (std::size_t i = 0; i < cell.at.size(); ++i) {
      std::vector<std::string> line = cell.at;
      line[i] = "*";
      lines[line].push_back(&cell);
    }
  }
  for (const auto& [name, line] : lines) {
    std::size_t untold = 0;
    std::uint64_t sum = 0;
    for (const Cell* cell : line) {
      untold += cell->suppressed ? 1 : 0;
      sum += cell->suppressed ? cell->count : 0;
    }
    CHECK((untold == 0 || untold == line.size() || (untold > 1 && sum >= least)));
  }
}

TEST_CASE("suppression: it holds for every line when it is done, in three dimensions too") {
  std::uint64_t seed = 3;
  const auto next = [&] {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return seed >> 33;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<Cell> cells;
    for (const char* x : {"a", "b", "c"}) {
      for (const char* y : {"1", "2", "3"}) {
        for (const char* z : {"x", "y"}) {
          const std::uint64_t records = next() % 16;
          if (records > 0) cells.push_back({{x, y, z}, records, false});
        }
      }
    }
    suppress_small(cells, 5);
    check_lines(cells, 5);
  }
}

}  // namespace
}  // namespace emr::contracts
