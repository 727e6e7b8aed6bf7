// Queries about records: one, its history, lists by index, and the importer's lookup.
#include <nlohmann/json.hpp>
#include <optional>

#include "base/hex.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/paging.h"
#include "contracts/query_kinds.h"
#include "contracts/records.h"
#include "contracts/rules.h"
#include "contracts/stored.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::contracts {

using json::Json;

namespace {

constexpr std::string_view kWhere = "/query";

/// The head, for a subject who may know of it. Both kinds of absence look the same from outside.
Result<RecordHead> visible_record(const Question& q) {
  EMR_ASSIGN(const Hash32 tag, json::get_hex32(q.body, "record", kWhere));
  auto head = find_record(q.state(), to_hex(tag));
  if (!head || !may_know(q.state(), *q.context.genesis, q.subject, *head, q.context.time)) {
    return not_found();
  }
  return *std::move(head);
}

Result<Json> version_tree(const Question& q, const RecordHead& head, std::uint64_t version) {
  const auto text = q.state().get(keys::record_version(head.tag, version));
  if (!text) return not_found();
  return load(*text);
}

/// The filters of a list query; absent ones match everything.
struct RecordFilter {
  std::optional<std::string> patient;
  std::optional<std::string> doctor;
  std::optional<std::string> institution;
  std::optional<std::string> month;
  std::optional<std::string> doc_type;
  std::optional<std::string> visit_type;

  bool matches(const RecordHead& head) const {
    const auto same = [](const std::optional<std::string>& want, const std::string& have) {
      return !want || *want == have;
    };
    return same(patient, head.patient) && same(doctor, head.doctor) &&
           same(institution, head.institution) && same(month, head.month) &&
           same(doc_type, head.doc_type) && same(visit_type, head.visit_type);
  }
};

Result<RecordFilter> read_filter(const Json& body) {
  EMR_TRY(json::refuse_unknown_members(body,
                                       {"kind", "patient", "doctor", "institution", "month",
                                        "docType", "visitType", "limit", "after"},
                                       kWhere));
  constexpr json::TextRule rule{.max = 64};
  RecordFilter filter;
  EMR_ASSIGN(const auto patient, json::find_hex32(body, "patient", kWhere));
  if (patient) filter.patient = to_hex(*patient);
  EMR_ASSIGN(const auto doctor, json::find_hex32(body, "doctor", kWhere));
  if (doctor) filter.doctor = to_hex(*doctor);
  EMR_ASSIGN(filter.institution, json::find_string(body, "institution", rule, kWhere));
  EMR_ASSIGN(filter.month, read_month(body));
  EMR_ASSIGN(filter.doc_type, json::find_string(body, "docType", rule, kWhere));
  EMR_ASSIGN(filter.visit_type, json::find_string(body, "visitType", rule, kWhere));
  return filter;
}

struct Plan {
  std::string index;
  std::vector<std::string> prefixes;
};

std::vector<std::string> institutions(const ledger::StateReader& state) {
  std::vector<std::string> ids;
  for (const auto& entry :
       state.scan(keys::kInstitutions, "", ledger::kInstitutionsMax * 16)) {
    ids.push_back(entry.key.substr(keys::kInstitutions.size()));
  }
  for (const auto& entry :  // their records stay
       state.scan(keys::kFormerInstitutions, "", ledger::kInstitutionsMax * 16)) {
    ids.push_back(entry.key.substr(keys::kFormerInstitutions.size()));
  }
  return ids;
}

/// The narrowest index first: a person, then a hospital (with its month), then a month everywhere.
Result<Plan> choose_index(const Question& q, const RecordFilter& filter) {
  if (filter.patient) return Plan{"patient", {index_of_patient(*filter.patient)}};
  if (filter.doctor) return Plan{"doctor", {index_of_doctor(*filter.doctor)}};
  if (filter.institution && filter.month) {
    return Plan{"institution-month",
                {index_of_institution_month(*filter.institution, *filter.month)}};
  }
  if (filter.institution) {
    return Plan{"institution", {index_of_institution(*filter.institution)}};
  }
  Plan plan{"", {}};
  if (filter.month) {
    plan.index = "month";
    for (const std::string& id : institutions(q.state())) {
      plan.prefixes.push_back(index_of_institution_month(id, *filter.month));
    }
  } else if (q.subject.role == "patient") {
    plan.index = "patient";
    for (const std::string& patient : patients_of(q.state(), q.subject.address)) {
      plan.prefixes.push_back(index_of_patient(patient));
    }
  } else {
    return fail(Code::kData, "no index answers this query")
        .with_pointer(std::string(kWhere))
        .with_reason("no_index")
        .with_hint("name a patient, a doctor, an institution or a month");
  }
  return plan;
}

}  // namespace

Result<QueryAnswer> query_record(const Question& q) {
  EMR_TRY(json::refuse_unknown_members(q.body, {"kind", "record", "version"}, kWhere));
  EMR_ASSIGN(const RecordHead head, visible_record(q));
  EMR_ASSIGN(const auto wanted, json::find_u64(q.body, "version", {1, kVersionsMax}, kWhere));
  EMR_ASSIGN(Json detail, version_tree(q, head, wanted.value_or(head.version)));
  Json row = load(record_json(head));
  set_type(row, "emr.record.head");
  row["detail"] = std::move(detail);
  return rows_answer("record", {json::canonical_checked(row)});
}

Result<QueryAnswer> query_history(const Question& q) {
  EMR_TRY(json::refuse_unknown_members(q.body, {"kind", "record", "limit", "after"}, kWhere));
  EMR_ASSIGN(const RecordHead head, visible_record(q));
  EMR_ASSIGN(const Page page, read_page(q.body));
  QueryAnswer answer = walk(q.state(), {keys::record_versions(head.tag)}, page,
                            [&](const ledger::StateEntry& entry, QueryAnswer& into) {
                              Json row = load(entry.value);
                              set_type(row, "emr.record.version");
                              row["record"] = head.tag;
                              into.rows.push_back(json::canonical_checked(row));
                              return Visit::kRow;
                            });
  answer.explain.index = "history";
  return answer;
}

Result<QueryAnswer> query_records(const Question& q) {
  EMR_ASSIGN(const RecordFilter filter, read_filter(q.body));
  EMR_ASSIGN(const Page page, read_page(q.body));
  EMR_ASSIGN(const Plan plan, choose_index(q, filter));
  const auto visit = [&](const ledger::StateEntry& entry, QueryAnswer& into) {
    const auto head = find_record(q.state(), entry.key.substr(entry.key.rfind('/') + 1));
    if (!head || !may_know(q.state(), *q.context.genesis, q.subject, *head, q.context.time)) {
      return Visit::kHidden;
    }
    if (!filter.matches(*head)) return Visit::kOther;
    Json row = load(record_json(*head));
    set_type(row, "emr.record.head");
    into.rows.push_back(json::canonical_checked(row));
    return Visit::kRow;
  };
  QueryAnswer answer = walk(q.state(), plan.prefixes, page, visit);
  answer.explain.index = plan.index;
  return answer;
}

// For the importer: does the ledger have this record, with this content? Only about the records of
// the asker's own institution; foreign ones look absent.
Result<QueryAnswer> query_lookup(const Question& q) {
  if (!q.subject.is_staff()) {
    return fail(Code::kDenied, "only writers look tags up").with_reason("role");
  }
  EMR_TRY(json::refuse_unknown_members(q.body, {"kind", "tags"}, kWhere));
  EMR_ASSIGN(const Json* tags, json::get_array(q.body, "tags", kLookupTagsMax, kWhere));
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < tags->size(); ++i) {
    const std::string where = json::join_pointer("/query/tags", i);
    EMR_ASSIGN(const Hash32 record, json::get_hex32((*tags)[i], "record", where));
    EMR_ASSIGN(const Hash32 content, json::get_hex32((*tags)[i], "content", where));
    const auto head = find_record(q.state(), to_hex(record));
    Json row{{"type", "emr.lookup"}, {"v", 1}, {"record", to_hex(record)}, {"state", "absent"}};
    if (head && head->institution == q.subject.institution) {
      row["state"] = head->content == to_hex(content) ? "unchanged" : "changed";
      row["version"] = head->version;
    }
    rows.push_back(json::canonical_checked(row));
  }
  return rows_answer("record", std::move(rows));
}

}  // namespace emr::contracts
