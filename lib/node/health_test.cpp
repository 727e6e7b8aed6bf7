// The verdict on a node's progress: one table, each reason with the facts that lead to it.
#include "node/health.h"

#include <doctest/doctest.h>

namespace emr::node {
namespace {

HealthInput well() {
  HealthInput input;
  input.peers = {{"hosp-b", true, 10}, {"hosp-c", true, 10}, {"hosp-d", true, 9}};
  input.quorum = 3;
  input.height = 10;
  input.timeout_ms = 2000;
  return input;
}

TEST_CASE("health: each reason names what is wrong (R-005)") {
  struct Row {
    const char* what;
    void (*change)(HealthInput&);
    std::string reason;
  };
  const std::vector<Row> rows = {
      {"all is well", [](HealthInput&) {}, ""},
      {"one away is tolerated", [](HealthInput& i) { i.peers[2].connected = false; }, ""},
      {"two away", [](HealthInput& i) { i.peers[1].connected = i.peers[2].connected = false; },
       "no_quorum: 2 of 3 needed members in reach; 2 of 3 peers unreachable: hosp-c, hosp-d"},
      {"two blocks behind is the air",
       [](HealthInput& i) { i.peers[0].height = i.peers[1].height = 12; }, ""},
      {"behind", [](HealthInput& i) { i.peers[0].height = i.peers[1].height = 13; },
       "catching_up: at height 10 of 13"},
      {"one liar about heights", [](HealthInput& i) { i.peers[0].height = 1'000'000; }, ""},
      {"view change",
       [](HealthInput& i) {
         i.view_active = false;
         i.view = 4;
       },
       "view_change: to view 4"},
      {"a request waits",
       [](HealthInput& i) {
         i.oldest_pending_ms = 2500;
         i.waiting_for = "prepares";
       },
       "stalled: a request waits for 2500 ms, waiting for prepares"},
      {"a core that does not answer comes first",
       [](HealthInput& i) {
         i.core_alive = false;
         i.view_active = false;
       },
       "stuck: the core thread does not answer; is the disk slow?"}};
  for (const Row& row : rows) {
    CAPTURE(std::string(row.what));
    HealthInput input = well();
    row.change(input);
    CHECK(judge(input).reason() == row.reason);
  }
}

TEST_CASE("health: since when is the first moment of the same state") {
  HealthRecord record;
  CHECK(record.update({}, 100).since == 100);
  CHECK(!record.update({}, 110).changed);
  const auto bad = record.update({"no_quorum", "1 of 3"}, 120);
  CHECK((bad.changed && bad.since == 120));
  const auto worse = record.update({"no_quorum", "2 of 3"}, 130);
  CHECK((!worse.changed && worse.since == 120));
  CHECK(record.update({}, 140).since == 140);
}

}  // namespace
}  // namespace emr::node
