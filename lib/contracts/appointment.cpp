#include "contracts/appointment.h"

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "contracts/closing.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/outcome.h"
#include "contracts/stored.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;
using ledger::ReceiptStatus;

namespace {

Json booking_tree(const Booking& booking) {
  Json tree{{"by", booking.by.text()},
            {"id", booking.id},
            {"institution", booking.institution},
            {"month", booking.month},
            {"patient", booking.patient},
            {"since", format_utc(booking.since)},
            {"slot", booking.slot},
            {"status", booking.stands() ? "booked" : "cancelled"}};
  if (!booking.in_trust_by.empty()) tree["inTrustBy"] = booking.in_trust_by;
  if (booking.stands()) return tree;
  tree["cancelledBy"] = booking.cancelled_by;
  tree["cancelledAt"] = format_utc(booking.cancelled);
  return tree;
}

void put_booking(ledger::Overlay& state, const Booking& booking) {
  state.put(keys::booking(booking.id), json::canonical_checked(booking_tree(booking)));
}

/// Months since year 0 of "YYYY-MM…".
int month_number(std::string_view text) {
  return 12 * std::stoi(std::string(text.substr(0, 4))) + std::stoi(std::string(text.substr(5, 2)));
}

/// From last month, which it still is somewhere on earth, to a year ahead.
bool is_near(std::string_view month, UnixSeconds now) {
  const int ahead = month_number(month) - month_number(format_utc(now));
  return ahead >= -1 && ahead <= 12;
}

// --- how many one wallet holds -------------------------------------------------------------------

std::uint64_t standing(const ledger::StateReader& state, const Booking& booking) {
  const auto text = state.get(keys::booking_count(booking.by, booking.month));
  return text ? std::stoull(*text) : 0;
}

void count(ledger::Overlay& state, const Booking& booking, int change) {
  if (!booking.in_trust_by.empty()) return;
  const std::uint64_t before = standing(state, booking);
  EMR_CHECK(change > 0 || before > 0);
  const std::uint64_t after = change > 0 ? before + 1 : before - 1;
  const std::string key = keys::booking_count(booking.by, booking.month);
  if (after == 0) {
    state.erase(key);
  } else {
    state.put(key, std::to_string(after));
  }
}

// --- booking -------------------------------------------------------------------------------------

/// A hospital's people book at their own hospital, for whom they see; a wallet for whom anybody
/// attested it: at a hospital where somebody is new, nobody has.
Outcome check_booker(const Call& call, const Booking& booking) {
  const auto member = find_member(call.state, booking.institution);
  if (!member) return failed("unknown_institution");
  if (call.account->role == "patient") {
    const bool own = is_attested(call.state, booking.patient, call.from());
    return own ? done() : denied("not_the_patient");
  }
  if (call.account->institution != booking.institution) return denied("other_institution");
  return member->may_write ? done() : denied("read_only_institution");
}

Outcome store(Call& call, const Booking& booking) {
  const std::string place = keys::place(call.block.time, call.block.height, call.block.index);
  const std::string reference = json::canonical_checked(Json(booking.id));
  put_booking(call.state, booking);
  count(call.state, booking, +1);
  call.state.put(keys::slot(booking.institution, booking.slot), reference);
  call.state.put(index_of_bookings(booking.patient) + place, reference);
  call.state.put(index_of_month(booking.institution, booking.month) + place, reference);
  call.state.put(index_of_slot(booking.institution, booking.slot) + place, reference);
  return done({{"booking", booking.id}, {"outcome", "booked"}});
}

Outcome book(Call& call) {
  const Json& args = call.args();
  Booking booking;
  booking.id = to_hex(call.tx.txid());
  booking.institution = args["institution"];
  booking.patient = args["patient"];
  booking.slot = args["slot"];
  booking.month = args["month"];
  booking.by = call.from();
  booking.since = call.block.time;
  if (call.account->role != "patient") booking.in_trust_by = call.account->institution;
  call.audit.patient = booking.patient;
  call.audit.record_institution = booking.institution;
  Outcome allowed = check_booker(call, booking);
  if (allowed.status != ReceiptStatus::kOk) return allowed;
  if (is_closed(call.state, booking.patient, booking.institution)) return failed("patient_closed");
  if (!is_near(booking.month, call.block.time)) return failed("month");
  if (const auto holder = call.state.get(keys::slot(booking.institution, booking.slot))) {
    const auto held = find_booking(call.state, load(*holder).get_ref<const std::string&>());
    if (held->patient != booking.patient) return failed("conflict");
    return done({{"booking", held->id}, {"outcome", "unchanged"}});
  }
  const bool full = booking.in_trust_by.empty() && standing(call.state, booking) >= kBookingsMax;
  return full ? failed("too_many_bookings") : store(call, booking);
}

// --- cancelling ----------------------------------------------------------------------------------

/// Who booked; the patient's other wallet, where its word counts; the hospital's people.
bool may_cancel(const Call& call, const Booking& booking) {
  if (call.from() == booking.by) return true;
  if (call.account->role != "patient") return call.account->institution == booking.institution;
  return is_bound(call.state, booking.patient, call.from(), booking.institution);
}

Outcome cancel(Call& call) {
  auto booking = find_booking(call.state, call.args()["booking"].get_ref<const std::string&>());
  if (!booking) return failed("not_found");
  call.audit.patient = booking->patient;
  call.audit.record_institution = booking->institution;
  if (!may_cancel(call, *booking)) return denied("not_the_patient");
  if (!booking->stands()) return done({{"booking", booking->id}, {"outcome", "unchanged"}});
  booking->cancelled_by = call.from().text();
  booking->cancelled = call.block.time;
  put_booking(call.state, *booking);
  count(call.state, *booking, -1);
  call.state.erase(keys::slot(booking->institution, booking->slot));
  return done({{"booking", booking->id}, {"outcome", "cancelled"}});
}

}  // namespace

Outcome apply_appointment(Call& call) {
  if (call.tx.core().method == "book") return book(call);
  EMR_CHECK(call.tx.core().method == "cancel");
  return cancel(call);
}

std::optional<Booking> find_booking(const ledger::StateReader& state, std::string_view id) {
  const auto text = state.get(keys::booking(id));
  if (!text) return std::nullopt;
  const Json tree = load(*text);
  Booking booking;
  booking.id = tree["id"];
  booking.institution = tree["institution"];
  booking.patient = tree["patient"];
  booking.slot = tree["slot"];
  booking.month = tree["month"];
  auto by = crypto::parse_canonical_address(tree["by"].get_ref<const std::string&>());
  booking.by = *by;
  booking.in_trust_by = tree.value("inTrustBy", "");
  auto since = parse_utc(tree["since"].get_ref<const std::string&>());
  booking.since = *since;
  booking.cancelled_by = tree.value("cancelledBy", "");
  if (booking.stands()) return booking;
  auto cancelled = parse_utc(tree["cancelledAt"].get_ref<const std::string&>());
  booking.cancelled = *cancelled;
  return booking;
}

std::string booking_json(const Booking& booking) {
  Json row = booking_tree(booking);
  set_type(row, "emr.appointment");
  return json::canonical_checked(row);
}

}  // namespace emr::contracts
