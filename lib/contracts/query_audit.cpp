// The audit query. Who sees an entry: auditors every one (it holds tokens only, and each member's
// node has the whole audit anyway); the admin of an institution those about its records or by its
// people; a patient those about himself; everybody his own acts.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "contracts/paging.h"
#include "contracts/query_kinds.h"
#include "contracts/stored.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

constexpr std::string_view kWhere = "/query";

struct AuditFilter {
  std::optional<Hash32> patient;
  std::optional<Hash32> record;
  std::optional<std::string> action;
  std::optional<std::string> outcome;
  std::optional<std::string> agent;
  std::optional<std::string> purpose;
  std::optional<UnixSeconds> since;
  std::optional<UnixSeconds> until;
};

Result<AuditFilter> read_filter(const Json& body) {
  EMR_TRY(json::refuse_unknown_members(body,
                                       {"kind", "patient", "record", "action", "outcome", "agent",
                                        "purpose", "since", "until", "limit", "after"},
                                       kWhere));
  AuditFilter filter;
  EMR_ASSIGN(filter.patient, json::find_hex32(body, "patient", kWhere));
  EMR_ASSIGN(filter.record, json::find_hex32(body, "record", kWhere));
  EMR_ASSIGN(filter.action, json::find_string(body, "action", {.max = 64}, kWhere));
  EMR_ASSIGN(filter.outcome, json::find_string(body, "outcome", {.max = 8}, kWhere));
  EMR_ASSIGN(filter.agent, json::find_string(body, "agent", {.max = 42}, kWhere));
  EMR_ASSIGN(filter.purpose, json::find_string(body, "purpose", {.max = 16}, kWhere));
  EMR_ASSIGN(filter.since, json::find_utc(body, "since", kWhere));
  EMR_ASSIGN(filter.until, json::find_utc(body, "until", kWhere));
  return filter;
}

/// "permission.access", or the method's name alone.
bool is_action(const std::string& action, const std::string& wanted) {
  return action == wanted || action.substr(action.find('.') + 1) == wanted;
}

bool matches(const AuditFilter& filter, const Json& entry) {
  if (filter.record && entry.value("record", "") != to_hex(*filter.record)) return false;
  if (filter.action && !is_action(entry["action"].get<std::string>(), *filter.action)) return false;
  if (filter.purpose && entry.value("purpose", "") != *filter.purpose) return false;
  if (filter.outcome && entry["outcome"] != *filter.outcome) return false;
  return !filter.agent || entry["agent"]["id"] == *filter.agent;
}

bool may_see(const Question& q, const std::vector<std::string>& own_patients, const Json& entry) {
  const Account& subject = q.subject;
  if (subject.role == "auditor") return true;
  const Json& agent = entry["agent"];
  if (agent["id"] == subject.address.text()) return true;
  if (subject.role == "admin") {
    return entry.value("recordInstitution", "") == subject.institution ||
           agent.value("institution", "") == subject.institution;
  }
  const std::string patient = entry.value("patient", "");
  return std::find(own_patients.begin(), own_patients.end(), patient) != own_patients.end();
}

/// The prefixes to walk: of the patients asked for, of a patient's own, or the whole audit.
std::vector<std::string> prefixes_of(const Question& q, const AuditFilter& filter,
                                     const std::vector<std::string>& own_patients) {
  if (filter.patient) return {index_of_audit(to_hex(*filter.patient))};
  if (q.subject.role != "patient") return {std::string(keys::kAudit)};
  std::vector<std::string> prefixes;
  for (const std::string& patient : own_patients) prefixes.push_back(index_of_audit(patient));
  return prefixes;
}

std::string_view place_of(std::string_view key) {
  constexpr std::size_t size = 12 + 1 + 12 + 1 + 5;  // keys::place
  return key.substr(key.size() - size);
}

}  // namespace

Result<QueryAnswer> query_audit(const Question& q) {
  EMR_ASSIGN(const AuditFilter filter, read_filter(q.body));
  EMR_ASSIGN(Page page, read_page(q.body));
  const auto own_patients = patients_of(q.state(), q.subject.address);
  const auto prefixes = prefixes_of(q, filter, own_patients);
  const std::string first =
      filter.since ? keys::padded(static_cast<std::uint64_t>(*filter.since), 12) : "";
  const std::string last =
      filter.until ? keys::padded(static_cast<std::uint64_t>(*filter.until), 12) : "~";
  if (page.after.empty() && !first.empty() && prefixes.size() == 1) {
    page.after = prefixes.front() + first;  // start in the index where the period starts
  }
  const auto visit = [&](const ledger::StateEntry& entry, QueryAnswer& into) {
    const std::string_view place = place_of(entry.key);
    if (place.substr(0, 12) >= last) return Visit::kStop;
    if (place.substr(0, 12) < first) return Visit::kOther;
    const auto text = q.state().get(std::string(keys::kAudit) + std::string(place));
    auto parsed = json::parse_strict(*text);
    Json row = *std::move(parsed);
    if (!may_see(q, own_patients, row)) return Visit::kHidden;
    if (!matches(filter, row)) return Visit::kOther;
    set_type(row, "emr.audit");
    row["decision"] = row["outcome"] == "denied" ? "deny" : "permit";
    row["id"] = std::to_string(row["height"].get<std::uint64_t>()) + "-" +
                std::to_string(row["index"].get<std::uint64_t>());
    into.rows.push_back(json::canonical_checked(row));
    return Visit::kRow;
  };
  QueryAnswer answer = walk(q.state(), prefixes, page, visit);
  answer.explain.index = prefixes.size() == 1 && prefixes.front() == keys::kAudit ? "time"
                                                                                  : "patient";
  return answer;
}

}  // namespace emr::contracts
