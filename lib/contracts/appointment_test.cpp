// Appointments: one slot is taken once, cancelling frees it and keeps history.
#include "contracts/appointment.h"

#include <doctest/doctest.h>

#include "contracts/keys.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::World;

struct Desk {
  World world;
  Desk() {
    world.populate();
    world.enrol("bot-b", "service", "hosp-b");
    world.enrol("pat2", "patient", "");
    EMR_CHECK(attest("hosp-b admin", "pat2", "pat2 token") == "ok");
  }
  std::string attest(const char* admin, const char* wallet, const char* patient) {
    return world.outcome(admin, "registration", "attest",
                         {{"patient", hex_of(patient)}, {"address", address_of(wallet)}});
  }
  static Json args(const char* slot, const char* patient, const char* month = "2026-12") {
    return {{"institution", "hosp-b"}, {"patient", hex_of(patient)}, {"slot", hex_of(slot)},
            {"month", month}};
  }
  std::string book(const char* who, const char* slot, const char* patient = "pat token",
                   const char* month = "2026-12") {
    return world.outcome(who, "appointment", "book", args(slot, patient, month));
  }
  std::string cancel(const char* who, const Json& booking) {
    return world.outcome(who, "appointment", "cancel", {{"booking", booking}});
  }
  Json last() const { return to_hex(world.last->txid()); }
  std::vector<Json> ask(const char* who, Json filter = Json::object()) {
    filter["kind"] = "appointments";
    return world.ask(who, std::move(filter));
  }
};

TEST_CASE("appointment: the second registration for a slot is a conflict, the same one unchanged") {
  Desk t;
  CHECK(t.book("pat", "slot 1") == "ok");
  const Json first = t.last();
  CHECK(t.book("pat2", "slot 1", "pat2 token") == "conflict");
  CHECK(t.book("pat2", "slot 2", "pat2 token") == "ok");
  const auto again = t.world.run("pat", "appointment", "book", Desk::args("slot 1", "pat token"));
  CHECK(Json::parse(again.data_json) == Json{{"booking", first}, {"outcome", "unchanged"}});
  // The same tag at another hospital is another slot.
  Json elsewhere = Desk::args("slot 1", "pat2 token");
  elsewhere["institution"] = "hosp-c";
  CHECK(t.world.outcome("pat2", "appointment", "book", elsewhere) == "ok");
}

TEST_CASE("appointment: two in one block, one slot") {
  Desk t;
  const auto one = t.world.make_tx("pat", "appointment", "book", Desk::args("s", "pat token"));
  const auto two = t.world.make_tx("pat2", "appointment", "book", Desk::args("s", "pat2 token"));
  const auto receipts = t.world.commit({one, two});
  CHECK(receipts[0].status == ledger::ReceiptStatus::kOk);
  CHECK(receipts[1].reason == "conflict");
}

TEST_CASE("appointment: a cancelled slot is free again, and its history stays") {
  Desk t;
  CHECK(t.book("pat", "slot 1") == "ok");
  const Json first = t.last();
  CHECK(t.cancel("pat2", first) == "not_the_patient");
  CHECK(t.cancel("pat", first) == "ok");
  CHECK(t.cancel("pat", first) == "ok");  // unchanged
  CHECK(t.cancel("pat", hex_of("none")) == "not_found");
  CHECK(t.book("pat2", "slot 1", "pat2 token") == "ok");
  CHECK(t.cancel("pat", first) == "ok");  // of the old one; the new one stands
  CHECK(t.book("pat", "slot 1") == "conflict");
  const auto history = t.ask("bot-b", {{"slot", hex_of("slot 1")}});
  REQUIRE(history.size() == 2);
  CHECK(history[0]["status"] == "cancelled");
  CHECK(history[0]["cancelledBy"] == address_of("pat"));
  CHECK(history[1]["status"] == "booked");
  CHECK(t.ask("pat").size() == 1);
  CHECK(t.ask("pat", {{"status", "booked"}}).empty());
}

TEST_CASE("appointment: by the patient's wallet, or by the hospital's own people for somebody") {
  Desk t;
  CHECK(t.book("pat2", "slot 1") == "not_the_patient");
  CHECK(t.book("bot-a", "slot 1") == "other_institution");
  CHECK(t.book("auditor", "slot 1") == "role");
  CHECK(t.book("bot-b", "slot 1", "somebody without a wallet") == "ok");
  const auto rows = t.ask("bot-b");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["inTrustBy"] == "hosp-b");
  CHECK(t.cancel("bot-a", rows[0]["id"]) == "not_the_patient");
  CHECK(t.cancel("dr-b", rows[0]["id"]) == "ok");
  Json nowhere = Desk::args("slot 1", "pat token");
  nowhere["institution"] = "hosp-z";
  CHECK(t.world.outcome("pat", "appointment", "book", nowhere) == "unknown_institution");
}

TEST_CASE("appointment: a wallet that another member attested cancels nothing of the patient's") {
  Desk t;
  CHECK(t.book("pat", "slot 1") == "ok");
  const Json booking = t.last();
  t.world.enrol("mallory", "patient", "");
  CHECK(t.attest("hosp-d admin", "mallory", "pat token") == "ok");
  CHECK(t.cancel("mallory", booking) == "not_the_patient");
  CHECK(t.attest("hosp-b admin", "mallory", "pat token") == "ok");  // the next wallet, at hosp-b
  CHECK(t.cancel("mallory", booking) == "ok");
}

TEST_CASE("appointment: seen by its patient, the hospital and auditors; told apart by month") {
  Desk t;
  CHECK(t.book("pat", "slot 1") == "ok");
  CHECK(t.book("pat2", "slot 2", "pat2 token", "2027-01") == "ok");
  CHECK(t.ask("pat").size() == 1);
  QueryAnswer mine;  // out of his own index: a hospital's may be long, and is not his to walk
  const Json there{{"kind", "appointments"}, {"institution", "hosp-b"}, {"month", "2026-12"}};
  CHECK(t.world.ask("pat", there, "", &mine).size() == 1);
  CHECK(mine.explain.index == "patient");
  CHECK(t.ask("pat", {{"patient", hex_of("pat2 token")}}).empty());
  CHECK(t.ask("dr-b").size() == 2);
  CHECK(t.ask("dr-b", {{"month", "2027-01"}}).size() == 1);
  CHECK(t.ask("dr-a", {{"institution", "hosp-b"}}).empty());
  CHECK(t.ask("auditor", {{"institution", "hosp-b"}}).size() == 2);
  CHECK(t.ask("auditor")[0]["error"] == "no_index");
  CHECK(t.world.ask("pat", {{"kind", "audit"}, {"action", "appointment.book"}}).size() == 1);
}

TEST_CASE("appointment: months far away are refused, and one wallet cannot take every slot") {
  Desk t;  // in November 2026
  CHECK(t.book("pat", "s", "pat token", "2026-10") == "ok");
  CHECK(t.book("pat", "s1", "pat token", "2027-11") == "ok");
  CHECK(t.book("pat", "s2", "pat token", "2026-09") == "month");
  CHECK(t.book("pat", "s2", "pat token", "2027-12") == "month");
  for (int i = 0; i < 32; ++i) {
    CHECK(t.book("pat", ("many " + std::to_string(i)).c_str()) == "ok");
  }
  const Json last = t.last();
  CHECK(t.book("pat", "one more") == "too_many_bookings");
  CHECK(t.book("bot-b", "one more") == "ok");  // the desk books on
  CHECK(t.cancel("bot-b", last) == "ok");
  CHECK(t.book("pat", "another") == "ok");
}

TEST_CASE("appointment: who holds none any more leaves no counter behind") {
  Desk t;
  const std::string counter = keys::booking_count(testing::key_of("pat").address(), "2026-12");
  CHECK(t.book("pat", "slot 1") == "ok");
  CHECK(t.world.state.get(counter) == "1");
  CHECK(t.cancel("pat", t.last()) == "ok");
  CHECK_FALSE(t.world.state.get(counter).has_value());
}

TEST_CASE("appointment: at a hospital that only reads its people book nothing") {
  World world(true);
  world.populate();
  world.enrol("bot-d", "service", "hosp-d");
  Json slot = Desk::args("slot 1", "pat token");
  slot["institution"] = "hosp-d";
  CHECK(world.outcome("bot-d", "appointment", "book", slot) == "read_only_institution");
}

}  // namespace
}  // namespace emr::contracts
