// Appointments: of a patient, of a hospital, of one slot, with what was cancelled. Who sees one:
// its patient's wallets, the hospital's people, the alliance's auditors.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/appointment.h"
#include "contracts/index.h"
#include "contracts/paging.h"
#include "contracts/query_kinds.h"
#include "contracts/stored.h"
#include "json/access.h"

namespace emr::contracts {

namespace {

constexpr std::string_view kWhere = "/query";

struct BookingFilter {
  std::optional<Hash32> patient;
  std::optional<Hash32> slot;
  std::optional<std::string> institution;
  std::optional<std::string> month;
  std::optional<std::string> status;

  bool matches(const Booking& booking) const {
    return (!slot || to_hex(*slot) == booking.slot) &&
           (!institution || *institution == booking.institution) &&
           (!month || *month == booking.month) &&
           (!status || (*status == "booked") == booking.stands());
  }
};

Result<BookingFilter> read_filter(const nlohmann::json& body) {
  EMR_TRY(json::refuse_unknown_members(
      body,
      {"kind", "patient", "institution", "slot", "month", "status", "limit", "after"}, kWhere));
  BookingFilter filter;
  EMR_ASSIGN(filter.patient, json::find_hex32(body, "patient", kWhere));
  EMR_ASSIGN(filter.slot, json::find_hex32(body, "slot", kWhere));
  EMR_ASSIGN(filter.institution, json::find_string(body, "institution", {.max = 32}, kWhere));
  EMR_ASSIGN(filter.month, read_month(body));
  if (!body.contains("status")) return filter;
  EMR_ASSIGN(filter.status, json::get_choice(body, "status", {"booked", "cancelled"}, kWhere));
  return filter;
}

bool may_see(const Question& q, const Booking& booking) {
  const Account& subject = q.subject;
  if (subject.role == "patient") return is_attested(q.state(), booking.patient, subject.address);
  if (subject.institution == booking.institution) return true;
  return subject.role == "auditor" && subject.institution.empty();
}

/// The narrowest index that the question names; without one, what is the asker's own.
Result<std::vector<std::string>> choose_prefixes(const Question& q, const BookingFilter& filter) {
  using Prefixes = std::vector<std::string>;
  if (filter.patient) return Prefixes{index_of_bookings(to_hex(*filter.patient))};
  if (q.subject.role == "patient") {  // a hospital's list has none of his beyond these
    Prefixes prefixes;
    for (const std::string& patient : patients_of(q.state(), q.subject.address)) {
      prefixes.push_back(index_of_bookings(patient));
    }
    return prefixes;
  }
  const std::string institution = filter.institution.value_or(q.subject.institution);
  if (institution.empty()) {
    return fail(Code::kData, "no index answers this query")
        .with_pointer(std::string(kWhere))
        .with_reason("no_index")
        .with_hint("name a patient or an institution");
  }
  if (filter.slot) return Prefixes{index_of_slot(institution, to_hex(*filter.slot))};
  if (filter.month) return Prefixes{index_of_month(institution, *filter.month)};
  return Prefixes{index_of_appointments(institution)};
}

}  // namespace

Result<QueryAnswer> query_appointments(const Question& q) {
  EMR_ASSIGN(const BookingFilter filter, read_filter(q.body));
  EMR_ASSIGN(const Page page, read_page(q.body));
  EMR_ASSIGN(const std::vector<std::string> prefixes, choose_prefixes(q, filter));
  QueryAnswer answer = walk(q.state(), prefixes, page, [&](const auto& entry, QueryAnswer& into) {
    const std::string id = load(entry.value);
    const auto booking = find_booking(q.state(), id);
    if (!may_see(q, *booking)) return Visit::kHidden;
    if (!filter.matches(*booking)) return Visit::kOther;
    into.rows.push_back(booking_json(*booking));
    return Visit::kRow;
  });
  const bool by_patient = filter.patient || q.subject.role == "patient";
  answer.explain.index = by_patient ? "patient" : filter.slot ? "slot" : "institution";
  return answer;
}

}  // namespace emr::contracts
