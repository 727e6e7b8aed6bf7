// Goal: a member whose software is older than what a quorum decides on stops at the last block it
// can run, says why, and goes on with newer software where it stopped. Method: four real
// nodes, one of them told that it is old.
#include <doctest/doctest.h>

#include "node/testing.h"

namespace emr::node {
namespace {

using namespace testing;

constexpr std::size_t kOldMember = 3;

/// Version 2 of the alliance contract, decided by the other three; from which height on.
std::uint64_t upgrade(Consortium& net, std::uint64_t height) {
  const Json wish{{"kind", "contract"}, {"institution", "hosp-a"}, {"contract", "alliance"},
                  {"version", 2},       {"height", height}};
  const Json proposed = net.submit(0, "hosp-a admin", "alliance.propose", wish);
  const Json vote{{"proposal", proposed.at("receipt").at("data").at("proposal")},
                  {"institution", "hosp-a"}};
  Json last;
  for (const char* admin : {"hosp-a admin", "hosp-b admin", "hosp-c admin"}) {
    last = net.submit(0, admin, "alliance.approve", vote);
  }
  return last.at("receipt").at("data").at("since");
}

TEST_CASE("versions: a member with old software stops before the first block it cannot run") {
  Consortium net;
  net.software[kOldMember].front().version = 1;  // alliance
  net.start_all();
  const Json refused =
      net.submit(kOldMember, "hosp-d admin", "alliance.propose",
                 {{"kind", "contract"}, {"institution", "hosp-d"}, {"contract", "alliance"},
                  {"version", 2}});
  CHECK(refused.at("reason") == "unknown_version");

  upgrade(net, 1'000);
  CHECK(Consortium::within_ten_seconds([&] {  // told while there is time
    const Json warnings = Json::parse(net.nodes[kOldMember]->status()).at("warnings");
    return warnings.dump().find("software: version 2 of the contract alliance holds from height "
                                "1000 on") != std::string::npos;
  }));
  CHECK(Json::parse(net.nodes[0]->status()).at("warnings").empty());
  const std::uint64_t since = upgrade(net, 0);  // the date is moved
  const Status stopped = net.nodes[kOldMember]->wait(20'000);
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.error().code == Code::kConfig);
  CHECK(stopped.error().reason == "software_too_old");
  CHECK(stopped.error().message.find("from height " + std::to_string(since) + " on") !=
        std::string::npos);
  const Json weighed =
      net.submit(0, "hosp-a admin", "alliance.weight", {{"institution", "hosp-a"}, {"weight", 2}});
  CHECK(weighed.at("receipt").at("status") == "ok");

  net.nodes[kOldMember].reset();  // upgraded, with the data it has
  net.software[kOldMember] = contracts::software_versions();
  net.start(kOldMember);
  CHECK(Consortium::within_ten_seconds([&] {
    return Json::parse(net.nodes[kOldMember]->status()).at("tip") ==
           Json::parse(net.nodes[0]->status()).at("tip");
  }));
}

}  // namespace
}  // namespace emr::node
