// The list of emergency accesses: what auditors and admins work through, and what a patient is
// told. Who sees one: every auditor; its patient; its doctor; the admins of his institution and of
// the one whose record it was about. What is reviewed and overdue is computed when it is asked.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/emergency.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/paging.h"
#include "contracts/query_kinds.h"
#include "contracts/records.h"
#include "json/access.h"

namespace emr::contracts {

namespace {

constexpr std::string_view kWhere = "/query";

struct EmergencyFilter {
  std::optional<Hash32> patient;
  std::optional<std::string> institution;
  bool unreviewed = false;
  bool overdue = false;

  bool matches(const Emergency& emergency) const {
    return (!institution || *institution == emergency.institution) &&
           (!(unreviewed || overdue) || emergency.waits());
  }
};

Result<EmergencyFilter> read_filter(const nlohmann::json& body) {
  EMR_TRY(json::refuse_unknown_members(
      body, {"kind", "patient", "institution", "unreviewed", "overdue", "limit", "after"}, kWhere));
  EmergencyFilter filter;
  EMR_ASSIGN(filter.patient, json::find_hex32(body, "patient", kWhere));
  EMR_ASSIGN(filter.institution, json::find_string(body, "institution", {.max = 32}, kWhere));
  EMR_ASSIGN(const auto unreviewed, json::find_bool(body, "unreviewed", kWhere));
  EMR_ASSIGN(const auto overdue, json::find_bool(body, "overdue", kWhere));
  filter.unreviewed = unreviewed.value_or(false);
  filter.overdue = overdue.value_or(false);
  return filter;
}

bool may_see(const Question& q, const Emergency& emergency) {
  const Account& subject = q.subject;
  if (subject.role == "auditor" || emergency.by == subject.address) return true;
  if (subject.role == "patient") {
    return is_attested(q.state(), emergency.patient, subject.address);
  }
  if (subject.role != "admin") return false;
  if (emergency.institution == subject.institution) return true;
  const auto head = emergency.record.empty() ? std::nullopt
                                             : find_record(q.state(), emergency.record);
  return head && head->institution == subject.institution;
}

/// A patient's own, one patient's, those that wait, or all of them: the shortest way to the rows.
std::vector<std::string> prefixes_of(const Question& q, const EmergencyFilter& filter) {
  if (filter.patient) return {keys::emergencies_of(to_hex(*filter.patient))};
  if (q.subject.role == "patient") {
    std::vector<std::string> prefixes;
    for (const std::string& patient : patients_of(q.state(), q.subject.address)) {
      prefixes.push_back(keys::emergencies_of(patient));
    }
    return prefixes;
  }
  return {filter.unreviewed || filter.overdue ? index_of_unreviewed() : index_of_emergencies()};
}

/// The emergency of an entry: of the patient's list, or of an index that refers to it.
Emergency emergency_of(const Question& q, const ledger::StateEntry& entry) {
  if (entry.key.starts_with("index/")) return emergency_at(q.state(), entry.value);
  const std::size_t id = entry.key.rfind('/');
  return *find_emergency(q.state(), entry.key.substr(id - 64, 64), entry.key.substr(id + 1));
}

}  // namespace

Result<QueryAnswer> query_emergencies(const Question& q) {
  EMR_ASSIGN(const EmergencyFilter filter, read_filter(q.body));
  EMR_ASSIGN(const Page page, read_page(q.body));
  const auto visit = [&](const ledger::StateEntry& entry, QueryAnswer& into) {
    const Emergency emergency = emergency_of(q, entry);
    const bool due = emergency.overdue(q.context.time);
    if (filter.overdue && !due && entry.key.starts_with(index_of_unreviewed())) {
      return Visit::kStop;  // the oldest come first
    }
    if (!may_see(q, emergency)) return Visit::kHidden;
    if (!filter.matches(emergency) || (filter.overdue && !due)) return Visit::kOther;
    into.rows.push_back(emergency_json(emergency, q.context.time));
    return Visit::kRow;
  };
  const auto prefixes = prefixes_of(q, filter);
  QueryAnswer answer = walk(q.state(), prefixes, page, visit);
  const bool by_time = prefixes.size() == 1 && prefixes.front().starts_with("index/");
  answer.explain.index = by_time ? "time" : "patient";
  return answer;
}

}  // namespace emr::contracts
