// What stays of a patient, and why: how many records each institution holds. For him who closed his
// file (even with a closed account), his wallets, auditors, and each institution about itself.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/closing.h"
#include "contracts/index.h"
#include "contracts/paging.h"
#include "contracts/query_kinds.h"
#include "contracts/records.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::contracts {

namespace {

constexpr std::string_view kWhere = "/query";

/// An admin who closed in trust is none: he sees his own house.
bool is_the_patients(const Question& q, const std::string& patient) {
  if (q.subject.role != "patient") return false;
  if (is_attested(q.state(), patient, q.subject.address)) return true;
  const auto closings = closings_of(q.state(), patient);
  return std::any_of(closings.begin(), closings.end(), [&](const Closing& closing) {
    return closing.by == q.subject.address;
  });
}

bool may_see(const Question& q, const std::string& institution, bool own) {
  const bool auditor = q.subject.is("auditor") && q.subject.institution.empty();
  const bool house = (q.subject.is("admin") || q.subject.is("auditor")) &&
                     q.subject.institution == institution;
  return own || auditor || house;
}

}  // namespace

// Of records beyond kScanMax the next page tells: one row for an institution and page.
Result<QueryAnswer> query_retained(const Question& q) {
  EMR_TRY(json::refuse_unknown_members(q.body, {"kind", "patient", "limit", "after"}, kWhere));
  EMR_ASSIGN(const Hash32 token, json::get_hex32(q.body, "patient", kWhere));
  EMR_ASSIGN(const Page page, read_page(q.body));
  const std::string patient = to_hex(token);
  const bool own = is_the_patients(q, patient);
  std::map<std::string, std::uint64_t> counts;
  QueryAnswer answer =
      walk(q.state(), {index_of_patient(patient)}, page, [&](const auto& entry, QueryAnswer&) {
        const auto head = find_record(q.state(), entry.key.substr(entry.key.rfind('/') + 1));
        if (!head || !may_see(q, head->institution, own)) return Visit::kHidden;
        ++counts[head->institution];
        return Visit::kOther;
      });
  for (const auto& [institution, records] : counts) {
    const bool closed = is_closed(q.state(), patient, institution);
    answer.rows.push_back(json::canonical_checked(
        json::Json{{"type", "emr.retained"},
                   {"v", 1},
                   {"institution", institution},
                   {"patient", patient},
                   {"reason", closed ? "retention" : "in-use"},
                   {"records", records}}));
  }
  answer.explain.index = "patient";
  answer.explain.returned = answer.rows.size();
  return answer;
}

}  // namespace emr::contracts
