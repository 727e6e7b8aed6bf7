// R-091 and G-2: who may call what, generated from the method table. For every method and every
// kind of account, the role gate must open exactly for the roles of the table; a method that is
// added without a row here fails the test.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::World;

/// Arguments that pass each method's schema.
Json sample_args(const World& world, const std::string& name) {
  const Json address{{"address", address_of("someone")}};
  const auto with = [&](const char* key, const char* value) {
    Json args = address;
    args[key] = value;
    return args;
  };
  const std::map<std::string, Json> all{
      {"registration.apply", {{"role", "patient"}, {"identity", hex_of("someone")}}},
      {"registration.approve", with("role", "doctor")},
      {"registration.reject", with("reason", "unknown")},
      {"registration.suspend", with("reason", "left")},
      {"registration.resume", with("role", "doctor")},
      {"registration.login",
       {{"sessionKey", address_of("new session")},
        {"boxKey", hex_of("box")},
        {"until", format_utc(world.now + 60)}}},
      {"registration.logout", {{"sessionKey", address_of("no session")}}},
      {"registration.attest", {{"patient", hex_of("p")}, {"address", address_of("pat")}}},
      {"registration.unattest", {{"patient", hex_of("p")}, {"address", address_of("pat")}}},
      {"alliance.propose",
       {{"kind", "permission"}, {"institution", "hosp-d"}, {"permission", "read"}}},
      {"alliance.approve", {{"proposal", hex_of("none")}, {"institution", "hosp-d"}}},
      {"alliance.reject",
       {{"proposal", hex_of("none")}, {"institution", "hosp-d"}, {"reason", "unknown"}}},
      {"alliance.leave", {{"institution", "hosp-d"}}},
      {"alliance.rotate", {{"institution", "hosp-d"}, {"peer", "127.0.0.1:9"}}},
      {"alliance.weight", {{"institution", "hosp-d"}, {"weight", 2}}},
      {"records.create", World::record_args("matrix")},
      {"records.amend", World::amend_args("matrix", "c2", 1)},
      {"records.desensitize", World::run_args("matrix")},
      {"permission.grant", world.grant_args("institution", "hosp-b")},
      {"permission.revoke", {{"grant", hex_of("none")}}},
      {"permission.access", World::access_args("matrix")},
      {"permission.emergency",
       {{"record", hex_of("matrix")}, {"reasonCode", "unconscious"}, {"minutes", 10}}},
      {"registration.deregister", {{"patient", hex_of("nobody's")}}},
      {"appointment.book",
       {{"institution", "hosp-b"}, {"patient", hex_of("p")}, {"slot", hex_of("s")},
        {"month", "2026-12"}}},
      {"appointment.cancel", {{"booking", hex_of("none")}}},
      {"permission.request",
       {{"patient", hex_of("nobody's")}, {"scope", Json::object()}, {"purpose", "TREAT"},
        {"until", format_utc(world.now + 86400)}}},
      {"permission.answer", {{"request", hex_of("none")}, {"decision", "deny"},
                             {"patient", hex_of("pat token")}, {"doctor", address_of("dr-b")},
                             {"purpose", "TREAT"}, {"scope", Json::object()}}},
      {"permission.review", {{"emergency", hex_of("none")}, {"outcome", "justified"}}},
  };
  const auto found = all.find(name);
  REQUIRE_MESSAGE(found != all.end(), "method has no row in the matrix: " << name);
  return found->second;
}

bool lists(const ledger::MethodSpec& method, const std::string& role) {
  return std::find(method.roles.begin(), method.roles.end(), role) != method.roles.end();
}

TEST_CASE("matrix: the role gate opens exactly as the method table says (R-091, G-2)") {
  const std::map<std::string, std::string> people{{"dr-a", "doctor"},
                                                  {"bot-a", "service"},
                                                  {"pat", "patient"},
                                                  {"auditor", "auditor"},
                                                  {"hosp-a admin", "admin"}};
  for (const ledger::MethodSpec& method : method_table().all()) {
    const std::string name = method.contract + "." + method.method;
    CAPTURE(name);
    for (const auto& [person, role] : people) {
      CAPTURE(role);
      World world;
      world.populate();
      const std::string outcome =
          world.outcome(person, method.contract, method.method, sample_args(world, name));
      const bool open = lists(method, role) || lists(method, "any") || lists(method, "anyone");
      CHECK((outcome != "role") == open);
    }
    World world;
    world.populate();
    const std::string stranger =
        world.outcome("stranger", method.contract, method.method, sample_args(world, name));
    CHECK((stranger != "not_registered") == lists(method, "anyone"));
    CHECK((name == "registration.apply" || stranger != "ok"));
  }
}

/// Said a second time, because the test above believes the table: a role that slips into it lets
/// people do what is not theirs, and a session key must sign what is named here and nothing else.
TEST_CASE("matrix: who may call what, by a session or not, and since when (R-091)") {
  using Row = std::tuple<std::string, std::vector<std::string>, bool, bool, std::uint32_t>;
  const std::vector<std::string> admin{"admin"};
  const std::vector<std::string> writers{"doctor", "service", "admin"};
  const std::vector<std::string> carers{"patient", "doctor", "service", "admin"};
  const std::vector<Row> expected{
      {"alliance.approve", admin, false, true, 1},
      {"alliance.leave", admin, false, true, 1},
      {"alliance.propose", {"admin", "anyone"}, false, false, 1},
      {"alliance.reject", admin, false, false, 1},
      {"alliance.rotate", admin, false, true, 1},
      {"alliance.weight", admin, false, false, 2},
      {"appointment.book", carers, false, false, 2},
      {"appointment.cancel", carers, false, false, 2},
      {"permission.access", {"any"}, true, false, 1},
      {"permission.answer", {"patient", "admin"}, false, false, 2},
      {"permission.emergency", {"doctor"}, true, false, 2},
      {"permission.grant", {"patient", "admin"}, false, false, 1},
      {"permission.request", {"doctor"}, true, false, 2},
      {"permission.review", {"admin", "auditor"}, false, false, 2},
      {"permission.revoke", {"patient", "admin"}, false, false, 1},
      {"records.amend", writers, false, false, 1},
      {"records.create", writers, false, false, 1},
      {"records.desensitize", {"service", "admin"}, false, false, 1},
      {"registration.apply", {"anyone"}, false, false, 1},
      {"registration.approve", admin, false, false, 1},
      {"registration.attest", {"admin", "service"}, false, false, 1},
      {"registration.deregister", {"any"}, false, false, 2},
      {"registration.login", {"any"}, false, false, 1},
      {"registration.logout", {"any"}, true, false, 1},
      {"registration.reject", admin, false, false, 1},
      {"registration.resume", admin, false, false, 1},
      {"registration.suspend", admin, false, false, 1},
      {"registration.unattest", {"admin", "service"}, false, false, 1},
  };
  std::vector<Row> found;
  for (const ledger::MethodSpec& one : method_table().all()) {
    found.emplace_back(one.contract + "." + one.method, one.roles, one.by_session,
                       one.reconfigures, one.since);
  }
  std::sort(found.begin(), found.end());
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(std::get<0>(found[i]));
    CHECK((found[i] == expected[i]));
  }
}

TEST_CASE("matrix: who waits, was rejected or is suspended can do nothing but apply") {
  for (const ledger::MethodSpec& method : method_table().all()) {
    if (lists(method, "anyone")) continue;
    const std::string name = method.contract + "." + method.method;
    CAPTURE(name);
    World world;
    world.populate();
    CHECK(world.outcome("newcomer", "registration", "apply",
                        {{"role", "doctor"},
                         {"institution", "hosp-a"},
                         {"identity", hex_of("newcomer")}}) == "ok");
    const Json args = sample_args(world, name);
    CHECK(world.outcome("newcomer", method.contract, method.method, args) == "not_active");
    CHECK(world.outcome("hosp-a admin", "registration", "suspend",
                        {{"address", address_of("dr-a")}, {"reason", "left"}}) == "ok");
    CHECK(world.outcome("dr-a", method.contract, method.method, args) == "not_active");
  }
}

/// Who reads a record of hosp-a that nobody granted, that was granted to him, in an emergency that
/// he declared, and in one although the patient forbids it.
TEST_CASE("matrix: reading by role, without a rule, with one, and by break-glass (R-091)") {
  struct Row {
    const char* person;
    const char* none;
    const char* granted;
    const char* emergency;
    const char* forbidden;
  };
  const Row rows[] = {
      {"pat", "ok", "ok", "ok", "ok"},
      {"dr-a", "ok", "ok", "ok", "denied_by_rule"},
      {"dr-b", "no_rule", "ok", "ok", "denied_by_rule"},
      {"bot-a", "no_rule", "ok", "no_emergency", "denied_by_rule"},
      {"auditor", "no_rule", "ok", "no_emergency", "denied_by_rule"},
      {"hosp-a admin", "no_rule", "ok", "no_emergency", "denied_by_rule"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.person);
    World world;
    world.populate();
    world.run("bot-a", "records", "create", World::record_args());
    const auto open = [&](const char* purpose) {
      Json args = World::access_args();
      args["purpose"] = purpose;
      return world.outcome(row.person, "permission", "access", args);
    };
    const auto rule = [&](const char* purpose, const char* effect) {
      Json args = world.grant_args("doctor", address_of(row.person), effect);
      args["purpose"] = {purpose};
      return world.outcome("pat", "permission", "grant", args);
    };
    CHECK(open("TREAT") == row.none);
    CHECK(rule("TREAT", "permit") == "ok");
    CHECK(open("TREAT") == row.granted);
    const std::string declared = world.outcome(
        row.person, "permission", "emergency",
        {{"record", hex_of("record 1")}, {"reasonCode", "unconscious"}, {"minutes", 60}});
    CHECK(declared == (std::string_view(row.person).starts_with("dr-") ? "ok" : "role"));
    CHECK(open("BTG") == row.emergency);
    CHECK(rule("BTG", "deny") == "ok");
    CHECK(open("BTG") == row.forbidden);
  }
}

}  // namespace
}  // namespace emr::contracts
