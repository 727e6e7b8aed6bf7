// 索引合约, the index contract: finds a person's or a hospital's records without a scan. It has no
// transactions of its own; the records contract keeps it, queries read it. Keys end in the record's
// tag; their order is the order of the answers.
#pragma once

#include <string>
#include <string_view>

#include "contracts/records.h"
#include "ledger/state.h"

namespace emr::contracts {

/// Index prefixes, each with its trailing '/'.
std::string index_of_patient(std::string_view patient);
std::string index_of_doctor(std::string_view doctor);
std::string index_of_institution(std::string_view institution);
std::string index_of_institution_month(std::string_view institution, std::string_view month);
/// Runs of de-identification by the hash of what they wrote; the key goes on with institution/id.
std::string index_of_run_output(std::string_view output);
/// Runs of one institution; the rest of the key is keys::place().
std::string index_of_runs(std::string_view institution);
/// Audit entries about one patient; the rest of the key is keys::place().
std::string index_of_audit(std::string_view patient);
/// Emergency accesses, and those that nobody has reviewed; the rest of the key is keys::place().
std::string index_of_emergencies();
std::string index_of_unreviewed();
/// Requests for access: all, a doctor's, those that concern an institution's records; the same.
std::string index_of_requests();
std::string index_of_requests_by(std::string_view doctor);
std::string index_of_requests_to(std::string_view institution);
/// Appointments of a patient, an institution, its month, its slot; the same.
std::string index_of_bookings(std::string_view patient);
std::string index_of_appointments(std::string_view institution);
std::string index_of_month(std::string_view institution, std::string_view month);
std::string index_of_slot(std::string_view institution, std::string_view slot);

/// Files a record under its head, after taking it out from under the head it had before (if any).
void index_record(ledger::Overlay& state, const RecordHead& head, const RecordHead* before);

}  // namespace emr::contracts
