#include "contracts/emergency.h"

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/outcome.h"
#include "contracts/stored.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

Json stored_tree(const Emergency& emergency) {
  Json tree{{"by", emergency.by.text()},
            {"height", emergency.height},
            {"id", emergency.id},
            {"index", emergency.index},
            {"institution", emergency.institution},
            {"patient", emergency.patient},
            {"reasonCode", emergency.reason_code},
            {"since", format_utc(emergency.since)},
            {"until", format_utc(emergency.until)}};
  if (!emergency.record.empty()) tree["record"] = emergency.record;
  if (emergency.waits()) return tree;
  Json review{{"at", format_utc(emergency.reviewed)},
              {"by", emergency.reviewer},
              {"outcome", emergency.verdict}};
  if (!emergency.reviewer_institution.empty()) {
    review["institution"] = emergency.reviewer_institution;
  }
  tree["review"] = std::move(review);
  return tree;
}

UnixSeconds time_of(const Json& text) {
  auto time = parse_utc(text.get_ref<const std::string&>());
  return *time;
}

void put_emergency(ledger::Overlay& state, const Emergency& emergency) {
  state.put(keys::emergency(emergency.patient, emergency.id),
            json::canonical_checked(stored_tree(emergency)));
}

std::string reference_to(const Emergency& emergency) {
  return json::canonical_checked(Json(emergency.patient + "/" + emergency.id));
}

/// The newest declaration by this account about this record or patient.
std::optional<Emergency> newest(const ledger::StateReader& state, const crypto::Address& by,
                                std::string_view token) {
  const auto reference = state.get(keys::emergency_right(by, token));
  if (!reference) return std::nullopt;
  return emergency_at(state, *reference);
}

std::string place_of(const Emergency& emergency) {
  return keys::place(emergency.since, emergency.height, emergency.index);
}

// --- declaring -----------------------------------------------------------------------------------

/// Whom and what it is about; fails for what the ledger does not have: a mistyped token would open
/// nothing and still ask for a review.
Outcome read_subject(Call& call, Emergency& emergency) {
  emergency.record = call.args().value("record", "");
  emergency.patient = call.args().value("patient", "");
  if (emergency.record.empty() == emergency.patient.empty()) return failed("patient_or_record");
  if (emergency.record.empty()) {
    const bool known = !call.state.scan(index_of_patient(emergency.patient), "", 1).empty();
    if (!known) return failed("not_found");
  } else {
    const auto head = find_record(call.state, emergency.record);
    if (!head) return failed("not_found");
    emergency.patient = head->patient;
    call.audit.record = head->tag;
    call.audit.record_institution = head->institution;
  }
  call.audit.patient = emergency.patient;
  return done();
}

Outcome answer(const Emergency& emergency, const char* outcome) {
  return done({{"emergency", emergency.id},
               {"outcome", outcome},
               {"reviewBy", format_utc(emergency.since + kReviewSeconds)},
               {"until", format_utc(emergency.until)}});
}

// --- rows ----------------------------------------------------------------------------------------

const char* status_of(const Emergency& emergency, UnixSeconds time) {
  return time < emergency.until ? "active" : "expired";
}

}  // namespace

bool Emergency::overdue(UnixSeconds time) const { return waits() && time > since + kReviewSeconds; }

std::optional<Emergency> find_emergency(const ledger::StateReader& state, std::string_view patient,
                                        std::string_view id) {
  const auto text = state.get(keys::emergency(patient, id));
  if (!text) return std::nullopt;
  const Json tree = load(*text);
  Emergency emergency;
  emergency.id = tree["id"];
  emergency.patient = tree["patient"];
  emergency.record = tree.value("record", "");
  auto by = crypto::parse_canonical_address(tree["by"].get_ref<const std::string&>());
  emergency.by = *by;
  emergency.institution = tree["institution"];
  emergency.reason_code = tree["reasonCode"];
  emergency.since = time_of(tree["since"]);
  emergency.until = time_of(tree["until"]);
  emergency.height = tree["height"];
  emergency.index = tree["index"];
  const auto review = tree.find("review");
  if (review == tree.end()) return emergency;
  emergency.verdict = (*review)["outcome"];
  emergency.reviewer = (*review)["by"];
  emergency.reviewer_institution = review->value("institution", "");
  emergency.reviewed = time_of((*review)["at"]);
  return emergency;
}

Emergency emergency_at(const ledger::StateReader& state, std::string_view reference) {
  const std::string path = load(reference);
  auto emergency = find_emergency(state, path.substr(0, 64), path.substr(65));
  EMR_CHECK(emergency.has_value());  // an index and its entry are written together, for good
  return *std::move(emergency);
}

std::optional<Emergency> live_emergency(const ledger::StateReader& state, const Account& subject,
                                        const RecordHead& record, UnixSeconds time) {
  if (!subject.is("doctor")) return std::nullopt;
  for (const std::string& token : {record.tag, record.patient}) {
    auto emergency = newest(state, subject.address, token);
    if (!emergency || time >= emergency->until) continue;
    const bool covers = emergency->record.empty() ? emergency->patient == record.patient
                                                  : emergency->record == record.tag;
    if (covers) return emergency;
  }
  return std::nullopt;
}

std::string emergency_json(const Emergency& emergency, UnixSeconds time) {
  Json row = stored_tree(emergency);
  set_type(row, "emr.emergency");
  row["status"] = status_of(emergency, time);
  row["reviewed"] = !emergency.waits();
  row["reviewBy"] = format_utc(emergency.since + kReviewSeconds);
  row["overdue"] = emergency.overdue(time);
  return json::canonical_checked(row);
}

std::string emergency_rule_json(const Emergency& emergency, UnixSeconds time) {
  Json scope = Json::object();
  if (!emergency.record.empty()) scope["records"] = {emergency.record};
  return json::canonical_checked(
      Json{{"type", "emr.grant"},
           {"v", 1},
           {"source", "emergency"},
           {"by", emergency.by.text()},
           {"effect", "permit"},
           {"id", emergency.id},
           {"patient", emergency.patient},
           {"purpose", {kEmergencyPurpose}},
           {"reasonCode", emergency.reason_code},
           {"scope", std::move(scope)},
           {"since", format_utc(emergency.since)},
           {"status", status_of(emergency, time)},
           {"to", {{"id", emergency.by.text()}, {"kind", "doctor"}}},
           {"until", format_utc(emergency.until)}});
}

Outcome declare_emergency(Call& call) {
  Emergency emergency;
  emergency.reason_code = call.args()["reasonCode"];
  call.audit.purpose = kEmergencyPurpose;
  call.audit.reason_code = emergency.reason_code;
  Outcome read = read_subject(call, emergency);
  if (read.status != ledger::ReceiptStatus::kOk) return read;
  const std::string& token = emergency.record.empty() ? emergency.patient : emergency.record;
  const auto running = newest(call.state, call.from(), token);
  if (running && call.block.time < running->until) return answer(*running, "unchanged");
  emergency.id = to_hex(call.tx.txid());
  emergency.by = call.from();
  emergency.institution = call.account->institution;
  emergency.since = call.block.time;
  emergency.until = call.block.time + 60 * call.args()["minutes"].get<UnixSeconds>();
  if (emergency.until == emergency.since) return failed("empty_period");
  emergency.height = call.block.height;
  emergency.index = call.block.index;
  call.audit.rule = emergency.id;
  put_emergency(call.state, emergency);
  const std::string reference = reference_to(emergency);
  call.state.put(keys::emergency_patient(emergency.id), reference);
  call.state.put(keys::emergency_right(emergency.by, token), reference);
  call.state.put(keys::grants_to("doctor", emergency.by.text()) + emergency.patient + "/" +
                     emergency.id,
                 std::string(keys::kPresent));
  call.state.put(index_of_emergencies() + place_of(emergency), reference);
  call.state.put(index_of_unreviewed() + place_of(emergency), reference);
  return answer(emergency, "declared");
}

// Nobody judges himself: doctors review nothing, and who has become an admin since, not his own. An
// admin or auditor of his institution does; the alliance's own auditors review everything, and have
// the last word.
Outcome review_emergency(Call& call) {
  const std::string id = call.args()["emergency"];
  const auto reference = call.state.get(keys::emergency_patient(id));
  if (!reference) return failed("not_found");
  Emergency emergency = emergency_at(call.state, *reference);
  call.audit.patient = emergency.patient;
  call.audit.record = emergency.record;
  call.audit.purpose = kEmergencyPurpose;
  call.audit.rule = id;
  call.audit.reason_code = call.args()["outcome"];
  const std::string& institution = call.account->institution;
  if (!institution.empty() && institution != emergency.institution) {
    return denied("other_institution");
  }
  if (emergency.by == call.from()) return denied("own_emergency");
  const bool last_word = institution.empty() && !emergency.reviewer_institution.empty();
  if (!emergency.waits() && !last_word) return failed("already_reviewed");
  emergency.verdict = call.args()["outcome"];
  emergency.reviewer = call.from().text();
  emergency.reviewer_institution = institution;
  emergency.reviewed = call.block.time;
  put_emergency(call.state, emergency);
  call.state.erase(index_of_unreviewed() + place_of(emergency));
  return done({{"emergency", id}, {"outcome", emergency.verdict}});
}

}  // namespace emr::contracts
