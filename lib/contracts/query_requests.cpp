// The list of requests for access: what waits for a patient's answer, and how he answered. Who sees
// one: its patient; its doctor; the admins of the institutions whose records it concerns (they
// answer where no wallet does); every auditor. What has expired is computed when it is asked.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "contracts/paging.h"
#include "contracts/query_kinds.h"
#include "contracts/request.h"
#include "json/access.h"

namespace emr::contracts {

namespace {

constexpr std::string_view kWhere = "/query";

struct RequestFilter {
  std::optional<Hash32> patient;
  std::optional<std::string> institution;
  std::optional<std::string> status;

  bool matches(const AccessRequest& request, UnixSeconds time) const {
    return (!institution || *institution == request.institution) &&
           (!status || *status == request.status(time));
  }
};

Result<RequestFilter> read_filter(const nlohmann::json& body) {
  EMR_TRY(json::refuse_unknown_members(
      body, {"kind", "patient", "institution", "status", "limit", "after"}, kWhere));
  RequestFilter filter;
  EMR_ASSIGN(filter.patient, json::find_hex32(body, "patient", kWhere));
  EMR_ASSIGN(filter.institution, json::find_string(body, "institution", {.max = 32}, kWhere));
  EMR_ASSIGN(filter.status, json::find_string(body, "status", {.max = 16}, kWhere));
  return filter;
}

bool may_see(const Question& q, const AccessRequest& request) {
  const Account& subject = q.subject;
  if (subject.role == "auditor" || request.by == subject.address) return true;
  if (subject.role == "patient") {
    return is_attested(q.state(), request.wanted.patient, subject.address);
  }
  return subject.role == "admin" && request.concerns(subject.institution);
}

/// One patient's, a patient's own, an institution's, a doctor's, or all: the short way to the rows.
std::vector<std::string> prefixes_of(const Question& q, const RequestFilter& filter) {
  if (filter.patient) return {keys::requests_of(to_hex(*filter.patient))};
  if (q.subject.role == "patient") {
    std::vector<std::string> prefixes;
    for (const std::string& patient : patients_of(q.state(), q.subject.address)) {
      prefixes.push_back(keys::requests_of(patient));
    }
    return prefixes;
  }
  if (q.subject.role == "auditor") return {index_of_requests()};
  if (q.subject.role == "admin") return {index_of_requests_to(q.subject.institution)};
  return {index_of_requests_by(q.subject.address.text())};
}

/// The request of an entry: of the patient's list, or of an index that refers to it.
AccessRequest request_of(const Question& q, const ledger::StateEntry& entry) {
  if (entry.key.starts_with("index/")) return request_at(q.state(), entry.value);
  const std::size_t id = entry.key.rfind('/');
  return *find_request(q.state(), entry.key.substr(id - 64, 64), entry.key.substr(id + 1));
}

}  // namespace

Result<QueryAnswer> query_requests(const Question& q) {
  EMR_ASSIGN(const RequestFilter filter, read_filter(q.body));
  EMR_ASSIGN(const Page page, read_page(q.body));
  const auto visit = [&](const ledger::StateEntry& entry, QueryAnswer& into) {
    const AccessRequest request = request_of(q, entry);
    if (!may_see(q, request)) return Visit::kHidden;
    if (!filter.matches(request, q.context.time)) return Visit::kOther;
    into.rows.push_back(request_json(request, q.context.time));
    return Visit::kRow;
  };
  const auto prefixes = prefixes_of(q, filter);
  QueryAnswer answer = walk(q.state(), prefixes, page, visit);
  const bool by_time = prefixes.size() == 1 && prefixes.front().starts_with("index/");
  answer.explain.index = by_time ? "time" : "patient";
  return answer;
}

}  // namespace emr::contracts
