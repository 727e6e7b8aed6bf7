// 24/02/21: a day of 2024 in China, of 2021 where days or months come first. Every technique that
// reads dates reads the same one.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "desensitize/formats/testing.h"

namespace emr::desensitize {
namespace {

using Json = nlohmann::json;

Json run(std::string_view preset, const Json& in, std::string_view purpose = "") {
  const auto policy = Policy::preset(preset, purpose, "json");
  REQUIRE_MESSAGE(policy.ok(), policy.error().message);
  const testing::Run result = testing::run_format(*find_format("json"), *policy, in.dump() + "\n");
  REQUIRE_MESSAGE(result.errors.empty(), result.errors.front().message);
  return Json::parse(result.out);
}

TEST_CASE("dates: the Chinese policies read the year first, whatever becomes of the date") {
  const Json born{{"birthDate", "64/02/21"}, {"visitDate", "24/02/21"}};
  CHECK(run("ws445", born)["birthDate"] == "1964");
  CHECK(run("ws445", born, "public")["visitDate"] == "2024");
  CHECK(run("gbt37964", born)["birthDate"] == "1964");
  CHECK(run("hipaa-safe-harbor", born)["visitDate"] == "2021");
}

TEST_CASE("dates: a Chinese text has the year first under every policy, an English one has not") {
  const auto text = [](const char* note) {
    return run("hipaa-safe-harbor", {{"note", note}})["note"].get<std::string>();
  };
  CHECK(text("患者于24/02/21入院") == "患者于2024入院");
  CHECK(text("admitted 24/02/21, seen 03/04/24") == "admitted 2021, seen 2024");
}

TEST_CASE("dates: a policy says the order once; a rule of its own says it better") {
  const char* kPolicy =
      R"({"type":"emr.policy","v":1,"id":"d","dates":{"order":"day-first"},"rules":[)"
      R"({"match":{"path":"a"},"technique":"generalise","args":{"to":"month"}},)"
      R"({"match":{"path":"b"},"technique":"standardise","args":{"as":"date"}},)"
      R"({"match":{"path":"c"},"technique":"generalise","args":)"
      R"({"to":"month","order":"year-first"}}]})";
  const auto policy = Policy::parse(kPolicy);
  REQUIRE_MESSAGE(policy.ok(), policy.error().message);
  const testing::Run result = testing::run_format(
      *find_format("json"), *policy, R"({"a":"03/04/25","b":"03/04/25","c":"03/04/25"})");
  CHECK(result.out == R"({"a":"2025-04","b":"2025-04-03","c":"2003-04"})");
  CHECK_FALSE(Policy::parse(R"({"type":"emr.policy","v":1,"id":"d","dates":{"order":"any"},)"
                            R"("rules":[{"match":{"path":"a"},"technique":"date-shift"}]})")
                  .ok());
}

}  // namespace
}  // namespace emr::desensitize
