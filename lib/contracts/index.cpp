#include "contracts/index.h"

#include "contracts/keys.h"

namespace emr::contracts {

namespace {

std::string under(std::string_view family, std::string_view id) {
  return "index/" + std::string(family) + "/" + std::string(id) + "/";
}

std::string month_key(const RecordHead& head) {
  return index_of_institution_month(head.institution, head.month) + head.tag;
}

}  // namespace

std::string index_of_patient(std::string_view patient) { return under("patient", patient); }
std::string index_of_doctor(std::string_view doctor) { return under("doctor", doctor); }
std::string index_of_institution(std::string_view institution) {
  return under("institution", institution);
}
std::string index_of_institution_month(std::string_view institution, std::string_view month) {
  return index_of_institution(institution) + std::string(month) + "/";
}
std::string index_of_run_output(std::string_view output) { return under("output", output); }
std::string index_of_runs(std::string_view institution) { return under("runs", institution); }
std::string index_of_audit(std::string_view patient) { return under("audit", patient); }
std::string index_of_emergencies() { return "index/emergencies/"; }
std::string index_of_unreviewed() { return "index/unreviewed/"; }
std::string index_of_requests() { return "index/requests/"; }
std::string index_of_requests_by(std::string_view doctor) { return under("asking", doctor); }
std::string index_of_requests_to(std::string_view institution) {
  return under("asked", institution);
}
std::string index_of_bookings(std::string_view patient) { return under("bookings", patient); }
std::string index_of_appointments(std::string_view institution) {
  return under("appointments", institution);
}
std::string index_of_month(std::string_view institution, std::string_view month) {
  return index_of_appointments(institution) + std::string(month) + "/";
}
std::string index_of_slot(std::string_view institution, std::string_view slot) {
  return under("slots", institution) + std::string(slot) + "/";
}

void index_record(ledger::Overlay& state, const RecordHead& head, const RecordHead* before) {
  const std::string present(keys::kPresent);
  if (before == nullptr) {
    state.put(index_of_patient(head.patient) + head.tag, present);
  } else {
    if (before->doctor != head.doctor) state.erase(index_of_doctor(before->doctor) + head.tag);
    if (before->month != head.month) state.erase(month_key(*before));
  }
  state.put(index_of_doctor(head.doctor) + head.tag, present);
  state.put(month_key(head), present);
}

}  // namespace emr::contracts
