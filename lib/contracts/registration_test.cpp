// Registration and alliance: admission by review, unique identities, members
//
#include <doctest/doctest.h>

#include "contracts/accounts.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::address_of;
using testing::hex_of;
using testing::key_of;
using testing::Json;
using testing::World;

Json application(const char* identity, const char* role = "doctor",
                 const char* institution = "hosp-a") {
  return {{"role", role}, {"institution", institution}, {"identity", hex_of(identity)}};
}

Json about(const char* name, const char* role = "doctor") {
  return {{"address", address_of(name)}, {"role", role}};
}

TEST_CASE("identity: one account per identity, whatever key applies (R-092)") {
  World world;
  CHECK(world.outcome("k1", "registration", "apply", application("li")) == "ok");
  CHECK(world.outcome("k1", "registration", "apply", application("wang")) == "already_applied");
  CHECK(world.outcome("k2", "registration", "apply", application("li")) == "identity_taken");
  CHECK(world.outcome("hosp-a admin", "registration", "reject",
                      {{"address", address_of("k1")}, {"reason", "unknown"}}) == "ok");
  CHECK(world.outcome("k2", "registration", "apply", application("li")) == "ok");
  CHECK(world.outcome("k1", "registration", "apply", application("wang")) == "ok");
}

TEST_CASE("admission: pending until the named institution's admin approves the same role (R-079)") {
  World world;
  CHECK(world.outcome("dr", "registration", "apply", application("li")) == "ok");
  CHECK(world.outcome("dr", "registration", "login",
                      {{"sessionKey", address_of("s")},
                       {"boxKey", hex_of("b")},
                       {"until", format_utc(world.now + 60)}}) == "not_active");
  CHECK(world.ask("hosp-a admin", {{"kind", "pending"}}).size() == 1);
  CHECK(world.ask("hosp-b admin", {{"kind", "pending"}}).empty());
  CHECK(world.outcome("hosp-b admin", "registration", "approve", about("dr")) ==
        "other_institution");
  CHECK(world.outcome("hosp-a admin", "registration", "approve", about("dr", "admin")) ==
        "other_role");
  CHECK(world.outcome("hosp-a admin", "registration", "approve", about("dr")) == "ok");
  CHECK(world.outcome("hosp-a admin", "registration", "approve", about("dr")) == "not_pending");
  CHECK(world.ask("hosp-a admin", {{"kind", "pending"}}).empty());
  CHECK(world.ask("dr", {{"kind", "identity"}})[0]["status"] == "active");
}

TEST_CASE("admission: a doctor names an institution, and it must exist") {
  World world;
  CHECK(world.outcome("x", "registration", "apply",
                      {{"role", "doctor"}, {"identity", hex_of("x")}}) == "institution_missing");
  CHECK(world.outcome("x", "registration", "apply", application("x", "doctor", "hosp-z")) ==
        "unknown_institution");
}

TEST_CASE("admission: a consortium auditor needs f+1 institutions") {
  World world;
  CHECK(world.outcome("aud", "registration", "apply",
                      {{"role", "auditor"}, {"identity", hex_of("aud")}}) == "ok");
  CHECK(world.outcome("hosp-a admin", "registration", "approve", about("aud", "auditor")) == "ok");
  CHECK(world.outcome("hosp-a admin", "registration", "approve", about("aud", "auditor")) == "ok");
  CHECK(world.ask("aud", {{"kind", "identity"}})[0]["status"] == "pending");
  CHECK(world.outcome("hosp-b admin", "registration", "approve", about("aud", "auditor")) == "ok");
  CHECK(world.ask("aud", {{"kind", "identity"}})[0]["status"] == "active");
}

TEST_CASE("suspension: ends sessions in effect, is undone by resume, never hits a member's admin") {
  World world;
  world.populate();
  const Json who{{"address", address_of("dr-a")}, {"reason", "left"}};
  CHECK(world.outcome("hosp-a admin", "registration", "suspend", who) == "ok");
  CHECK(world.ask("dr-a", {{"kind", "orgs"}})[0]["error"] == "not_active");
  CHECK(world.outcome("hosp-a admin", "registration", "resume", about("dr-a")) == "ok");
  CHECK(world.ask("dr-a", {{"kind", "orgs"}}).size() == 4);
  CHECK(world.outcome("hosp-a admin", "registration", "suspend",
                      {{"address", address_of("hosp-a admin")}, {"reason", "x"}}) ==
        "member_admin");
}

TEST_CASE("binding: an attested wallet is the patient where it was attested, everywhere by f+1") {
  World world;
  world.populate();
  const std::string patient = hex_of("pat token");
  const auto wallet = key_of("pat").address();
  CHECK(is_bound(world.state, patient, wallet, "hosp-a"));
  CHECK_FALSE(is_bound(world.state, patient, wallet, "hosp-b"));
  const Json args{{"patient", patient}, {"address", address_of("pat")}};
  CHECK(world.outcome("hosp-c admin", "registration", "attest", args) == "ok");
  CHECK(is_bound(world.state, patient, wallet, "hosp-b"));
  CHECK(world.outcome("hosp-c admin", "registration", "unattest", args) == "ok");
  CHECK_FALSE(is_bound(world.state, patient, wallet, "hosp-b"));
  CHECK(world.outcome("hosp-b admin", "registration", "unattest", args) == "not_found");
  CHECK(world.outcome("hosp-a admin", "registration", "attest",
                      {{"patient", patient}, {"address", address_of("dr-a")}}) ==
        "not_a_patient");
}

TEST_CASE("alliance: a quorum changes a member's permission; fewer do not") {
  World world;
  world.populate();
  const Json proposal{{"kind", "permission"}, {"institution", "hosp-a"}, {"permission", "read"}};
  CHECK(world.outcome("dr-a", "alliance", "propose", proposal) == "not_admin");
  CHECK(world.outcome("hosp-b admin", "alliance", "propose", proposal) == "ok");
  const Json approval{{"proposal", to_hex(world.last->txid())}, {"institution", "hosp-a"}};
  CHECK(world.outcome("hosp-b admin", "alliance", "approve", approval) == "ok");
  CHECK(world.outcome("hosp-b admin", "alliance", "approve", approval) == "ok");
  CHECK(world.outcome("hosp-c admin", "alliance", "approve", approval) == "ok");
  CHECK(world.outcome("bot-a", "records", "create", World::record_args()) == "ok");
  CHECK(world.outcome("hosp-d admin", "alliance", "approve", approval) == "ok");
  CHECK(world.outcome("bot-a", "records", "create", World::record_args("r2")) ==
        "read_only_institution");
  CHECK(world.outcome("hosp-a admin", "alliance", "approve", approval) == "not_open");
}

TEST_CASE("alliance: a new institution applies with its own key and gets read first (R-072)") {
  World world;
  world.populate();
  const Json proposal{{"kind", "institution"},
                      {"institution", "hosp-e"},
                      {"uscc", ledger::testing::credit_code(9)},
                      {"admin", address_of("hosp-e admin")},
                      {"permission", "read"},
                      {"archiveKey", hex_of("archive")},
                      {"voteKey", to_hex(key_of("vote e").public_key())},
                      {"transportKey", hex_of("transport")},
                      {"boxKey", hex_of("box")},
                      {"peer", "127.0.0.1:7005"},
                      {"http", "http://127.0.0.1:8005"}};
  CHECK(world.outcome("stranger", "alliance", "propose", proposal) == "not_admin");
  CHECK(world.outcome("hosp-e admin", "alliance", "propose", proposal) == "ok");
  const Json approval{{"proposal", to_hex(world.last->txid())}, {"institution", "hosp-e"}};
  for (const char* admin : {"hosp-a admin", "hosp-b admin", "hosp-c admin"}) {
    CHECK(world.outcome(admin, "alliance", "approve", approval) == "ok");
  }
  CHECK(world.ask("hosp-e admin", {{"kind", "orgs"}}).size() == 5);
  world.enrol("bot-e", "service", "hosp-e");
  CHECK(world.outcome("bot-e", "records", "create", World::record_args("e")) ==
        "read_only_institution");
}

TEST_CASE("alliance: strangers' proposals leave room for the members', and close after a month") {
  World world;
  Json proposal{{"kind", "institution"},
                {"uscc", ledger::testing::credit_code(9)},
                {"permission", "write"},
                {"archiveKey", hex_of("archive")},
                {"voteKey", to_hex(key_of("vote e").public_key())},
                {"transportKey", hex_of("transport")},
                {"boxKey", hex_of("box")},
                {"peer", "127.0.0.1:7005"},
                {"http", "http://127.0.0.1:8005"}};
  std::string outcome;
  for (int i = 0; i < 17; ++i) {
    const std::string who = "stranger " + std::to_string(i);
    proposal["institution"] = "new-" + std::to_string(i);
    proposal["admin"] = address_of(who);
    outcome = world.outcome(who, "alliance", "propose", proposal);
  }
  CHECK(outcome == "too_many_pending");
  const Json ours{{"kind", "permission"}, {"institution", "hosp-a"}, {"permission", "read"}};
  CHECK(world.outcome("hosp-b admin", "alliance", "propose", ours) == "ok");
  const Json approval{{"proposal", to_hex(world.last->txid())}, {"institution", "hosp-a"}};
  CHECK(world.outcome("hosp-b admin", "alliance", "approve", approval) == "ok");
  world.now += 31 * 86400;
  CHECK(world.outcome("hosp-c admin", "alliance", "approve", approval) == "not_open");
}

TEST_CASE("alliance: a lost admin key is replaced by a quorum; the old key is dead") {
  World world;
  world.populate();
  const Json proposal{{"kind", "admin"}, {"institution", "hosp-a"}, {"admin", address_of("new")}};
  CHECK(world.outcome("hosp-b admin", "alliance", "propose", proposal) == "ok");
  const Json approval{{"proposal", to_hex(world.last->txid())}, {"institution", "hosp-a"}};
  for (const char* admin : {"hosp-b admin", "hosp-c admin", "hosp-d admin"}) {
    CHECK(world.outcome(admin, "alliance", "approve", approval) == "ok");
  }
  CHECK(world.outcome("x", "registration", "apply", application("x")) == "ok");
  CHECK(world.outcome("hosp-a admin", "registration", "approve", about("x")) == "not_active");
  CHECK(world.outcome("new", "registration", "approve", about("x")) == "ok");
}

}  // namespace
}  // namespace emr::contracts
