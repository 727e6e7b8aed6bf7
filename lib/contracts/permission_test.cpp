// The permission rules, one condition each: who may end a rule, whose word counts where, what a
// release still needs when the access is committed, and what may be known without opening.
#include <doctest/doctest.h>

#include <algorithm>

#include "contracts/access.h"
#include "contracts/accounts.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/rules.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using ledger::testing::hash_of;
using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::World;

constexpr UnixSeconds kDay = 86400;

struct House {
  World world;
  House() : House(ledger::testing::make_genesis(4)) {}
  explicit House(ledger::Genesis genesis, const Software& versions = software_versions())
      : world(testing::at_versions(std::move(genesis), versions)) {
    world.populate();
    world.enrol("bot-b", "service", "hosp-b");
    write("bot-a", "record 1");
    write("bot-b", "of b");
  }
  void write(const char* who, const char* record, const char* confidentiality = "N") {
    Json args = World::record_args(record);
    args["confidentiality"] = confidentiality;
    REQUIRE(world.outcome(who, "records", "create", args) == "ok");
  }
  std::string attest(const char* admin, const char* wallet, const char* method = "attest") {
    return world.outcome(admin, "registration", method,
                         {{"patient", hex_of("pat token")}, {"address", address_of(wallet)}});
  }
  /// The rule's id.
  std::string grant(const char* who, Json args) {
    REQUIRE(world.outcome(who, "permission", "grant", std::move(args)) == "ok");
    return to_hex(world.last->txid());
  }
  Json to(const char* kind, const std::string& id) const { return world.grant_args(kind, id); }
  std::string revoke(const char* who, const std::string& rule) {
    return world.outcome(who, "permission", "revoke", {{"grant", rule}});
  }
  std::string open(const char* who, const char* record = "record 1", const char* purpose = "TREAT",
                   const char* signer = "") {
    Json args = World::access_args(record);
    args["purpose"] = purpose;
    return world.outcome(who, "permission", "access", args, signer);
  }
};

TEST_CASE("revoke: a rule in trust is its institution's to end, whoever is its admin there") {
  House t;
  t.world.enrol("admin-c2", "admin", "hosp-c");
  Json args = t.to("doctor", address_of("dr-b"));
  args["patient"] = hex_of("no wallet");
  const std::string rule = t.grant("hosp-c admin", args);
  CHECK(t.revoke("hosp-b admin", rule) == "not_the_patient");
  CHECK(t.revoke("pat", rule) == "not_the_patient");
  CHECK(t.revoke("admin-c2", rule) == "ok");
}

TEST_CASE("revoke: a rule in trust is the patient's to end once he is known there, not elsewhere") {
  House t;
  Json args = t.to("doctor", address_of("dr-b"));
  args["patient"] = hex_of("pat token");
  const std::string rule = t.grant("hosp-c admin", args);
  CHECK(t.revoke("pat", rule) == "not_the_patient");  // attested at hosp-a alone
  t.world.enrol("pat-c", "patient", "");
  CHECK(t.attest("hosp-c admin", "pat-c") == "ok");
  CHECK(t.revoke("pat-c", rule) == "ok");
}

TEST_CASE("revoke: who made a rule may end it when nobody attests him any more; nobody else may") {
  House t;
  const std::string rule = t.grant("pat", t.to("doctor", address_of("dr-b")));
  t.world.enrol("mallory", "patient", "");
  CHECK(t.attest("hosp-a admin", "pat", "unattest") == "ok");
  CHECK(t.revoke("mallory", rule) == "not_the_patient");
  CHECK(t.revoke("hosp-a admin", rule) == "not_the_patient");
  CHECK(t.revoke("pat", rule) == "ok");
  const auto first = find_rule(t.world.state, hex_of("pat token"), rule);
  t.world.now += 100;
  t.world.run("pat", "permission", "revoke", {{"grant", rule}});
  CHECK(find_rule(t.world.state, hex_of("pat token"), rule)->revoked == first->revoked);
}

TEST_CASE("rules: for whom they name, where their maker's word counts, and when they say") {
  House t;
  t.grant("pat", t.to("institution", "hosp-c"));
  CHECK(t.open("dr-b") == "no_rule");
  t.grant("pat", t.to("role", "service"));
  CHECK(t.open("dr-b") == "no_rule");
  CHECK(t.open("bot-b") == "ok");
  Json elsewhere = t.to("doctor", address_of("dr-b"));
  elsewhere["scope"] = {{"institutions", {"hosp-b"}}};
  t.grant("pat", elsewhere);
  CHECK(t.open("dr-b") == "no_rule");
  Json later = t.to("doctor", address_of("dr-b"));
  later["since"] = format_utc(t.world.now + 60);
  t.grant("pat", later);
  CHECK(t.open("dr-b") == "no_rule");
  t.grant("hosp-c admin", t.to("doctor", address_of("dr-a")));  // in trust, for its own records
  CHECK(t.open("dr-a", "of b") == "no_rule");
  CHECK(t.open("dr-b") == "no_rule");
  t.world.now += 60;
  CHECK(t.open("dr-b") == "ok");
}

TEST_CASE("rules: what an institution ruled in trust ends when a wallet is attested there") {
  House t;
  t.grant("hosp-b admin", t.to("doctor", address_of("dr-a")));
  CHECK(t.open("dr-a", "of b") == "ok");
  CHECK(t.attest("hosp-b admin", "pat") == "ok");
  CHECK(t.open("dr-a", "of b") == "no_rule");
}

TEST_CASE("rules: of several that permit, the one that lasts longest carries the access") {
  for (const bool longest_first : {true, false}) {
    House t;
    std::string longest;
    for (const int days : {longest_first ? 20 : 10, longest_first ? 10 : 20}) {
      Json args = t.to("doctor", address_of("dr-b"));
      args["until"] = format_utc(t.world.now + days * kDay);
      const std::string rule = t.grant("pat", args);
      if (days == 20) longest = rule;
    }
    const auto receipt = t.world.run("dr-b", "permission", "access", World::access_args());
    CHECK(Json::parse(receipt.data_json)["grant"] == longest);
  }
}

TEST_CASE("rules: the alliance's policy is for treatment by doctors of the same house") {
  House t;
  CHECK(t.open("dr-a2") == "ok");
  CHECK(t.open("dr-a2", "record 1", "HRESCH") == "no_rule");
  t.write("dr-a", "restricted", "V");
  CHECK(t.open("dr-a", "restricted") == "ok");  // his own
  CHECK(t.open("dr-a2", "restricted") == "no_rule");
  t.world.use_policy("all-normal");
  CHECK(t.open("dr-a2", "restricted") == "ok");
  CHECK(t.open("dr-b", "restricted") == "no_rule");
  t.world.use_policy("break-glass-only");
  CHECK(t.open("dr-a2") == "no_rule");
}

TEST_CASE("rules: past the number that one decision reads nothing is permitted") {
  House t;
  const std::string rule = t.grant("pat", t.to("doctor", address_of("dr-b")));
  const std::string text = *t.world.state.get(keys::grant(hex_of("pat token"), rule));
  const auto fill = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      t.world.state.apply({{keys::grant(hex_of("pat token"), "x" + std::to_string(i)), text}});
    }
  };
  fill(1, kGrantsPerPatientMax - 1);
  CHECK(t.open("dr-b") == "ok");
  t.world.enrol("pat-2", "patient", "");
  CHECK(t.attest("hosp-a admin", "pat-2") == "ok");
  fill(kGrantsPerPatientMax - 1, kGrantsPerPatientMax);
  CHECK(t.world.outcome("pat-2", "permission", "grant", t.to("doctor", address_of("dr-b"))) ==
        "too_many_rules");
  CHECK(t.open("dr-b") == "too_many_rules");
}

TEST_CASE("grant: a period from now on that has a length and is not too long; readers by role") {
  House t;
  const auto outcome = [&](UnixSeconds since, UnixSeconds until) {
    Json args = t.to("role", "auditor");
    args["since"] = format_utc(t.world.now + since);
    args["until"] = format_utc(t.world.now + until);
    return t.world.outcome("pat", "permission", "grant", args);
  };
  CHECK(outcome(5, 5) == "empty_period");
  CHECK(outcome(5, 4) == "empty_period");
  CHECK(outcome(-9, 0) == "empty_period");
  CHECK(outcome(-9, 1) == "ok");
  CHECK(outcome(5, 5 + kGrantSecondsMax) == "ok");
  CHECK(outcome(5, 6 + kGrantSecondsMax) == "period_too_long");
  CHECK(t.world.outcome("pat", "permission", "grant", t.to("role", "patient")) ==
        "unknown_reader");
}

TEST_CASE("grant: as many rules as one signer may make about one patient") {
  House t;
  t.world.enrol("pat-2", "patient", "");
  CHECK(t.attest("hosp-a admin", "pat-2") == "ok");
  for (std::size_t i = 0; i < kGrantsPerSignerMax; ++i) {
    t.grant("pat", t.to("doctor", address_of("dr-b")));
  }
  CHECK(t.world.outcome("pat", "permission", "grant", t.to("doctor", address_of("dr-b"))) ==
        "too_many_rules");
  CHECK(t.world.outcome("pat-2", "permission", "grant", t.to("doctor", address_of("dr-b"))) ==
        "ok");
}

TEST_CASE("permission 1: no rule and no access is about emergencies") {
  Software old = software_versions();
  for (ledger::ContractVersion& one : old) one.version -= one.name == "permission" ? 1 : 0;
  House t(ledger::testing::make_genesis(4), old);
  CHECK(t.open("dr-a", "record 1", "BTG") == "not_in_version");
  Json args = t.to("doctor", address_of("dr-b"));
  args["purpose"] = {"TREAT", "BTG"};
  CHECK(t.world.outcome("pat", "permission", "grant", args) == "not_in_version");
  CHECK(t.open("dr-a") == "ok");
}

// --- what a release needs ------------------------------------------------------------------------

TEST_CASE("release: the access says what it is; it ends with the session and the membership") {
  House t(ledger::testing::make_genesis(5));
  t.grant("pat", t.to("doctor", address_of("dr-b")));
  CHECK(t.world.outcome("dr-b", "registration", "login",
                        {{"sessionKey", address_of("session")}, {"boxKey", hex_of("box")},
                         {"until", format_utc(t.world.now + 3600)}}) == "ok");
  REQUIRE(t.open("dr-b", "record 1", "TREAT", "session") == "ok");
  const Hash32 by_session = t.world.last->txid();
  REQUIRE(t.open("dr-b") == "ok");
  const Hash32 by_wallet = t.world.last->txid();
  const auto right = find_access(t.world.state, by_session, t.world.now);
  REQUIRE(right.ok());
  CHECK(right->txid == by_session);
  CHECK(right->from == testing::key_of("dr-b").address());
  CHECK(right->signer == testing::key_of("session").address());
  CHECK(right->box_key == hash_of("box"));
  CHECK(right->record == hash_of("record 1"));
  CHECK(right->version == 1);
  CHECK(right->parts == std::vector<ledger::Part>{ledger::Part::kOriginal});
  const auto lives = [&](const Hash32& txid) {
    return find_access(t.world.state, txid, t.world.now).ok();
  };
  CHECK(find_access(t.world.state, by_session, right->expires).ok());
  CHECK_FALSE(find_access(t.world.state, by_session, right->expires + 1).ok());
  CHECK(t.world.outcome("dr-b", "registration", "logout", {{"sessionKey", address_of("session")}},
                        "session") == "ok");
  CHECK_FALSE(lives(by_session));
  CHECK(lives(by_wallet));
  CHECK(t.world.outcome("hosp-b admin", "alliance", "leave", {{"institution", "hosp-b"}}) == "ok");
  CHECK_FALSE(lives(by_wallet));
}

TEST_CASE("content: staff of a writing institution put blocks, while they are active") {
  House t(ledger::testing::make_genesis(4, true));
  t.world.enrol("bot-d", "service", "hosp-d");
  t.world.enrol("auditor-a", "auditor", "hosp-a");
  const auto may = [&](const char* who) {
    return may_put_content(t.world.state, testing::key_of(who).address());
  };
  for (const char* who : {"dr-a", "bot-a", "hosp-a admin"}) CHECK(may(who));
  for (const char* who : {"pat", "auditor", "auditor-a", "bot-d", "stranger"}) {
    CAPTURE(who);
    CHECK_FALSE(may(who));
  }
  CHECK(t.world.outcome("hosp-a admin", "registration", "suspend",
                        {{"address", address_of("dr-a")}, {"reason", "left"}}) == "ok");
  CHECK_FALSE(may("dr-a"));
}

TEST_CASE("may know: one's own house's records, all as the alliance's auditor, or by rule") {
  House t;
  t.world.enrol("auditor-a", "auditor", "hosp-a");
  const auto knows = [&](const char* who, const char* record) {
    return may_see_record(t.world.state, t.world.genesis, testing::key_of(who).address(),
                          hash_of(record), t.world.now);
  };
  for (const char* who : {"dr-a", "bot-a", "hosp-a admin", "auditor-a", "auditor", "pat"}) {
    CAPTURE(who);
    CHECK(knows(who, "record 1"));
  }
  for (const char* who : {"dr-a", "bot-a", "hosp-a admin", "auditor-a", "pat", "stranger"}) {
    CAPTURE(who);
    CHECK_FALSE(knows(who, "of b"));
  }
  CHECK(knows("auditor", "of b"));
  CHECK_FALSE(knows("auditor", "nothing"));
  CHECK_FALSE(knows("dr-b", "record 1"));
  t.grant("pat", t.to("doctor", address_of("dr-b")));
  CHECK(knows("dr-b", "record 1"));
  CHECK(t.world.outcome("hosp-b admin", "registration", "suspend",
                        {{"address", address_of("dr-b")}, {"reason", "left"}}) == "ok");
  CHECK_FALSE(knows("dr-b", "record 1"));
  const auto head = find_record(t.world.state, hex_of("record 1"));
  const auto account = find_account(t.world.state, testing::key_of("dr-b").address());
  CHECK(judge(t.world.state, t.world.genesis, *account, *head, "TREAT", t.world.now).reason ==
        "not_active");
  CHECK(t.world.outcome("hosp-b admin", "registration", "resume",
                        {{"address", address_of("dr-b")}, {"role", "doctor"}}) == "ok");
  CHECK(knows("dr-b", "record 1"));
  CHECK(t.world.outcome("pat", "registration", "deregister", {{"patient", hex_of("pat token")}}) ==
        "ok");
  CHECK_FALSE(knows("dr-b", "record 1"));
  CHECK(t.world.outcome("dr-b", "permission", "emergency",
                        {{"record", hex_of("record 1")}, {"reasonCode", "unconscious"},
                         {"minutes", 60}}) == "ok");
  CHECK_FALSE(knows("dr-b", "record 1"));  // not even so
  CHECK(knows("dr-a", "record 1"));        // what its own house must keep
}

TEST_CASE("rules: a rule is over at its last second, and its row says who made it") {
  House t;
  const std::string id = t.grant("pat", t.to("doctor", address_of("dr-b")));
  const auto rule = find_rule(t.world.state, hex_of("pat token"), id);
  const auto status = [&](UnixSeconds time) {
    return Json::parse(rule_json(*rule, time))["status"];
  };
  CHECK(status(rule->until - 1) == "active");
  CHECK(status(rule->until) == "expired");
  CHECK(Json::parse(rule_json(*rule, t.world.now))["source"] == "patient");
  Json args = t.to("doctor", address_of("dr-b"));
  args["patient"] = hex_of("no wallet");
  const std::string trusted = t.grant("hosp-c admin", args);
  CHECK(Json::parse(rule_json(*find_rule(t.world.state, hex_of("no wallet"), trusted),
                              t.world.now))["source"] == "institution");
}

}  // namespace
}  // namespace emr::contracts
