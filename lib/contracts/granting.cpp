#include "contracts/granting.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/closing.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/records.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

/// Somebody the ledger knows: a rule for a mistyped address would be nobody's, and look like one.
bool is_good_reader(const Call& call, const Rule& rule) {
  if (rule.to_kind == "doctor") {
    const auto address = crypto::parse_canonical_address(rule.to_id);
    return address && find_account(call.state, *address).has_value();
  }
  if (rule.to_kind == "institution") return find_member(call.state, rule.to_id).has_value();
  return rule.to_id == "doctor" || rule.to_id == "auditor" || rule.to_id == "service";
}

bool are_own_records(const Call& call, const Rule& rule) {
  return std::all_of(rule.records.begin(), rule.records.end(), [&](const std::string& tag) {
    const auto head = find_record(call.state, tag);
    return head && head->patient == rule.patient;
  });
}

Outcome check_rule(const Call& call, const Rule& rule) {
  if (!is_good_reader(call, rule)) return failed("unknown_reader");
  if (!are_own_records(call, rule)) return failed("unknown_record");
  if (rule.until <= rule.since || rule.until <= call.block.time) return failed("empty_period");
  if (rule.until - rule.since > kGrantSecondsMax) return failed("period_too_long");
  const std::vector<Rule> existing = rules_of(call.state, rule.patient);
  const auto mine = std::count_if(existing.begin(), existing.end(),
                                  [&](const Rule& other) { return other.by == rule.by; });
  const bool full = static_cast<std::size_t>(mine) >= kGrantsPerSignerMax ||
                    existing.size() >= kGrantsPerPatientMax;
  return full ? failed("too_many_rules") : done();
}

}  // namespace

bool may_rule(const Call& call, const std::string& patient) {
  if (call.account->role == "admin") {
    return !has_binding(call.state, patient, call.account->institution);
  }
  return is_attested(call.state, patient, call.from());
}

Outcome make_rule(Call& call, Rule& rule) {
  rule.id = to_hex(call.tx.txid());
  rule.by = call.from();
  if (call.account->role == "admin") rule.in_trust_by = call.account->institution;
  if (!may_rule(call, rule.patient)) return denied("not_the_patient");
  if (!rule.in_trust_by.empty() && is_closed(call.state, rule.patient, rule.in_trust_by)) {
    return failed("patient_closed");
  }
  Outcome checked = check_rule(call, rule);
  if (checked.status != ledger::ReceiptStatus::kOk) return checked;
  put_rule(call.state, rule);
  call.state.put(keys::grant_patient(rule.id), json::canonical_checked(Json(rule.patient)));
  call.state.put(keys::grants_to(rule.to_kind, rule.to_id) + rule.patient + "/" + rule.id,
                 std::string(keys::kPresent));
  return done();
}

}  // namespace emr::contracts
