// the genesis holds chain id, contracts, primary, PBFT parameters; R-093: identities of
// institutions. Round trip, and a table of everything that must be refused.
#include "ledger/genesis.h"

#include <doctest/doctest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "json/json.h"
#include "ledger/testing.h"

namespace emr::ledger {
namespace {

using json::Json;

TEST_CASE("genesis: the canonical text reads back to the same hash") {
  const Genesis genesis = testing::make_genesis();
  const auto again = parse_genesis(encode_genesis(genesis));
  REQUIRE(again.ok());
  CHECK(again->hash == genesis.hash);
  CHECK(encode_genesis(*again) == encode_genesis(genesis));
  CHECK(again->index_of("hosp-c") == 2);
  CHECK(genesis_validators(*again).size() == 4);
  CHECK(again->institutions[3].permission == NodePermission::kWrite);
  const auto reader = parse_genesis(encode_genesis(testing::make_genesis(4, true)));
  REQUIRE(reader.ok());
  CHECK(reader->institutions[3].permission == NodePermission::kRead);
  CHECK(reader->institutions[2].permission == NodePermission::kWrite);
  CHECK(again->contracts.size() == genesis.contracts.size());
}

TEST_CASE("genesis: the spelling of the file does not matter, its content does") {
  const Genesis genesis = testing::make_genesis();
  const Json tree = Json::parse(encode_genesis(genesis));
  CHECK(parse_genesis(tree.dump(2))->hash == genesis.hash);
  Json other = tree;
  other["pbft"]["batchMs"] = 6;
  CHECK(parse_genesis(other.dump())->hash != genesis.hash);
}

TEST_CASE("genesis: every rule refuses what breaks it") {
  struct Case {
    const char* name;
    std::function<void(Json&)> spoil;
    const char* pointer;
  };
  const Case cases[] = {
      {"unknown member", [](Json& g) { g["extra"] = 1; }, "/extra"},
      {"wrong type", [](Json& g) { g["type"] = "emr.tx"; }, "/type"},
      {"wrong version", [](Json& g) { g["v"] = 2; }, "/v"},
      {"three institutions", [](Json& g) { g["institutions"].erase(3); }, "/institutions"},
      {"unsorted", [](Json& g) { std::swap(g["institutions"][0], g["institutions"][1]); },
       "/institutions/1/id"},
      {"same id twice", [](Json& g) { g["institutions"][1]["id"] = "hosp-a"; },
       "/institutions/1/id"},
      {"bad credit code", [](Json& g) { g["institutions"][0]["uscc"] = "123301004701234560"; },
       "/institutions/0/uscc"},
      {"shared vote key",
       [](Json& g) {
         g["institutions"][1]["node"]["voteKey"] = g["institutions"][0]["node"]["voteKey"];
       },
       "/institutions/1/node"},
      {"shared admin",
       [](Json& g) { g["institutions"][1]["admin"] = g["institutions"][0]["admin"]; },
       "/institutions/1/admin"},
      {"primary unknown", [](Json& g) { g["primary"] = "hosp-z"; }, "/primary"},
      {"quorum wrong", [](Json& g) { g["threshold"]["q"] = 2; }, "/threshold/q"},
      {"shares missing", [](Json& g) { g["threshold"]["verificationKeys"].erase(0); },
       "/threshold/n"},
      {"shares too many", [](Json& g) { g["threshold"]["n"] = 5; }, "/threshold/n"},
      {"same credit code twice",
       [](Json& g) { g["institutions"][1]["uscc"] = g["institutions"][0]["uscc"]; },
       "/institutions/1/uscc"},
      {"shared transport key",
       [](Json& g) {
         g["institutions"][1]["node"]["transportKey"] =
             g["institutions"][0]["node"]["transportKey"];
       },
       "/institutions/1/node/transportKey"},
      {"unknown members of a node",
       [](Json& g) { g["institutions"][0]["node"]["x"] = 1; }, "/institutions/0/node"},
      {"of an institution", [](Json& g) { g["institutions"][0]["x"] = 1; }, "/institutions/0"},
      {"of the parameters", [](Json& g) { g["pbft"]["x"] = 1; }, "/pbft"},
      {"of the threshold key", [](Json& g) { g["threshold"]["x"] = 1; }, "/threshold"},
      {"of a contract", [](Json& g) { g["contracts"][0]["x"] = 1; }, "/contracts/0"},
      {"of the linkage key", [](Json& g) { g["linkage"]["x"] = 1; }, "/linkage"},
      {"an id with a letter that is none",
       [](Json& g) { g["institutions"][3]["id"] = "hosp_d"; }, "/institutions/3/id"},
      {"an id that begins with a dash",
       [](Json& g) { g["institutions"][0]["id"] = "-hosp"; }, "/institutions/0/id"},
      {"float", [](Json& g) { g["pbft"]["batchMs"] = 5.5; }, "/pbft/batchMs"},
      {"policy unknown", [](Json& g) { g["implicitPolicy"] = "anything"; }, "/implicitPolicy"},
      {"upper-case hex",
       [](Json& g) { g["threshold"]["groupKey"] = std::string(64, 'A'); }, "/threshold/groupKey"},
  };
  const Json good = Json::parse(encode_genesis(testing::make_genesis()));
  for (const Case& one : cases) {
    CAPTURE(std::string(one.name));
    Json bad = good;
    one.spoil(bad);
    const auto result = parse_genesis(bad.dump());
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Code::kData);
    CAPTURE(result.error().pointer);
    CHECK(std::string_view(result.error().pointer).starts_with(one.pointer));
  }
}

TEST_CASE("credit codes: the check character of GB 32100-2015") {
  CHECK(is_valid_uscc("91350100M000100Y43"));  // the example of the standard
  CHECK_FALSE(is_valid_uscc("91350100M000100Y44"));
  CHECK_FALSE(is_valid_uscc("91350100M000100Y4"));
  CHECK_FALSE(is_valid_uscc("91350100I000100Y43"));  // I is not in the alphabet
}

TEST_CASE("quorums: 2f+1 where n = 3f+1, two quorums always share a correct replica") {
  for (std::uint32_t n = 4; n <= 64; ++n) {
    const std::uint32_t faulty = (n - 1) / 3;
    const std::uint32_t quorum = quorum_size(n);
    CHECK(2 * quorum - n >= faulty + 1);
    CHECK(quorum <= n - faulty);
    if (n == 3 * faulty + 1) CHECK(quorum == 2 * faulty + 1);
  }
}

}  // namespace
}  // namespace emr::ledger
