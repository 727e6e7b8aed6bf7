// Requests for access: a doctor asks, the patient says yes or no, a yes is a rule and no
// more than was asked for, a no stays.
#include "contracts/request.h"

#include <doctest/doctest.h>

#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::World;

constexpr UnixSeconds kDay = 86400;

struct Ward {
  World world;
  Ward() {
    world.populate();
    world.run("bot-a", "records", "create", World::record_args());
    Json other = World::record_args("record 2", "c2");
    other["docType"] = "C0005";
    world.run("bot-a", "records", "create", other);
  }
  Json wish(Json about, int days = 30) const {
    if (!about.contains("scope")) about["scope"] = Json::object();
    if (!about.contains("purpose")) about["purpose"] = "TREAT";
    about["until"] = format_utc(world.now + days * kDay);
    return about;
  }
  /// The id of a request.
  Json ask_for(const Json& about, const char* who = "dr-b", int days = 30) {
    return Json::parse(world.run(who, "permission", "request", wish(about, days)).data_json)
        .value("request", Json());
  }
  std::string refused(const Json& about, const char* who = "dr-b") {
    return world.outcome(who, "permission", "request", wish(about));
  }
  /// What an answer says of the request with this id.
  Json asked(const Json& id) {
    Json args{{"request", id}, {"patient", hex_of("pat token")}, {"doctor", address_of("dr-b")},
              {"purpose", "TREAT"}, {"scope", Json::object()}};
    for (const Json& row : list("auditor")) {
      if (row["id"] != id) continue;
      args["doctor"] = row["by"];
      for (const char* name : {"patient", "purpose", "scope"}) args[name] = row[name];
    }
    return args;
  }
  std::string answer(const char* who, const Json& id, const char* decision = "approve",
                     UnixSeconds until = 0) {
    Json args = asked(id);
    args["decision"] = decision;
    if (until != 0) args["until"] = format_utc(until);
    return world.outcome(who, "permission", "answer", args);
  }
  std::string open(const char* who, const char* record = "record 1",
                   const char* purpose = "TREAT") {
    Json args = World::access_args(record);
    args["purpose"] = purpose;
    return world.outcome(who, "permission", "access", args);
  }
  std::vector<Json> list(const char* who, const char* status = nullptr) {
    Json query{{"kind", "requests"}};
    if (status != nullptr) query["status"] = status;
    return world.ask(who, query);
  }
};

const Json kPatient{{"patient", hex_of("pat token")}};
const Json kRecord{{"record", hex_of("record 1")}};

TEST_CASE("request: pending until the patient says yes, then a rule as it was asked for (R-090)") {
  Ward t;
  CHECK(t.open("dr-b") == "no_rule");
  const Json id = t.ask_for(kRecord);
  CHECK(t.open("dr-b") == "no_rule");  // asking opens nothing
  REQUIRE(t.list("pat", "pending").size() == 1);
  CHECK(t.answer("pat", id) == "ok");
  CHECK(t.open("dr-b") == "ok");
  CHECK(t.open("dr-b", "record 2") == "no_rule");             // no other record
  CHECK(t.open("dr-b", "record 1", "HRESCH") == "no_rule");   // no other purpose
  const auto rules = t.world.ask("pat", {{"kind", "grants"}});
  REQUIRE(rules.size() == 1);
  CHECK(rules[0]["to"] == Json{{"kind", "doctor"}, {"id", address_of("dr-b")}});
  CHECK(rules[0]["scope"] == Json{{"records", {hex_of("record 1")}}});
  CHECK(rules[0]["purpose"] == Json{"TREAT"});
  CHECK(rules[0]["until"] == format_utc(t.world.now + 30 * kDay));
  CHECK(rules[0]["source"] == "patient");
  const auto rows = t.list("dr-b");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["status"] == "approved");
  CHECK(rows[0]["answer"]["grant"] == rules[0]["id"]);
  CHECK(t.world.ask("dr-b", {{"kind", "grants"}}).size() == 1);
  CHECK(t.world.outcome("pat", "permission", "revoke", {{"grant", rules[0]["id"]}}) == "ok");
  CHECK(t.open("dr-b") == "no_rule");
}

TEST_CASE("request: a no opens nothing and stands in the patient's audit; one answer a request") {
  Ward t;
  const Json id = t.ask_for(kRecord);
  CHECK(t.answer("pat", id, "deny") == "ok");
  CHECK(t.open("dr-b") == "no_rule");
  CHECK(t.answer("pat", id) == "already_answered");
  CHECK(t.world.ask("pat", {{"kind", "grants"}}).empty());
  REQUIRE(t.list("dr-b", "denied").size() == 1);
  const auto audit = t.world.ask("pat", {{"kind", "audit"}, {"record", hex_of("record 1")}});
  std::vector<std::string> said;
  for (const Json& row : audit) {
    if (row.value("rule", "") == id) {
      said.push_back(row["action"].get<std::string>() + " " + row["outcome"].get<std::string>() +
                     " " + row.value("reasonCode", ""));
    }
  }
  CHECK(said == std::vector<std::string>{"permission.request ok ", "permission.answer ok deny",
                                         "permission.answer failed approve"});
}

TEST_CASE("request: the patient may give less, and never more") {
  Ward t;
  const Json id = t.ask_for(kPatient, "dr-b", 30);
  CHECK(t.answer("pat", id, "deny", t.world.now + kDay) == "until_of_denial");
  CHECK(t.answer("pat", id, "approve", t.world.now + 31 * kDay) == "wider_than_request");
  CHECK(t.answer("pat", id, "approve", t.world.now) == "empty_period");
  CHECK(t.open("dr-b") == "no_rule");
  CHECK(t.answer("pat", id, "approve", t.world.now + kDay) == "ok");
  CHECK(t.open("dr-b", "record 2") == "ok");
  t.world.now += kDay;
  CHECK(t.open("dr-b") == "no_rule");
}

TEST_CASE("request: scopes narrow it as they narrow a rule") {
  Ward t;
  Json letters = kPatient;
  letters["scope"] = {{"docTypes", {"C0005"}}};
  CHECK(t.answer("pat", t.ask_for(letters)) == "ok");
  CHECK(t.open("dr-b") == "no_rule");
  CHECK(t.open("dr-b", "record 2") == "ok");
}

TEST_CASE("request: what the ledger does not have, and what is no period, is refused") {
  Ward t;
  CHECK(t.refused(Json::object()) == "patient_or_record");
  Json both = kPatient;
  both.update(kRecord);
  CHECK(t.refused(both) == "patient_or_record");
  CHECK(t.refused({{"patient", hex_of("nobody")}}) == "not_found");
  CHECK(t.refused({{"record", hex_of("nothing")}}) == "not_found");
  Json foreign = kPatient;
  foreign["scope"] = {{"records", {hex_of("nothing")}}};
  CHECK(t.refused(foreign) == "unknown_record");
  foreign["scope"] = {{"institutions", {"hosp-z"}}};
  CHECK(t.refused(foreign) == "unknown_institution");
  CHECK(t.world.outcome("dr-b", "permission", "request", t.wish(kPatient, 0)) == "empty_period");
  CHECK(t.world.outcome("dr-b", "permission", "request", t.wish(kPatient, 7 * 366)) ==
        "period_too_long");
  CHECK(t.refused(kPatient, "pat") == "role");
  CHECK(t.list("auditor").empty());
}

TEST_CASE("request: by institution nothing is told of where the patient was treated") {
  Ward t;
  Json there = kPatient;
  there["scope"] = {{"institutions", {"hosp-a"}}};
  Json elsewhere = kPatient;
  elsewhere["scope"] = {{"institutions", {"hosp-c"}}};
  CHECK(t.refused(there) == "ok");
  CHECK(t.refused(elsewhere) == "ok");
  for (const Json& row : t.list("dr-b")) CHECK_FALSE(row.contains("asked"));
}

TEST_CASE("request: a doctor asks eight times at once, and the same thing once") {
  Ward t;
  const Json first = t.ask_for(kRecord);
  CHECK(t.ask_for(kRecord) == first);
  CHECK(t.list("pat").size() == 1);
  for (std::size_t i = 1; i < kWaitingRequestsMax; ++i) {
    CHECK(t.ask_for(kRecord, "dr-b", 30 + static_cast<int>(i)).is_string());
  }
  CHECK(t.refused(kPatient) == "too_many_pending");
  CHECK(t.refused(kPatient, "dr-a2") == "ok");  // another doctor is not kept from asking
  CHECK(t.answer("pat", first, "deny") == "ok");
  CHECK(t.refused(kPatient) == "ok");
  // What was answered counts no more, however much of it there is.
  for (const Json& row : t.list("dr-b", "pending")) {
    CHECK(t.answer("pat", row["id"], "deny") == "ok");
  }
  for (std::size_t i = 0; i < kWaitingRequestsMax; ++i) {
    CHECK(t.ask_for(kPatient, "dr-b", 60 + static_cast<int>(i)).is_string());
  }
  CHECK(t.refused(kPatient) == "too_many_pending");
}

TEST_CASE("request: after thirty days, or when its time is over, it has ended by itself") {
  Ward t;
  const Json longer = t.ask_for(kPatient, "dr-b", 90);
  const Json brief = t.ask_for(kPatient, "dr-b", 2);
  t.world.now += 2 * kDay;
  CHECK(t.answer("pat", brief) == "request_expired");
  CHECK(t.list("pat", "expired").size() == 1);
  t.world.now += 28 * kDay - 1;
  CHECK(t.list("pat", "pending").size() == 1);
  t.world.now += 1;
  CHECK(t.answer("pat", longer) == "request_expired");
  CHECK(t.list("pat", "pending").empty());
  t.world.now += 1;
  t.open("dr-b");  // any block
  const auto dr_b = testing::key_of("dr-b").address();
  CHECK(t.world.state.scan(keys::waiting_requests(hex_of("pat token"), dr_b), "", 9).empty());
}

TEST_CASE("request: seen by the patient, the doctor, the writing institution's admin, auditors") {
  Ward t;
  const Json id = t.ask_for(kPatient);
  for (const char* who : {"pat", "dr-b", "hosp-a admin", "auditor"}) {
    CAPTURE(who);
    const auto rows = t.list(who);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0]["id"] == id);
    CHECK(rows[0]["type"] == "emr.request");
    CHECK(rows[0]["status"] == "pending");
    CHECK(rows[0]["by"] == address_of("dr-b"));
    CHECK(rows[0]["institution"] == "hosp-b");
  }
  t.world.enrol("stranger", "patient", "");
  for (const char* who : {"dr-a", "hosp-c admin", "bot-a", "stranger"}) {
    CAPTURE(who);
    CHECK(t.list(who).empty());
    Json of_patient = kPatient;
    of_patient["kind"] = "requests";
    CHECK(t.world.ask(who, of_patient).empty());
  }
}

TEST_CASE("request: an answer that shows the wallet something else is none (a node could lie)") {
  Ward t;
  const Json id = t.ask_for(kPatient);
  const auto answered = [&](const char* name, const Json& value) {
    Json args = t.asked(id);
    args["decision"] = "approve";
    args[name] = value;
    return t.world.outcome("pat", "permission", "answer", args);
  };
  CHECK(answered("doctor", address_of("dr-a")) == "other_request");
  CHECK(answered("purpose", "HRESCH") == "other_request");
  CHECK(answered("scope", {{"records", {hex_of("record 1")}}}) == "other_request");
  CHECK(answered("patient", hex_of("somebody")) == "other_request");
  CHECK(t.answer("pat", id) == "ok");
}

TEST_CASE("request: answered by nobody else, not by a session, not by who attests for himself") {
  Ward t;
  const Json id = t.ask_for(kRecord);
  t.world.enrol("stranger", "patient", "");
  CHECK(t.answer("stranger", id) == "not_the_patient");
  CHECK(t.answer("dr-b", id) == "role");
  CHECK(t.answer("auditor", id, "deny") == "role");
  CHECK(t.answer("hosp-a admin", id, "deny") == "not_the_patient");  // there is a wallet
  CHECK(t.answer("hosp-b admin", id) == "not_the_patient");  // not one record is of hosp-b
  CHECK(t.world.outcome("hosp-b admin", "registration", "attest",
                        {{"patient", hex_of("pat token")},
                         {"address", address_of("stranger")}}) == "ok");
  CHECK(t.answer("stranger", id, "deny") == "not_the_patient");
  const Json session{{"sessionKey", address_of("phone")},
                     {"boxKey", hex_of("box")},
                     {"until", format_utc(t.world.now + 600)}};
  CHECK(t.world.outcome("pat", "registration", "login", session) == "ok");
  Json by_phone = t.asked(id);
  by_phone["decision"] = "approve";
  CHECK(t.world.outcome("pat", "permission", "answer", by_phone, "phone") == "not_subject");
  CHECK(t.answer("pat", Json(hex_of("none"))) == "not_found");
  CHECK(t.list("pat", "pending").size() == 1);
  CHECK(t.answer("pat", id) == "ok");
}

TEST_CASE("request: a doctor's session signs it, as it signs what he opens") {
  Ward t;
  const Json session{{"sessionKey", address_of("desk")},
                     {"boxKey", hex_of("box")},
                     {"until", format_utc(t.world.now + 600)}};
  CHECK(t.world.outcome("dr-b", "registration", "login", session) == "ok");
  CHECK(t.world.outcome("dr-b", "permission", "request", t.wish(kRecord), "desk") == "ok");
}

TEST_CASE("request: for a patient without a wallet the writing institution answers in trust") {
  Ward t;
  CHECK(t.world.outcome("hosp-a admin", "registration", "unattest",
                        {{"patient", hex_of("pat token")}, {"address", address_of("pat")}}) ==
        "ok");
  const Json id = t.ask_for(kPatient);
  CHECK(t.answer("hosp-b admin", id, "deny") == "not_the_patient");
  CHECK(t.answer("hosp-a admin", id) == "ok");
  CHECK(t.open("dr-b") == "ok");
  CHECK(t.list("auditor")[0]["answer"]["inTrustBy"] == "hosp-a");
}

TEST_CASE("request: of a doctor who is none any more it is not approved, but can be refused") {
  Ward t;
  const Json id = t.ask_for(kRecord);
  CHECK(t.world.outcome("hosp-b admin", "registration", "suspend",
                        {{"address", address_of("dr-b")}, {"reason", "left"}}) == "ok");
  CHECK(t.answer("pat", id) == "not_a_doctor");
  CHECK(t.world.ask("pat", {{"kind", "grants"}}).empty());
  CHECK(t.answer("pat", id, "deny") == "ok");
}

TEST_CASE("request: a patient who has deregistered is not asked, nor answers what was before") {
  Ward t;
  const Json id = t.ask_for(kPatient);
  CHECK(t.world.outcome("hosp-a admin", "registration", "attest",
                        {{"patient", hex_of("other")}, {"address", address_of("pat")}}) == "ok");
  CHECK(t.world.outcome("pat", "registration", "deregister", kPatient) == "ok");
  CHECK(t.refused(kPatient, "dr-a2") == "patient_closed");
  CHECK(t.refused(kRecord, "dr-a2") == "patient_closed");
  CHECK(t.answer("pat", id) == "not_the_patient");
  CHECK(t.answer("hosp-a admin", id) == "patient_closed");
}

TEST_CASE("request: where a patient was deregistered in trust, his wallet approves nothing") {
  Ward t;
  const Json id = t.ask_for(kRecord);
  const Json wallet{{"patient", hex_of("pat token")}, {"address", address_of("pat")}};
  CHECK(t.world.outcome("hosp-a admin", "registration", "unattest", wallet) == "ok");
  for (const char* who : {"hosp-b admin", "hosp-c admin"}) {
    CHECK(t.world.outcome(who, "registration", "attest", wallet) == "ok");
  }
  CHECK(t.world.outcome("hosp-a admin", "registration", "deregister", kPatient) == "ok");
  CHECK(t.answer("pat", id) == "patient_closed");
  CHECK(t.answer("pat", id, "deny") == "ok");
}

TEST_CASE("request: the methods belong to version 2 of the contract") {
  World old(false, 1);
  CHECK(old.outcome("stranger", "permission", "request",
                    {{"patient", hex_of("p")}, {"scope", Json::object()}, {"purpose", "TREAT"},
                     {"until", format_utc(old.now + kDay)}}) == "not_in_version");
}

TEST_CASE("request: what is named says where it is asked for, and belongs to the patient") {
  Ward t;
  CHECK(t.refused({{"record", hex_of("record 1")},
                   {"scope", {{"records", {hex_of("record 2")}}}}}) == "patient_or_record");
  Json theirs = World::record_args("another's", "x");
  theirs["patient"] = hex_of("another");
  CHECK(t.world.outcome("bot-a", "records", "create", theirs) == "ok");
  CHECK(t.refused({{"patient", hex_of("pat token")},
                   {"scope", {{"records", {hex_of("another's")}}}}}) == "unknown_record");
  // A record is where it is, whatever institutions are named beside it.
  t.ask_for({{"record", hex_of("record 1")}, {"scope", {{"institutions", {"hosp-c"}}}}});
  CHECK(t.list("hosp-a admin").size() == 1);
  CHECK(t.list("hosp-c admin").empty());
  // Who is asked by name is believed, and nobody else hears of it.
  t.ask_for({{"patient", hex_of("pat token")}, {"scope", {{"institutions", {"hosp-c"}}}}});
  CHECK(t.list("hosp-a admin").size() == 1);
  CHECK(t.list("hosp-c admin").size() == 1);
}

TEST_CASE("request: another purpose is another wish, and one that is over is none") {
  Ward t;
  const Json first = t.ask_for(kRecord, "dr-b", 60);
  const auto again = [&](const char* purpose) {
    Json args = kRecord;
    args["purpose"] = purpose;
    args["scope"] = Json::object();
    args["until"] = format_utc(testing::kStart + 61 * kDay);
    return Json::parse(t.world.run("dr-b", "permission", "request", args).data_json)["outcome"];
  };
  CHECK(again("TREAT") == "pending");
  CHECK(again("HPAYMT") == "pending");
  CHECK(again("TREAT") == "unchanged");
  t.world.now += 30 * kDay;  // the last second of their month is over, and nothing is cleared yet
  CHECK(again("TREAT") == "pending");
}

TEST_CASE("request: for six years at most") {
  Ward t;
  const auto ask = [&](UnixSeconds until) {
    return t.world.outcome("dr-b", "permission", "request",
                           {{"record", hex_of("record 1")}, {"scope", Json::object()},
                            {"purpose", "TREAT"}, {"until", format_utc(until)}});
  };
  CHECK(ask(t.world.now + kGrantSecondsMax + 1) == "period_too_long");
  CHECK(ask(t.world.now + kGrantSecondsMax) == "ok");
}

}  // namespace
}  // namespace emr::contracts
