#include "contracts/request.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/check.h"
#include "base/hex.h"
#include "contracts/closing.h"
#include "contracts/granting.h"
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

UnixSeconds time_of(const Json& text) {
  auto time = parse_utc(text.get_ref<const std::string&>());
  return *time;
}

// --- values --------------------------------------------------------------------------------------

Json shown_tree(const AccessRequest& request) {
  Json tree{{"by", request.by.text()},
            {"expires", format_utc(request.expires)},
            {"id", request.id},
            {"institution", request.institution},
            {"patient", request.wanted.patient},
            {"purpose", request.wanted.purposes.front()},
            {"scope", scope_tree(request.wanted)},
            {"since", format_utc(request.wanted.since)},
            {"until", format_utc(request.wanted.until)}};
  if (request.decision.empty()) return tree;
  Json answer{{"at", format_utc(request.answered)},
              {"by", request.answered_by},
              {"decision", request.decision}};
  if (!request.in_trust_by.empty()) answer["inTrustBy"] = request.in_trust_by;
  if (!request.grant.empty()) {
    answer["grant"] = request.grant;
    answer["until"] = format_utc(request.until);
  }
  tree["answer"] = std::move(answer);
  return tree;
}

void put_request(ledger::Overlay& state, const AccessRequest& request) {
  Json tree = shown_tree(request);
  tree["asked"] = request.asked;
  state.put(keys::request(request.wanted.patient, request.id), json::canonical_checked(tree));
}

/// The rule that a doctor asks for: he reads, and nobody else.
Rule wanted_rule(const crypto::Address& doctor, const std::string& patient, const Json& args,
                 UnixSeconds since) {
  return rule_from_args({{"patient", patient},
                         {"to", {{"kind", "doctor"}, {"id", doctor.text()}}},
                         {"scope", args["scope"]},
                         {"purpose", {args["purpose"]}},
                         {"since", format_utc(since)},
                         {"until", args["until"]},
                         {"effect", "permit"}});
}

void read_answer(const Json& answer, AccessRequest& request) {
  request.decision = answer["decision"];
  request.answered_by = answer["by"];
  request.answered = time_of(answer["at"]);
  request.in_trust_by = answer.value("inTrustBy", "");
  request.grant = answer.value("grant", "");
  if (!request.grant.empty()) request.until = time_of(answer["until"]);
}

// --- asking --------------------------------------------------------------------------------------

/// Whom and what it is about; fails for what the ledger does not have.
Outcome read_subject(Call& call, AccessRequest& request) {
  Json args = call.args();
  const std::string record = args.value("record", "");
  std::string patient = args.value("patient", "");
  if (record.empty() == patient.empty()) return failed("patient_or_record");
  if (!record.empty()) {
    if (args["scope"].contains("records")) return failed("patient_or_record");
    const auto head = find_record(call.state, record);
    if (!head) return failed("not_found");
    patient = head->patient;
    args["scope"]["records"] = {record};
    call.audit.record = head->tag;
    call.audit.record_institution = head->institution;
  } else if (call.state.scan(index_of_patient(patient), "", 1).empty()) {
    return failed("not_found");
  }
  call.audit.patient = patient;
  request.wanted = wanted_rule(call.from(), patient, args, call.block.time);
  if (request.wanted.until <= call.block.time) return failed("empty_period");
  const bool too_long = request.wanted.until - call.block.time > kGrantSecondsMax;
  return too_long ? failed("period_too_long") : done();
}

/// The tags of the records that are named, or of the first ones that the patient has.
std::vector<std::string> looked_at(const Call& call, const Rule& wanted) {
  if (!wanted.records.empty()) return wanted.records;
  std::vector<std::string> tags;
  const std::string prefix = index_of_patient(wanted.patient);
  for (const auto& entry : call.state.scan(prefix, "", kRequestScanMax)) {
    tags.push_back(entry.key.substr(prefix.size()));
  }
  return tags;
}

/// Fills in whose records are asked for. What is named by institution is believed: whether the
/// patient was ever there must not be found out by asking.
Outcome read_asked(const Call& call, AccessRequest& request) {
  const Rule& wanted = request.wanted;
  std::set<std::string> where;
  if (wanted.records.empty()) where.insert(wanted.institutions.begin(), wanted.institutions.end());
  for (const std::string& institution : where) {
    if (!find_member(call.state, institution)) return failed("unknown_institution");
  }
  if (where.empty()) {
    for (const std::string& tag : looked_at(call, wanted)) {
      const auto head = find_record(call.state, tag);
      if (!head || head->patient != wanted.patient) return failed("unknown_record");
      where.insert(head->institution);
    }
  }
  for (const std::string& institution : where) {
    if (!is_closed(call.state, wanted.patient, institution)) request.asked.push_back(institution);
  }
  return request.asked.empty() ? failed("patient_closed") : done();
}

bool is_same_wish(const AccessRequest& one, const AccessRequest& other) {
  return one.wanted.until == other.wanted.until && one.wanted.purposes == other.wanted.purposes &&
         scope_tree(one.wanted) == scope_tree(other.wanted);
}

std::vector<AccessRequest> waiting_of(const Call& call, const std::string& patient) {
  std::vector<AccessRequest> waiting;
  const std::string prefix = keys::waiting_requests(patient, call.from());
  for (const auto& entry : call.state.scan(prefix, "", kWaitingRequestsMax)) {
    auto request = find_request(call.state, patient, entry.key.substr(prefix.size()));
    if (request && request->is_pending(call.block.time)) waiting.push_back(*std::move(request));
  }
  return waiting;
}

void file_request(Call& call, const AccessRequest& request) {
  put_request(call.state, request);
  const std::string& patient = request.wanted.patient;
  const std::string reference = json::canonical_checked(Json(patient + "/" + request.id));
  const std::string place =
      keys::place(call.block.time, call.block.height, call.block.index);
  call.state.put(keys::request_patient(request.id), reference);
  call.state.put(index_of_requests() + place, reference);
  call.state.put(index_of_requests_by(request.by.text()) + place, reference);
  for (const std::string& institution : request.asked) {
    call.state.put(index_of_requests_to(institution) + place, reference);
  }
  const std::string waiting = keys::waiting_request(patient, request.by, request.id);
  call.state.put(waiting, std::string(keys::kPresent));
  call.state.put(keys::expiry(request.expires, "request/" + request.id),
                 json::canonical_checked(Json{waiting}));
}

Outcome pending(const AccessRequest& request, const char* outcome) {
  return done({{"expires", format_utc(request.expires)},
               {"outcome", outcome},
               {"request", request.id},
               {"until", format_utc(request.wanted.until)}});
}

// --- answering -----------------------------------------------------------------------------------

/// Who may rule for the patient, where the rule would count: otherwise an institution that never
/// saw the patient, or a wallet of its own making, could use up the one answer.
bool may_answer(const Call& call, const AccessRequest& request) {
  const std::string& patient = request.wanted.patient;
  if (!may_rule(call, patient)) return false;
  if (call.account->role == "admin") return request.concerns(call.account->institution);
  return std::any_of(request.asked.begin(), request.asked.end(), [&](const std::string& where) {
    return is_bound(call.state, patient, call.from(), where);
  });
}

/// Does the answer say what was asked? A node could show another request under this id.
bool is_about(const Json& args, const AccessRequest& request) {
  return args["patient"] == request.wanted.patient && args["doctor"] == request.by.text() &&
         args["purpose"] == request.wanted.purposes.front() &&
         args["scope"] == scope_tree(request.wanted);
}

/// Is who asked still a doctor of that institution, and the institution a member?
bool may_still_read(const Call& call, const AccessRequest& request) {
  const auto doctor = find_account(call.state, request.by);
  return doctor && doctor->is("doctor") && doctor->institution == request.institution &&
         is_of_alliance(call.state, *doctor);
}

Outcome approve(Call& call, AccessRequest& request) {
  if (!may_still_read(call, request)) return failed("not_a_doctor");
  const bool closed =
      std::all_of(request.asked.begin(), request.asked.end(), [&](const std::string& where) {
        return is_closed(call.state, request.wanted.patient, where);
      });
  if (closed) return failed("patient_closed");
  Rule rule = request.wanted;
  rule.since = call.block.time;
  if (call.args().contains("until")) rule.until = time_of(call.args()["until"]);
  if (rule.until > request.wanted.until) return failed("wider_than_request");
  rule.height = call.block.height;
  rule.index = call.block.index;
  Outcome made = make_rule(call, rule);
  if (made.status != ReceiptStatus::kOk) return made;
  request.grant = rule.id;
  request.until = rule.until;
  return done({{"grant", rule.id},
               {"outcome", "approved"},
               {"request", request.id},
               {"until", format_utc(rule.until)}});
}

Outcome deny(Call& call, const AccessRequest& request) {
  if (call.args().contains("until")) return failed("until_of_denial");
  return done({{"outcome", "denied"}, {"request", request.id}});
}

}  // namespace

bool AccessRequest::concerns(std::string_view where) const {
  return std::find(asked.begin(), asked.end(), where) != asked.end();
}

const char* AccessRequest::status(UnixSeconds time) const {
  if (decision.empty()) return time < expires ? "pending" : "expired";
  return decision == "approve" ? "approved" : "denied";
}

std::optional<AccessRequest> find_request(const ledger::StateReader& state,
                                          std::string_view patient, std::string_view id) {
  const auto text = state.get(keys::request(patient, id));
  if (!text) return std::nullopt;
  const Json tree = load(*text);
  AccessRequest request;
  request.id = tree["id"];
  auto by = crypto::parse_canonical_address(tree["by"].get_ref<const std::string&>());
  request.by = *by;
  request.wanted = wanted_rule(request.by, tree["patient"], tree, time_of(tree["since"]));
  request.institution = tree["institution"];
  request.asked = tree["asked"].get<std::vector<std::string>>();
  request.expires = time_of(tree["expires"]);
  const auto answer = tree.find("answer");
  if (answer != tree.end()) read_answer(*answer, request);
  return request;
}

AccessRequest request_at(const ledger::StateReader& state, std::string_view reference) {
  const std::string path = load(reference);
  auto request = find_request(state, path.substr(0, 64), path.substr(65));
  EMR_CHECK(request.has_value());  // an index and its entry are written together, for good
  return *std::move(request);
}

std::string request_json(const AccessRequest& request, UnixSeconds time) {
  Json row = shown_tree(request);
  set_type(row, "emr.request");
  row["status"] = request.status(time);
  return json::canonical_checked(row);
}

Outcome request_access(Call& call) {
  AccessRequest request;
  call.audit.purpose = call.args()["purpose"];
  Outcome read = read_subject(call, request);
  if (read.status != ReceiptStatus::kOk) return read;
  request.id = to_hex(call.tx.txid());
  request.by = call.from();
  request.institution = call.account->institution;
  request.expires = std::min(call.block.time + kRequestSecondsMax, request.wanted.until);
  const std::vector<AccessRequest> waiting = waiting_of(call, request.wanted.patient);
  for (const AccessRequest& one : waiting) {
    if (is_same_wish(one, request)) return pending(one, "unchanged");
  }
  if (waiting.size() == kWaitingRequestsMax) return failed("too_many_pending");
  Outcome asked = read_asked(call, request);
  if (asked.status != ReceiptStatus::kOk) return asked;
  call.audit.rule = request.id;
  file_request(call, request);
  return pending(request, "pending");
}

Outcome answer_request(Call& call) {
  const std::string id = call.args()["request"];
  const auto reference = call.state.get(keys::request_patient(id));
  if (!reference) return failed("not_found");
  AccessRequest request = request_at(call.state, *reference);
  call.audit.patient = request.wanted.patient;
  if (request.wanted.records.size() == 1) call.audit.record = request.wanted.records.front();
  call.audit.purpose = request.wanted.purposes.front();
  call.audit.rule = id;
  call.audit.reason_code = call.args()["decision"];
  if (!may_answer(call, request)) return denied("not_the_patient");
  if (!is_about(call.args(), request)) return failed("other_request");
  if (!request.decision.empty()) return failed("already_answered");
  if (!request.is_pending(call.block.time)) return failed("request_expired");
  const bool yes = call.args()["decision"] == "approve";
  Outcome outcome = yes ? approve(call, request) : deny(call, request);
  if (outcome.status != ReceiptStatus::kOk) return outcome;
  request.decision = call.args()["decision"];
  request.answered = call.block.time;
  request.answered_by = call.from().text();
  if (call.account->role == "admin") request.in_trust_by = call.account->institution;
  put_request(call.state, request);
  call.state.erase(keys::waiting_request(request.wanted.patient, request.by, id));
  return outcome;
}

}  // namespace emr::contracts
