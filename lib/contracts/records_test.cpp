// Records and permission: idempotent writing, versions (R-081), rules and their judgement, access.
#include "contracts/records.h"

#include <doctest/doctest.h>

#include "contracts/access.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using ledger::testing::hash_of;
using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::World;

Json data_of(const ledger::Receipt& receipt) { return Json::parse(receipt.data_json); }

TEST_CASE("records: created once, then unchanged, then a conflict, then amended (R-081)") {
  World world;
  world.populate();
  auto receipt = world.run("bot-a", "records", "create", World::record_args());
  CHECK(data_of(receipt)["outcome"] == "created");
  const auto size = world.state.entries().size();
  receipt = world.run("bot-a", "records", "create", World::record_args());
  CHECK(data_of(receipt)["outcome"] == "unchanged");
  CHECK(data_of(receipt)["version"] == 1);
  CHECK(world.state.entries().size() == size + 4);  // replay, its expiry, audit, its index
  CHECK(world.outcome("bot-a", "records", "create", World::record_args("record 1", "c2")) ==
        "conflict");
  CHECK(world.outcome("bot-a", "records", "amend", World::amend_args("record 1", "c2", 7)) ==
        "conflict");
  receipt = world.run("bot-a", "records", "amend", World::amend_args("record 1", "c2", 1));
  CHECK(data_of(receipt)["version"] == 2);
  CHECK(world.outcome("bot-a", "records", "amend", World::amend_args("record 1", "c3", 1)) ==
        "conflict");
  const auto rows = world.ask("dr-a", {{"kind", "history"}, {"record", hex_of("record 1")}});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["content"] == hex_of("c1"));
  CHECK(rows[1]["reasonCode"] == "correction");
}

TEST_CASE("records: only the writing institution amends, and patient and class never change") {
  World world;
  world.populate();
  world.enrol("bot-b", "service", "hosp-b");
  CHECK(world.outcome("bot-a", "records", "create", World::record_args()) == "ok");
  CHECK(world.outcome("bot-b", "records", "create", World::record_args()) == "not_author");
  CHECK(world.outcome("bot-b", "records", "amend", World::amend_args("record 1", "c2", 1)) ==
        "not_author");
  Json other = World::amend_args("record 1", "c2", 1);
  other["patient"] = hex_of("another patient");
  CHECK(world.outcome("bot-a", "records", "amend", other) == "immutable_field");
  CHECK(world.outcome("bot-a", "records", "amend", World::amend_args("none", "c", 1)) ==
        "not_found");
}

TEST_CASE("records: a read-only institution writes nothing (R-072)") {
  World world(true);
  world.enrol("bot-d", "service", "hosp-d");
  CHECK(world.outcome("bot-d", "records", "create", World::record_args()) ==
        "read_only_institution");
}

struct Opened {
  World world;
  Opened() {
    world.populate();
    world.run("bot-a", "records", "create", World::record_args());
    Json restricted = World::record_args("restricted", "r1");
    restricted["confidentiality"] = "R";
    world.run("bot-a", "records", "create", restricted);
  }
  std::string open(const char* who, const char* record = "record 1") {
    return world.outcome(who, "permission", "access", World::access_args(record));
  }
  std::string grant(const Json& args, const char* who = "pat") {
    return world.outcome(who, "permission", "grant", args);
  }
};

TEST_CASE("access: default deny; patient, author and own institution within the implicit policy") {
  Opened t;
  CHECK(t.open("pat") == "ok");
  CHECK(t.open("pat", "restricted") == "ok");
  CHECK(t.open("dr-a") == "ok");
  CHECK(t.open("dr-a", "restricted") == "no_rule");
  CHECK(t.open("bot-a", "restricted") == "no_rule");  // the importer wrote it and reads nothing
  CHECK(t.open("dr-b") == "no_rule");
  CHECK(t.open("auditor") == "no_rule");
  CHECK(t.open("hosp-a admin") == "no_rule");
  CHECK(t.open("dr-b", "nothing there") == "not_found");
}

TEST_CASE("grant: permits within purpose, scope and time, and until it is revoked") {
  Opened t;
  CHECK(t.grant(t.world.grant_args("doctor", address_of("dr-b"))) == "ok");
  const std::string id = to_hex(t.world.last->txid());
  const auto receipt =
      t.world.run("dr-b", "permission", "access", World::access_args());
  CHECK(data_of(receipt)["basis"] == "grant");
  CHECK(data_of(receipt)["grant"] == id);
  CHECK(t.open("dr-b", "restricted") == "ok");
  Json research = World::access_args();
  research["purpose"] = "HRESCH";
  CHECK(t.world.outcome("dr-b", "permission", "access", research) == "no_rule");
  CHECK(t.open("dr-a2", "restricted") == "no_rule");  // the grant is dr-b's
  CHECK(t.world.outcome("dr-b", "permission", "revoke", {{"grant", id}}) == "role");
  CHECK(t.world.outcome("pat", "permission", "revoke", {{"grant", id}}) == "ok");
  CHECK(t.open("dr-b") == "no_rule");
}

TEST_CASE("grant: expiry is judged by block time (finding 5)") {
  Opened t;
  CHECK(t.grant(t.world.grant_args("doctor", address_of("dr-b"))) == "ok");
  t.world.now += 30 * 86400 - 1;
  CHECK(t.open("dr-b") == "ok");
  t.world.now += 1;
  CHECK(t.open("dr-b") == "no_rule");
}

TEST_CASE("grant: deny beats permit, in whatever order they were given") {
  for (const bool deny_first : {true, false}) {
    Opened t;
    const Json permit = t.world.grant_args("doctor", address_of("dr-b"));
    const Json deny = t.world.grant_args("institution", "hosp-b", "deny");
    CHECK(t.grant(deny_first ? deny : permit) == "ok");
    CHECK(t.grant(deny_first ? permit : deny) == "ok");
    CHECK(t.open("dr-b") == "denied_by_rule");
  }
}

TEST_CASE("grant: a patient may lock out the writing institution's doctors") {
  Opened t;
  CHECK(t.grant(t.world.grant_args("institution", "hosp-a", "deny")) == "ok");
  CHECK(t.open("dr-a") == "denied_by_rule");
  CHECK(t.open("pat") == "ok");
}

TEST_CASE("grant: scope by record, class and institution") {
  Opened t;
  Json args = t.world.grant_args("doctor", address_of("dr-b"));
  args["scope"] = {{"records", {hex_of("restricted")}}};
  CHECK(t.grant(args) == "ok");
  CHECK(t.open("dr-b", "restricted") == "ok");
  CHECK(t.open("dr-b") == "no_rule");
  Opened u;
  args["scope"] = {{"docTypes", {"C0001"}}};
  CHECK(u.grant(args) == "ok");
  CHECK(u.open("dr-b") == "no_rule");
  args["scope"] = {{"institutions", {"hosp-a"}}, {"docTypes", {"C0002"}}};
  CHECK(u.grant(args) == "ok");
  CHECK(u.open("dr-b") == "ok");
}

TEST_CASE("grant: a ledger of permission version 1 writes rules as it always did") {
  const auto stored = [](std::uint32_t version) {
    World world(false, version);
    world.populate();
    CHECK(world.outcome("pat", "permission", "grant",
                        world.grant_args("doctor", address_of("dr-b"))) == "ok");
    return world.ask("pat", {{"kind", "grants"}})[0];
  };
  CHECK_FALSE(stored(1).contains("height"));
  CHECK(stored(2).contains("height"));
}

TEST_CASE("grant: only the patient's own wallet; in trust only while there is none") {
  Opened t;
  const Json args = t.world.grant_args("doctor", address_of("dr-b"));
  CHECK(t.grant(args, "dr-b") == "role");
  CHECK(t.grant(args, "hosp-a admin") == "not_the_patient");  // a wallet is attested here
  t.world.enrol("other", "patient", "");
  CHECK(t.grant(args, "other") == "not_the_patient");
  // hosp-b has attested no wallet: it may rule in trust, but only over its own records
  CHECK(t.grant(args, "hosp-b admin") == "ok");
  CHECK(t.open("dr-b") == "no_rule");
}

TEST_CASE("revoke: a wallet that one dishonest member attested lifts nothing") {
  Opened t;
  CHECK(t.grant(t.world.grant_args("doctor", address_of("dr-a"), "deny")) == "ok");
  const Json rule{{"grant", to_hex(t.world.last->txid())}};
  const auto attest = [&](const char* admin, const char* wallet) {
    return t.world.outcome(admin, "registration", "attest",
                           {{"patient", hex_of("pat token")}, {"address", address_of(wallet)}});
  };
  t.world.enrol("mallory", "patient", "");
  CHECK(t.world.outcome("mallory", "permission", "revoke", rule) == "not_the_patient");
  CHECK(attest("hosp-d admin", "mallory") == "ok");
  CHECK(t.world.outcome("mallory", "permission", "revoke", rule) == "not_the_patient");
  CHECK(t.grant(t.world.grant_args("doctor", address_of("dr-b")), "mallory") == "ok");
  CHECK(t.open("dr-b") == "no_rule");  // her word counts at hosp-d only
  CHECK(t.open("dr-a") == "denied_by_rule");
  // The patient's next wallet, attested where the first one was, may end it.
  t.world.enrol("pat2", "patient", "");
  CHECK(attest("hosp-a admin", "pat2") == "ok");
  CHECK(t.world.outcome("pat2", "permission", "revoke", rule) == "ok");
  CHECK(t.open("dr-a") == "ok");
}

TEST_CASE("limits: one member cannot use up what another needs") {
  Opened t;
  // hosp-d attests as many wallets as it may for the patient ...
  std::string outcome;
  for (int i = 0; i < 12; ++i) {
    const std::string wallet = "w" + std::to_string(i);
    t.world.enrol(wallet, "patient", "");
    outcome = t.world.outcome("hosp-d admin", "registration", "attest",
                              {{"patient", hex_of("pat token")}, {"address", address_of(wallet)}});
  }
  CHECK(outcome == "too_many_bindings");
  // ... and hosp-b can still attest the patient's own.
  CHECK(t.world.outcome("hosp-b admin", "registration", "attest",
                        {{"patient", hex_of("pat token")}, {"address", address_of("pat")}}) ==
        "ok");
}

TEST_CASE("grant: periods and readers that make no sense are refused") {
  Opened t;
  Json args = t.world.grant_args("doctor", address_of("dr-b"));
  args["until"] = args["since"];
  CHECK(t.grant(args) == "empty_period");
  args["until"] = "2050-01-01T00:00:00Z";
  CHECK(t.grant(args) == "period_too_long");
  CHECK(t.grant(t.world.grant_args("doctor", "hosp-b")) == "unknown_reader");
  CHECK(t.grant(t.world.grant_args("doctor", address_of("nobody"))) == "unknown_reader");
  Json other = World::record_args("of another patient");
  other["patient"] = hex_of("other patient");
  t.world.run("bot-a", "records", "create", other);
  for (const char* record : {"nothing there", "of another patient"}) {
    Json narrow = t.world.grant_args("doctor", address_of("dr-b"));
    narrow["scope"] = {{"records", {hex_of("record 1"), hex_of(record)}}};
    CHECK(t.grant(narrow) == "unknown_record");
  }
  CHECK(t.grant(t.world.grant_args("institution", "hosp-z")) == "unknown_reader");
  CHECK(t.grant(t.world.grant_args("role", "patient")) == "unknown_reader");
}

TEST_CASE("access: is the only permission to release, and ends by time, suspension and logout") {
  Opened t;
  CHECK(t.open("dr-a") == "ok");
  const Hash32 txid = t.world.last->txid();
  const auto right = find_access(t.world.state, txid, t.world.now);
  REQUIRE(right.ok());
  CHECK(right->version == 1);
  CHECK(right->box_key == hash_of("box"));
  CHECK(right->parts == std::vector{ledger::Part::kOriginal});
  CHECK(find_access(t.world.state, txid, t.world.now + 600).ok());
  CHECK_FALSE(find_access(t.world.state, txid, t.world.now + 601).ok());
  CHECK_FALSE(find_access(t.world.state, hash_of("none"), t.world.now).ok());
  CHECK(t.open("dr-b") == "no_rule");
  CHECK_FALSE(find_access(t.world.state, t.world.last->txid(), t.world.now).ok());
  t.world.run("hosp-a admin", "registration", "suspend",
              {{"address", address_of("dr-a")}, {"reason", "left"}});
  CHECK(find_access(t.world.state, txid, t.world.now).error().reason == "no_access");
}

TEST_CASE("access: never longer than the rule, only parts and versions that exist") {
  Opened t;
  Json args = t.world.grant_args("doctor", address_of("dr-b"));
  args["until"] = format_utc(t.world.now + 120);
  CHECK(t.grant(args) == "ok");
  const auto receipt = t.world.run("dr-b", "permission", "access", World::access_args());
  CHECK(data_of(receipt)["expires"] == format_utc(t.world.now + 120));
  Json manifest = World::access_args();
  manifest["parts"] = {"manifest"};
  CHECK(t.world.outcome("dr-b", "permission", "access", manifest) == "no_such_part");
  Json both = World::access_args();
  both["parts"] = {"original", "manifest"};
  const auto partly = t.world.run("dr-b", "permission", "access", both);
  CHECK(data_of(partly)["parts"] == Json{"original"});
  Json version = World::access_args();
  version["version"] = 2;
  CHECK(t.world.outcome("dr-b", "permission", "access", version) == "not_found");
}

}  // namespace
}  // namespace emr::contracts
