// Risk figures against the published expectations, and k by force.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/testing.h"
#include "desensitize/risk/enforce.h"
#include "desensitize/risk/metrics.h"
#include "desensitize/risk/scenario.h"

using namespace emr;
using namespace emr::desensitize::risk;

namespace {

/// A file of the shared samples; "" when they are not beside the source.
std::string sample(const std::string& name) {
  std::ifstream file(shared_path("data/" + name), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (text.str().empty()) MESSAGE("skipped: no sample " << name);
  return text.str();
}

Table read_table(TableFormat format, std::string_view text, std::vector<std::string> columns,
                 std::size_t chunk = 1 << 20) {
  TableReader reader(format, std::move(columns));
  for (std::size_t at = 0; at < text.size(); at += chunk) {
    REQUIRE(reader.feed(text.substr(at, chunk)).ok());
  }
  Result<Table> table = reader.finish();
  REQUIRE(table.ok());
  return *std::move(table);
}

std::string written(const Table& table, const std::vector<Hierarchy>& hierarchies,
                    const Enforced& enforced) {
  std::string out;
  REQUIRE(write_enforced(table, hierarchies, enforced, [&](std::string_view text) {
            out.append(text);
            return Status();
          }).ok());
  return out;
}

constexpr std::string_view kSmall = "name;sex;age\na;m;31\nb;m;32\nc;\"m\";33\nd;f;77\n";
constexpr std::string_view kAges = "31;30-39;*\n32;30-39;*\n33;30-39;*\n77;70-79;*\n";

}  // namespace

TEST_CASE("risk: the adult sample gives exactly the expected figures") {
  const std::string csv = sample("kanon/adult_subset.csv");
  const std::string expected_text = sample("kanon/expected.json");
  if (csv.empty() || expected_text.empty()) return;
  for (const auto& expected : nlohmann::json::parse(expected_text)) {
    const auto quasi = expected["quasi"].get<std::vector<std::string>>();
    const auto sensitive = expected["sensitive"].get<std::string>();
    std::vector<std::string> columns = quasi;
    columns.push_back(sensitive);
    const Table table = read_table(TableFormat::kCsv, csv, columns, 4099);
    const Result<Assessment> result = assess(table, quasi, {sensitive});
    REQUIRE(result.ok());
    CHECK(result->rows == expected["rows"]);
    CHECK(result->classes == expected["classes"]);
    CHECK(result->k == expected["k"]);
    CHECK(result->max_class == expected["max_class"]);
    CHECK(result->average_class == expected["avg_class"].get<double>());
    CHECK(result->unique_records == expected["unique_records"]);
    CHECK(result->prosecutor_max == expected["prosecutor_max_risk"].get<double>());
    CHECK(result->prosecutor_average == expected["prosecutor_avg_risk"].get<double>());
    CHECK(result->above[0] == expected["records_risk_gt_0_05"]);
    CHECK(result->above[1] == expected["records_risk_gt_0_2"]);
    CHECK(result->above[2] == expected["records_risk_gt_1_3"]);
    const auto json = nlohmann::json::parse(to_json(*result))["diversity"][0];
    CHECK(json["lDistinct"] == expected["l_distinct"]);
    CHECK(json["lEntropyExp"].get<double>() == expected["l_entropy_exp"].get<double>());
    CHECK(json["tClosenessEqual"].get<double>() ==
          expected["t_closeness_equal_distance"].get<double>());
  }
}

TEST_CASE("risk: k is enforced on the adult sample through its hierarchies") {
  const std::string csv = sample("kanon/adult_subset.csv");
  if (csv.empty()) return;
  const std::vector<std::string> quasi{"sex", "age", "race", "marital-status", "native-country"};
  std::vector<Hierarchy> hierarchies;
  for (const std::string& name : quasi) {
    hierarchies.push_back(
        *Hierarchy::parse(name, sample("kanon/adult_hierarchy_" + name + ".csv")));
  }
  const Table table = read_table(TableFormat::kCsv, csv, quasi);
  for (const std::uint64_t k : {std::uint64_t{3}, std::uint64_t{5}, std::uint64_t{20}}) {
    const Result<Enforced> enforced = enforce_k(table, hierarchies, {.k = k});
    REQUIRE(enforced.ok());
    CHECK(enforced->suppressed_rows <= table.rows() / 20);
    const Table after =
        read_table(TableFormat::kCsv, written(table, hierarchies, *enforced), quasi);
    CHECK(after.rows() + enforced->suppressed_rows == table.rows());
    const Result<Assessment> result = assess(after, quasi, {});
    REQUIRE(result.ok());
    CHECK(result->k >= k);
    CHECK(result->k == enforced->k);
  }
}

TEST_CASE("risk: enforcement generalises, then suppresses, and keeps other bytes") {
  const Table table = read_table(TableFormat::kCsv, kSmall, {"sex", "age"}, 3);
  const std::vector<Hierarchy> hierarchies{Hierarchy::suppress_only("sex"),
                                           *Hierarchy::parse("age", kAges)};
  const Result<Enforced> enforced =
      enforce_k(table, hierarchies, {.k = 3, .max_suppressed = 0.25});
  REQUIRE(enforced.ok());
  CHECK(enforced->levels == std::vector<std::size_t>{0, 1});
  CHECK(written(table, hierarchies, *enforced) ==
        "name;sex;age\na;m;30-39\nb;m;30-39\nc;\"m\";30-39\n");
  CHECK(enforce_k(table, hierarchies, {.k = 5, .max_suppressed = 0}).error().reason ==
        "k_unreachable");
}

TEST_CASE("risk: JSON Lines are assessed and generalised by member path") {
  const std::string lines =
      "{\"p\":{\"age\":31,\"sex\":\"m\"},\"x\":[1,{\"y\":2}]}\n"
      "{ \"p\" : {\"sex\":\"m\",\"age\":32} }\n";
  const Table table = read_table(TableFormat::kJsonLines, lines, {"p.age", "p.sex"}, 5);
  const Result<Assessment> result = assess(table, {"p.age", "p.sex"}, {});
  REQUIRE(result.ok());
  CHECK(result->k == 1);
  const std::vector<Hierarchy> hierarchies{*Hierarchy::parse("p.age", kAges),
                                           Hierarchy::suppress_only("p.sex")};
  const Result<Enforced> enforced = enforce_k(table, hierarchies, {.k = 2, .max_suppressed = 0});
  REQUIRE(enforced.ok());
  CHECK(written(table, hierarchies, *enforced) ==
        "{\"p\":{\"age\":\"30-39\",\"sex\":\"m\"},\"x\":[1,{\"y\":2}]}\n"
        "{ \"p\" : {\"sex\":\"m\",\"age\":\"30-39\"} }\n");
}

TEST_CASE("risk: the journalist needs the population, not the table") {
  const Table table = read_table(TableFormat::kCsv, "sex;age\nm;31\n", {"sex", "age"});
  const Table population =
      read_table(TableFormat::kCsv, "sex;age\nm;31\nm;31\nm;31\nm;31\n", {"sex", "age"});
  const Result<Assessment> result = assess(table, {"sex", "age"}, {}, &population);
  REQUIRE(result.ok());
  CHECK(result->prosecutor_max == 1);
  CHECK(result->journalist_max == 0.25);
}

TEST_CASE("risk: scenarios demand 3, 4, 5, 6 and 20; the environment scales") {
  const std::vector<std::uint64_t> expected{3, 4, 5, 6, 20};
  for (std::size_t at = 0; at < expected.size(); ++at) {
    CHECK(*required_k(scenarios()[at], 1.0) == expected[at]);
  }
  CHECK(*required_k(*find_scenario("external-two"), 0.5) == 10);
  CHECK_FALSE(required_k(*find_scenario("public"), 0).ok());
}

TEST_CASE("risk: GB/T 42460 total risk and grades") {
  Assessment assessment;
  assessment.prosecutor_max = 0.25;
  assessment.prosecutor_average = 0.1;
  Environment environment;
  environment.control = Level::kHigh;
  environment.ability = Level::kLow;
  environment.security = Level::kHigh;
  environment.acquaintance_share = 0;
  CHECK(environment_risk(environment) == doctest::Approx(0.14));
  CHECK(total_risk(assessment, Release::kPublic, environment) == 1);
  CHECK(total_risk(assessment, Release::kEnclave, environment) == doctest::Approx(0.014));
  CHECK(grade(true, true, 0, Release::kPublic) == 1);
  CHECK(grade(false, true, 1, Release::kPublic) == 2);
  CHECK(grade(false, true, 0.04, Release::kPublic) == 3);
  CHECK(grade(false, false, 0, Release::kPublic) == 4);
}

TEST_CASE("risk: broken tables are refused") {
  const auto refused = [](TableFormat format, std::string_view text, std::string_view reason) {
    TableReader reader(format, {"sex"});
    Status fed = reader.feed(text);
    const Error error = fed ? reader.finish().error() : fed.error();
    return error.reason == reason;
  };
  CHECK(refused(TableFormat::kCsv, "", "risk_empty"));
  CHECK(refused(TableFormat::kCsv, "age,x\n1,2\n", "risk_column"));
  CHECK(refused(TableFormat::kCsv, "sex,x\nm\n", "csv_fields"));
  CHECK(refused(TableFormat::kCsv, "sex,x\n\"m,1\n", "csv_unclosed_quote"));
  CHECK(refused(TableFormat::kJsonLines, "{\"sex\":\"m\",\"sex\":\"f\"}\n", "risk_column"));
  CHECK(refused(TableFormat::kJsonLines, "{\"sex\":\"m\"", "truncated"));
}
