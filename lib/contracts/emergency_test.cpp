// Emergency access (R-091, EMG-1, AUD-2): declared by a doctor, used within its time, seen by the
// patient, reviewed by somebody else.
#include "contracts/emergency.h"

#include <doctest/doctest.h>

#include "contracts/access.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::World;

constexpr UnixSeconds kHour = 3600;

struct Ward {
  World world;
  explicit Ward(const char* policy = "basic-normal") {
    world.use_policy(policy);
    world.populate();
    world.run("bot-a", "records", "create", World::record_args());
    Json restricted = World::record_args("restricted", "r1");
    restricted["confidentiality"] = "V";
    world.run("bot-a", "records", "create", restricted);
  }
  Json declare(Json about, const char* who = "dr-b", const char* reason = "unconscious") {
    about["reasonCode"] = reason;
    about["minutes"] = 240;
    return Json::parse(world.run(who, "permission", "emergency", about).data_json);
  }
  std::string open(const char* who, const char* record = "record 1", const char* purpose = "BTG") {
    Json args = World::access_args(record);
    args["purpose"] = purpose;
    return world.outcome(who, "permission", "access", args);
  }
  std::string review(const char* who, const Json& id, const char* outcome = "justified") {
    return world.outcome(who, "permission", "review", {{"emergency", id}, {"outcome", outcome}});
  }
  std::string forbid(const char* purpose) {
    Json args = world.grant_args("role", "doctor", "deny");
    args["purpose"] = {purpose};
    return world.outcome("pat", "permission", "grant", args);
  }
};

const Json kPatient{{"patient", hex_of("pat token")}};
const Json kRecord{{"record", hex_of("record 1")}};

TEST_CASE("emergency: a doctor without any rule reads within the time box, and no longer") {
  Ward t;
  CHECK(t.open("dr-b") == "no_emergency");
  const Json declared = t.declare(kPatient);
  CHECK(declared["outcome"] == "declared");
  CHECK(declared["until"] == format_utc(t.world.now + 4 * kHour));
  const auto receipt = [&] {
    Json args = World::access_args("restricted");
    args["purpose"] = "BTG";
    return Json::parse(t.world.run("dr-b", "permission", "access", args).data_json);
  }();
  CHECK(receipt["basis"] == "emergency");
  CHECK(receipt["emergency"] == declared["emergency"]);
  CHECK(find_access(t.world.state, t.world.last->txid(), t.world.now).ok());
  CHECK(t.open("dr-b", "record 1", "TREAT") == "no_rule");  // no other purpose is covered
  CHECK(t.open("dr-a2", "restricted") == "no_emergency");   // nobody else is
  t.world.now += 4 * kHour - 60;
  CHECK(t.open("dr-b") == "ok");
  // The key parts end with the time box, though ten minutes were asked for.
  CHECK_FALSE(find_access(t.world.state, t.world.last->txid(), t.world.now + 61).ok());
  t.world.now += 60;
  CHECK(t.open("dr-b") == "no_emergency");
}

TEST_CASE("emergency: about one record it opens that one; twice is once while it runs") {
  Ward t;
  const Json first = t.declare(kRecord);
  CHECK(t.open("dr-b") == "ok");
  CHECK(t.open("dr-b", "restricted") == "no_emergency");
  const Json again = t.declare(kRecord);
  CHECK(again["outcome"] == "unchanged");
  CHECK(again["emergency"] == first["emergency"]);
  t.world.now += 5 * kHour;
  CHECK(t.declare(kRecord)["outcome"] == "declared");
  CHECK(t.open("dr-b") == "ok");
}

TEST_CASE("emergency: what the ledger does not have, and what is no period, is refused") {
  Ward t;
  const auto outcome = [&](Json args) {
    args["reasonCode"] = "disaster";
    if (!args.contains("minutes")) args["minutes"] = 60;
    return t.world.outcome("dr-b", "permission", "emergency", args);
  };
  CHECK(outcome({{"patient", hex_of("nobody")}}) == "not_found");
  CHECK(outcome({{"record", hex_of("nothing")}}) == "not_found");
  CHECK(outcome(Json::object()) == "patient_or_record");
  CHECK(outcome({{"patient", hex_of("pat token")}, {"record", hex_of("record 1")}}) ==
        "patient_or_record");
  CHECK(outcome({{"patient", hex_of("pat token")}, {"minutes", 0}}) == "empty_period");
  CHECK(t.world.ask("auditor", {{"kind", "emergencies"}}).empty());
}

TEST_CASE("emergency: a rule that forbids BTG beats it, one that forbids treatment does not") {
  Ward t;
  t.declare(kPatient);
  CHECK(t.forbid("TREAT") == "ok");
  CHECK(t.open("dr-b") == "ok");
  CHECK(t.forbid("BTG") == "ok");
  CHECK(t.open("dr-b") == "denied_by_rule");
  CHECK(t.open("pat", "record 1", "PATRQT") == "ok");
}

TEST_CASE("emergency: the policy deny wants a rule of the patient besides, break-glass-only none") {
  Ward strict("deny");
  strict.declare(kPatient);
  CHECK(strict.open("dr-b") == "no_rule");
  Json permit = strict.world.grant_args("role", "doctor");
  permit["purpose"] = {"BTG"};
  CHECK(strict.world.outcome("pat", "permission", "grant", permit) == "ok");
  CHECK(strict.open("dr-b") == "ok");
  CHECK(strict.open("dr-a2") == "no_emergency");  // the rule alone opens nothing
  Ward glass("break-glass-only");
  glass.declare(kPatient);
  CHECK(glass.open("dr-b") == "ok");
}

TEST_CASE("emergency: it shows which records there are, while it runs") {
  Ward t;
  const Json list{{"kind", "records"}, {"patient", hex_of("pat token")}};
  CHECK(t.world.ask("dr-b", list).empty());
  t.declare(kPatient);
  CHECK(t.world.ask("dr-b", list).size() == 2);
  CHECK(t.forbid("HRESCH") == "ok");
  CHECK(t.world.ask("dr-b", list).size() == 2);
  t.world.now += 4 * kHour;
  CHECK(t.world.ask("dr-b", list).empty());
}

TEST_CASE("emergency: patient, doctor, his admin and auditors see it; nobody else") {
  Ward t;
  const Json id = t.declare(kPatient)["emergency"];
  CHECK(t.open("dr-b") == "ok");
  for (const char* who : {"pat", "dr-b", "hosp-b admin", "auditor"}) {
    CAPTURE(who);
    const auto rows = t.world.ask(who, {{"kind", "emergencies"}});
    REQUIRE(rows.size() == 1);
    CHECK(rows[0]["id"] == id);
    CHECK(rows[0]["reasonCode"] == "unconscious");
    CHECK(rows[0]["reviewed"] == false);
  }
  for (const char* who : {"dr-a", "hosp-a admin", "bot-a"}) {
    CAPTURE(who);
    CHECK(t.world.ask(who, {{"kind", "emergencies"}}).empty());
  }
  // In the patient's list of rules it has its source, and in the audit its purpose.
  Json rules = t.world.ask("pat", {{"kind", "grants"}});
  REQUIRE(rules.size() == 1);
  CHECK(rules[0]["source"] == "emergency");
  CHECK(rules[0]["status"] == "active");
  CHECK(rules[0]["to"]["id"] == address_of("dr-b"));
  CHECK(t.world.ask("dr-b", {{"kind", "grants"}}).size() == 1);
  CHECK(t.world.outcome("pat", "permission", "grant",
                        t.world.grant_args("doctor", address_of("dr-b"))) == "ok");
  rules = t.world.ask("pat", {{"kind", "grants"}});
  REQUIRE(rules.size() == 2);
  CHECK(rules[1]["source"] == "patient");
  const auto audit = t.world.ask("pat", {{"kind", "audit"}, {"purpose", "BTG"}});
  REQUIRE(audit.size() == 2);
  CHECK(audit[0]["action"] == "permission.emergency");
  CHECK(audit[0]["reasonCode"] == "unconscious");
  CHECK(audit[1]["rule"] == id);
}

TEST_CASE("review: by his admin or an auditor, never by the doctor, a stranger, or twice") {
  Ward t;
  const Json id = t.declare(kPatient)["emergency"];
  CHECK(t.review("dr-b", id) == "role");
  CHECK(t.review("dr-a", id) == "role");
  CHECK(t.review("hosp-a admin", id) == "other_institution");
  CHECK(t.review("hosp-b admin", Json(hex_of("none"))) == "not_found");
  CHECK(t.review("hosp-b admin", id) == "ok");
  CHECK(t.review("hosp-b admin", id, "unjustified") == "already_reviewed");
  CHECK(t.review("auditor", id, "unjustified") == "ok");  // the alliance has the last word
  CHECK(t.review("auditor", id) == "already_reviewed");
  const auto rows = t.world.ask("pat", {{"kind", "emergencies"}});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["reviewed"] == true);
  CHECK(rows[0]["review"]["outcome"] == "unjustified");
  const auto audit = t.world.ask("pat", {{"kind", "audit"}, {"action", "review"},
                                         {"outcome", "ok"}});
  REQUIRE(audit.size() == 2);
  CHECK(audit[0]["reasonCode"] == "justified");
}

TEST_CASE("review: after 72 hours it is overdue, oldest first, until it is done") {
  Ward t;
  const Json first = t.declare(kPatient)["emergency"];
  t.world.now += kHour;
  const Json second = t.declare(kRecord)["emergency"];
  const auto count = [&](const char* flag) {
    return t.world.ask("auditor", {{"kind", "emergencies"}, {flag, true}}).size();
  };
  CHECK(count("unreviewed") == 2);
  t.world.now += 71 * kHour;
  CHECK(count("overdue") == 0);
  t.world.now += 1;
  const auto rows = t.world.ask("auditor", {{"kind", "emergencies"}, {"overdue", true}});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["id"] == first);
  CHECK(rows[0]["overdue"] == true);
  CHECK(t.world.ask("pat", {{"kind", "emergencies"}, {"overdue", true}}).size() == 1);
  CHECK(t.review("auditor", first) == "ok");
  CHECK(count("overdue") == 0);
  CHECK(count("unreviewed") == 1);
  CHECK(t.review("hosp-b admin", second) == "ok");
  CHECK(count("unreviewed") == 0);
  CHECK(t.world.ask("auditor", {{"kind", "emergencies"}}).size() == 2);
  CHECK(t.world.ask("auditor", {{"kind", "emergencies"}, {"institution", "hosp-a"}}).empty());
}

TEST_CASE("may know: a rule that forbids one purpose does not hide what another permits") {
  Ward t;
  CHECK(t.world.outcome("pat", "permission", "grant",
                        t.world.grant_args("doctor", address_of("dr-b"))) == "ok");
  CHECK(t.forbid("HRESCH") == "ok");
  CHECK(t.open("dr-b", "record 1", "TREAT") == "ok");
  CHECK(t.world.ask("dr-b", {{"kind", "record"}, {"record", hex_of("record 1")}})[0].contains(
      "detail"));
}

TEST_CASE("emergency: a doctor whom the alliance makes an admin does not review his own") {
  Ward t;
  const Json mine = t.declare(kPatient)["emergency"];
  CHECK(t.world.outcome("hosp-a admin", "alliance", "propose",
                        {{"kind", "admin"}, {"institution", "hosp-b"},
                         {"admin", address_of("dr-b")}}) == "ok");
  const Json vote{{"proposal", to_hex(t.world.last->txid())}, {"institution", "hosp-b"}};
  for (const char* admin : {"hosp-a admin", "hosp-b admin", "hosp-c admin"}) {
    CHECK(t.world.outcome(admin, "alliance", "approve", vote) == "ok");
  }
  CHECK(t.open("dr-b") == "no_emergency");  // and reads no longer under it: he is no doctor
  CHECK(t.review("dr-b", mine) == "own_emergency");
  CHECK(t.review("auditor", mine) == "ok");
}

// Whoever writes records chooses their tags: one that equals a patient's token must not turn an
// emergency about that record into one about the patient.
TEST_CASE("emergency: a record whose tag is a patient's token opens nothing but itself") {
  Ward t;
  Json disguised = World::record_args("pat token", "d1");
  CHECK(t.world.outcome("bot-a", "records", "create", disguised) == "ok");
  CHECK(t.declare({{"record", hex_of("pat token")}})["outcome"] == "declared");
  CHECK(t.open("dr-b", "pat token") == "ok");
  CHECK(t.open("dr-b", "record 1") == "no_emergency");
  CHECK(t.open("dr-b", "restricted") == "no_emergency");
}

TEST_CASE("emergency: it ends at its last second, for the list and for the next declaration") {
  Ward t;
  t.declare(kRecord);
  const auto status = [&] { return t.world.ask("pat", {{"kind", "emergencies"}})[0]["status"]; };
  const auto rule = [&] { return t.world.ask("pat", {{"kind", "grants"}})[0]["status"]; };
  t.world.now += 4 * kHour - 1;
  CHECK(status() == "active");
  CHECK(rule() == "active");
  CHECK(t.declare(kRecord)["outcome"] == "unchanged");
  t.world.now += 1;
  CHECK(status() == "expired");
  CHECK(rule() == "expired");
  CHECK(t.declare(kRecord)["outcome"] == "declared");
}

TEST_CASE("review: what was reviewed is never overdue, and the audit says which record it was") {
  Ward t;
  const Json id = t.declare(kRecord)["emergency"];
  CHECK(t.review("hosp-b admin", id) == "ok");
  t.world.now += 73 * kHour;
  CHECK(t.world.ask("auditor", {{"kind", "emergencies"}})[0]["overdue"] == false);
  const auto audit = t.world.ask("pat", {{"kind", "audit"}, {"action", "review"}});
  REQUIRE(audit.size() == 1);
  CHECK(audit[0]["record"] == hex_of("record 1"));
}

}  // namespace
}  // namespace emr::contracts
