// Accounts and members at their edges: who decides about whom, what is missing from a proposal, how
// many may wait, and what a node's door refuses before any block.
#include <doctest/doctest.h>

#include "contracts/access.h"
#include "contracts/accounts.h"
#include "contracts/expiry.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/records.h"
#include "contracts/testing.h"
#include "ledger/limits.h"

namespace emr::contracts {
namespace {

using ledger::testing::hash_of;
using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::key_of;
using testing::World;

std::string apply(World& world, const char* who, const char* role, const char* institution = "") {
  Json args{{"role", role}, {"identity", hex_of(std::string("id of ") + who)}};
  if (*institution != '\0') args["institution"] = institution;
  return world.outcome(who, "registration", "apply", args);
}

std::string decide(World& world, const char* admin, const char* method, const char* whom,
                   const char* role = "doctor") {
  Json args{{"address", address_of(whom)}};
  const std::string_view name = method;
  if (name == "approve" || name == "resume") args["role"] = role;
  else args["reason"] = "R1";
  return world.outcome(admin, "registration", method, args);
}

TEST_CASE("accounts: each decision has its state, and its place in the alliance") {
  World world;
  world.populate();
  CHECK(decide(world, "hosp-a admin", "reject", "dr-a") == "not_pending");
  CHECK(decide(world, "hosp-a admin", "resume", "dr-a") == "not_suspended");
  CHECK(apply(world, "new", "doctor", "hosp-a") == "ok");
  CHECK(decide(world, "hosp-a admin", "suspend", "new") == "not_active");
  CHECK(decide(world, "hosp-a admin", "approve", "nobody") == "not_found");
  // A patient who named no hospital belongs to the one that admitted him.
  CHECK(apply(world, "free", "patient") == "ok");
  CHECK(decide(world, "hosp-b admin", "approve", "free", "patient") == "ok");
  CHECK(decide(world, "hosp-a admin", "suspend", "free") == "other_institution");
  CHECK(decide(world, "hosp-b admin", "suspend", "free") == "ok");
  // The alliance's auditor belongs to all of them.
  CHECK(decide(world, "hosp-d admin", "suspend", "auditor") == "ok");
}

TEST_CASE("accounts: as many as may wait at one institution; a session's key gets none") {
  World world;
  world.populate();
  const auto waiting = [&](std::size_t count) {
    world.state.apply({{keys::pending_count("hosp-c"), std::to_string(count)}});
  };
  waiting(kPendingMax);
  CHECK(apply(world, "one", "doctor", "hosp-c") == "too_many_pending");
  CHECK(apply(world, "one", "doctor", "hosp-b") == "ok");
  waiting(kPendingMax - 1);
  CHECK(apply(world, "two", "doctor", "hosp-c") == "ok");
  CHECK(world.outcome("dr-b", "registration", "login",
                      {{"sessionKey", address_of("session")}, {"boxKey", hex_of("box")},
                       {"until", format_utc(world.now + 60)}}) == "ok");
  CHECK(apply(world, "session", "doctor", "hosp-b") == "address_is_session");
}

TEST_CASE("sessions: to their last second, for a day at most, one key one session") {
  World world;
  world.populate();
  const auto login = [&](const char* who, UnixSeconds until) {
    return world.outcome(who, "registration", "login",
                         {{"sessionKey", address_of("session")}, {"boxKey", hex_of("box")},
                          {"until", format_utc(until)}});
  };
  const UnixSeconds longest = kSessionSecondsMax + ledger::kClockSkewSecondsMax;
  CHECK(login("dr-b", world.now) == "session_expired");
  CHECK(login("dr-b", world.now + longest + 1) == "session_too_long");
  CHECK(login("dr-b", world.now + longest) == "ok");
  world.now += longest;
  CHECK(speaks_for(world.state, key_of("session").address(), key_of("dr-b").address(), world.now));
  CHECK_FALSE(speaks_for(world.state, key_of("session").address(), key_of("dr-b").address(),
                         world.now + 1));
  CHECK_FALSE(speaks_for(world.state, key_of("session").address(), key_of("dr-a").address(),
                         world.now));
  CHECK(login("dr-a", world.now + 60) == "session_exists");
  world.now += 1;
  CHECK(login("dr-a", world.now + 60) == "ok");
  CHECK(find_session(world.state, key_of("session").address())->key == key_of("session").address());
}

TEST_CASE("attestations: of patients who have an account, and so many by one institution") {
  World world;
  world.populate();
  const auto attest = [&](const std::string& patient, const std::string& wallet) {
    return world.outcome("hosp-a admin", "registration", "attest",
                         {{"patient", hex_of(patient)}, {"address", address_of(wallet)}});
  };
  CHECK(attest("pat token", "nobody") == "not_a_patient");
  CHECK(attest("pat token", "dr-a") == "not_a_patient");
  CHECK(attest("pat token", "pat") == "ok");
  CHECK(Json::parse(world.run("hosp-a admin", "registration", "attest",
                              {{"patient", hex_of("pat token")}, {"address", address_of("pat")}})
                        .data_json)["outcome"] == "unchanged");
  for (std::size_t i = 1; i <= kWalletsPerPatientMax; ++i) {
    const std::string wallet = "wallet " + std::to_string(i);
    world.enrol(wallet, "patient", "");
    CHECK(attest("pat token", wallet) == (i < kWalletsPerPatientMax ? "ok" : "too_many_bindings"));
  }
  for (std::size_t i = 1; i <= kPatientsPerWalletMax; ++i) {  // it has one by now
    CHECK(attest("ward " + std::to_string(i), "pat") ==
          (i < kPatientsPerWalletMax ? "ok" : "too_many_bindings"));
  }
  CHECK(patients_of(world.state, key_of("pat").address()).size() == kPatientsPerWalletMax);
  CHECK(world.outcome("hosp-b admin", "registration", "attest",
                      {{"patient", hex_of("pat token")}, {"address", address_of("pat")}}) == "ok");
  // One patient by two institutions is one.
  CHECK(patients_of(world.state, key_of("pat").address()).size() == kPatientsPerWalletMax);
}

// --- proposals -----------------------------------------------------------------------------------

Json newcomer() {
  const ledger::Institution one = ledger::testing::make_institution(4);
  return {{"kind", "institution"}, {"institution", one.id}, {"uscc", one.uscc},
          {"admin", one.admin.text()}, {"permission", "read"},
          {"archiveKey", to_hex(one.archive_key)}, {"voteKey", to_hex(one.node.vote_key)},
          {"transportKey", to_hex(one.node.transport_key)}, {"boxKey", to_hex(one.node.box_key)},
          {"peer", one.node.peer}, {"http", one.node.http}};
}

std::string propose(World& world, const Json& proposal, const char* who = "hosp-a admin") {
  return world.outcome(who, "alliance", "propose", proposal);
}

std::string approve(World& world, const std::string& id, const char* institution,
                    const std::vector<const char*>& by = {"hosp-a admin", "hosp-b admin",
                                                          "hosp-c admin"}) {
  std::string outcome;
  for (const char* who : by) {
    outcome = world.outcome(who, "alliance", "approve",
                            {{"proposal", id}, {"institution", institution}});
    if (outcome != "ok") return outcome;
  }
  return outcome;
}

TEST_CASE("proposals: each kind with all that it needs, about whom there is") {
  World world;
  for (const char* member : {"uscc", "admin", "permission", "archiveKey", "voteKey", "transportKey",
                             "boxKey", "peer", "http"}) {
    CAPTURE(member);
    Json bare = newcomer();
    bare.erase(member);
    CHECK(propose(world, bare) == "argument_missing");
  }
  Json other = newcomer();
  other["uscc"] = "91350100M000100Y44";
  CHECK(propose(world, other) == "uscc");
  other = newcomer();
  other["institution"] = "hosp-b";
  CHECK(propose(world, other) == "already_member");
  for (const char* kind : {"validator", "observer", "expel", "permission", "admin"}) {
    CAPTURE(kind);
    CHECK(propose(world, {{"kind", kind}, {"institution", "hosp-z"}, {"reason", "R1"},
                          {"permission", "read"}, {"admin", address_of("x")}}) ==
          "unknown_institution");
  }
  for (const char* kind : {"expel", "permission", "admin"}) {
    CAPTURE(kind);
    CHECK(propose(world, {{"kind", kind}, {"institution", "hosp-b"}}) == "argument_missing");
  }
}

TEST_CASE("proposals: a stranger proposes himself as a newcomer's admin and nothing else") {
  World world;
  CHECK(propose(world, newcomer(), "stranger") == "not_admin");
  Json bare = newcomer();
  bare.erase("admin");
  CHECK(propose(world, bare, "stranger") == "not_admin");
  CHECK(propose(world, {{"kind", "admin"}, {"institution", "hosp-b"},
                        {"admin", address_of("stranger")}}, "stranger") == "not_admin");
  world.populate();
  CHECK(propose(world, {{"kind", "admin"}, {"institution", "hosp-b"},
                        {"admin", address_of("dr-b")}}, "dr-b") == "not_admin");
  CHECK(propose(world, newcomer(), "hosp-e admin") == "ok");
}

TEST_CASE("proposals: a vote names what it is about; an admin has no account elsewhere") {
  World world;
  world.populate();
  const auto replace = [&](const char* by) {
    CHECK(propose(world, {{"kind", "admin"}, {"institution", "hosp-d"},
                          {"admin", address_of(by)}}) == "ok");
    return to_hex(world.last->txid());
  };
  const std::string first = replace("dr-b");
  CHECK(approve(world, first, "hosp-c") == "other_institution");
  CHECK(approve(world, first, "hosp-d") == "admin_has_account");
  CHECK(world.outcome("dr-b", "registration", "login",
                      {{"sessionKey", address_of("session")}, {"boxKey", hex_of("box")},
                       {"until", format_utc(world.now + 600)}}) == "ok");
  CHECK(approve(world, replace("session"), "hosp-d") == "address_is_session");
  world.enrol("colleague", "doctor", "hosp-d");
  const std::string third = replace("colleague");
  CHECK(decide(world, "hosp-d admin", "suspend", "colleague") == "ok");
  CHECK(approve(world, third, "hosp-d") == "admin_has_account");
  CHECK(decide(world, "hosp-d admin", "resume", "colleague") == "ok");
  CHECK(approve(world, third, "hosp-d", {"hosp-c admin"}) == "ok");  // two had said so before
}

// --- the door ------------------------------------------------------------------------------------

TEST_CASE("door: a node takes nothing that no block could execute") {
  World world(testing::at_versions(ledger::testing::make_genesis(5), software_versions()));
  world.populate();
  const auto door = [&](const char* who, const char* signer = "") {
    const auto tx = world.make_tx(who, "registration", "logout",
                                  {{"sessionKey", address_of("none")}}, signer);
    const Status status = world.app.check(*tx, world.now);
    return status ? std::string("ok") : status.error().reason;
  };
  CHECK(door("dr-b") == "ok");
  CHECK(door("stranger") == "not_registered");
  CHECK(door("dr-b", "stranger") == "not_subject");
  CHECK(apply(world, "new", "doctor", "hosp-a") == "ok");
  CHECK(door("new") == "not_active");
  CHECK(world.outcome("hosp-b admin", "alliance", "leave", {{"institution", "hosp-b"}}) == "ok");
  CHECK(door("dr-b") == "not_member");
  const auto open = world.make_tx("stranger", "registration", "apply",
                                  {{"role", "patient"}, {"identity", hex_of("x")}});
  CHECK(world.app.check(*open, world.now).ok());
  const auto used = world.make_tx("pat", "registration", "logout",
                                  {{"sessionKey", address_of("none")}});
  world.commit({used});
  CHECK(world.app.check(*used, world.now).error().reason == "replay");
  CHECK(nonce_used_at(world.state, used->core().from, used->core().nonce) ==
        world.app.tip().height);
  CHECK_FALSE(nonce_used_at(world.state, used->core().from, {}).has_value());
}

TEST_CASE("records: what a release and an audit read of a version") {
  World world;
  world.populate();
  Json args = World::record_args();
  args["handles"] = {hex_of("handle")};
  const auto before = world.make_tx("dr-b", "registration", "logout",
                                    {{"sessionKey", address_of("none")}});
  const auto tx = world.make_tx("bot-a", "records", "create", args);
  world.commit({before, tx});
  const auto version = find_record_version(world.state, hash_of("record 1"), 0);
  REQUIRE(version.ok());
  CHECK(version->record == hash_of("record 1"));
  CHECK(version->version == 1);
  CHECK(version->content == hash_of("c1"));
  CHECK(version->institution == "hosp-a");
  CHECK(version->patient == hash_of("pat token"));
  CHECK(version->txid == tx->txid());
  CHECK(version->height == world.app.tip().height);
  CHECK(version->index == 1);
  CHECK(version->handles == std::vector<Hash32>{hash_of("handle")});
  CHECK(version->commits.size() == 2);
  const auto head = find_record(world.state, hex_of("record 1"));
  CHECK(head->author == key_of("bot-a").address());
  CHECK(head->updated == world.now);
  // The same content is unchanged, whatever it is based on.
  Json same = World::amend_args("record 1", "c1", 9);
  same["handles"] = {hex_of("handle")};
  CHECK(Json::parse(world.run("bot-a", "records", "amend", same).data_json)["outcome"] ==
        "unchanged");
  // Of another class, or the ten thousand and first, it does not become.
  Json other = World::amend_args("record 1", "c2", 1);
  other["docType"] = "C0005";
  CHECK(world.outcome("bot-a", "records", "amend", other) == "immutable_field");
  RecordHead last = *head;
  last.version = kVersionsMax;
  world.state.apply({{keys::record(last.tag), record_json(last)}});
  CHECK(world.outcome("bot-a", "records", "amend",
                      World::amend_args("record 1", "c2", kVersionsMax)) == "too_many_versions");
}

TEST_CASE("door: what no block may execute leaves its nonce free, and says whose fault it is") {
  World world;
  world.populate();
  const auto tx = world.make_tx("pat", "registration", "logout",
                                {{"sessionKey", address_of("none")}});
  const auto used = [&] {
    return nonce_used_at(world.state, tx->core().from, tx->core().nonce).has_value();
  };
  world.now = tx->core().valid_until + 1;
  CHECK(world.commit({tx})[0].reason == "expired");
  CHECK_FALSE(used());
  CHECK(world.app.check(*tx, world.now).error().code == Code::kData);
  world.now = tx->core().valid_until - kReplaySeconds - 1;
  CHECK(world.commit({tx})[0].reason == "validity_window");
  CHECK_FALSE(used());
  world.now += 1;
  CHECK(world.commit({tx})[0].reason == "not_found");  // it was executed: there is no session
  CHECK(used());
  const auto stranger = world.make_tx("stranger", "registration", "logout",
                                      {{"sessionKey", address_of("none")}});
  CHECK(world.app.check(*stranger, world.now).error().code == Code::kDenied);
}

}  // namespace
}  // namespace emr::contracts
