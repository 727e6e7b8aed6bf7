// Queries about rights: rules, decisions, members, what waits for a decision.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/closing.h"
#include "contracts/emergency.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/paging.h"
#include "contracts/query_kinds.h"
#include "contracts/rules.h"
#include "contracts/stored.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::contracts {

using json::Json;

namespace {

constexpr std::string_view kWhere = "/query";

bool is_consortium_auditor(const Account& account) {
  return account.is("auditor") && account.institution.empty();
}

bool is_own_patient(const Question& q, const std::string& patient) {
  return q.subject.role == "patient" && is_attested(q.state(), patient, q.subject.address);
}

/// May the subject see this rule? Its patient, its reader, its institution in trust, every auditor:
/// it holds tokens only, and he may read it in the blocks anyway.
bool may_see_rule(const Question& q, const Rule& rule) {
  if (q.subject.is("auditor") || is_own_patient(q, rule.patient)) return true;
  if (rule.to_kind == "doctor" && rule.to_id == q.subject.address.text()) return true;
  if (rule.to_kind == "institution" && rule.to_id == q.subject.institution) return true;
  return q.subject.is("admin") && rule.in_trust_by == q.subject.institution;
}

Visit rule_row(const Question& q, Rule rule, QueryAnswer& into) {
  if (!may_see_rule(q, rule)) return Visit::kHidden;
  if (rule.revoked == 0) rule.revoked = ended_at(q.state(), rule);  // by a deregistration
  Json row = load(rule_json(rule, q.context.time));
  set_type(row, "emr.grant");
  into.rows.push_back(json::canonical_checked(row));
  return Visit::kRow;
}

/// An emergency stands beside the rules: it is what else let somebody read.
Visit emergency_row(const Question& q, const Emergency& emergency, QueryAnswer& into) {
  const bool visible = q.subject.is("auditor") || emergency.by == q.subject.address ||
                       is_own_patient(q, emergency.patient);
  if (!visible) return Visit::kHidden;
  into.rows.push_back(emergency_rule_json(emergency, q.context.time));
  return Visit::kRow;
}

/// Of a key that ends in "<patient>/<id>".
Visit right_row(const Question& q, std::string_view key, QueryAnswer& into) {
  const std::size_t id = key.rfind('/');
  const std::string_view patient = key.substr(id - 64, 64);
  const auto rule = find_rule(q.state(), patient, key.substr(id + 1));
  if (rule) return rule_row(q, *rule, into);
  return emergency_row(q, *find_emergency(q.state(), patient, key.substr(id + 1)), into);
}

Result<QueryAnswer> rules_by_patient(const Question& q, const std::vector<std::string>& patients,
                                     const Page& page) {
  std::vector<std::string> prefixes;
  for (const std::string& patient : patients) prefixes.push_back(keys::emergencies_of(patient));
  for (const std::string& patient : patients) prefixes.push_back(keys::grants_of(patient));
  QueryAnswer answer = walk(q.state(), prefixes, page, [&](const auto& entry, QueryAnswer& into) {
    return right_row(q, entry.key, into);
  });
  answer.explain.index = "patient";
  return answer;
}

/// The reader as a query names him: an address, "role:" and its name, or an institution.
std::string rules_of_reader(std::string_view reader) {
  constexpr std::string_view kRole = "role:";
  if (reader.starts_with("0x")) return keys::grants_to("doctor", reader);
  if (!reader.starts_with(kRole)) return keys::grants_to("institution", reader);
  return keys::grants_to("role", reader.substr(kRole.size()));
}

Result<QueryAnswer> rules_by_reader(const Question& q, const std::string& reader,
                                    const Page& page) {
  QueryAnswer answer =
      walk(q.state(), {rules_of_reader(reader)}, page,
           [&](const auto& entry, QueryAnswer& into) { return right_row(q, entry.key, into); });
  answer.explain.index = "grantee";
  return answer;
}

Json decision_row(const RecordHead& head, const Decision& decision) {
  Json row{{"type", "emr.decision"},
           {"v", 1},
           {"record", head.tag},
           {"decision", decision.permitted ? "permit" : "deny"}};
  if (!decision.basis.empty()) row["basis"] = decision.basis;
  if (!decision.grant.empty()) row["grant"] = decision.grant;
  if (!decision.reason.empty()) row["reason"] = decision.reason;
  if (decision.until != 0) row["until"] = format_utc(decision.until);
  return row;
}

/// Who may ask what somebody else may do.
bool may_check(const Question& q, const Account& reader, const RecordHead& head) {
  return reader.address == q.subject.address || is_consortium_auditor(q.subject) ||
         is_own_patient(q, head.patient) ||
         (q.subject.is("admin") && q.subject.institution == head.institution);
}

Result<std::vector<RecordHead>> checked_records(const Question& q) {
  EMR_ASSIGN(const auto tag, json::find_hex32(q.body, "record", kWhere));
  EMR_ASSIGN(const auto patient, json::find_hex32(q.body, "patient", kWhere));
  std::vector<RecordHead> heads;
  if (tag) {
    auto head = find_record(q.state(), to_hex(*tag));
    if (head) heads.push_back(*std::move(head));
  } else if (patient) {
    const std::string prefix = index_of_patient(to_hex(*patient));
    const auto entries = q.state().scan(prefix, "", kRowsMax + 1);
    if (entries.size() > kRowsMax) {  // "all are permitted" must not be said of some
      return fail(Code::kData, "the patient has too many records to be asked about at once")
          .with_pointer(std::string(kWhere))
          .with_reason("too_many");
    }
    for (const auto& entry : entries) {
      auto head = find_record(q.state(), entry.key.substr(prefix.size()));
      if (head) heads.push_back(*std::move(head));
    }
  } else {
    return fail(Code::kData, "name a record or a patient").with_pointer(std::string(kWhere));
  }
  return heads;
}

void add_pending(const Question& q, std::string_view institution, std::vector<std::string>& rows) {
  const std::string id = institution.empty() ? "-" : std::string(institution);
  const std::string prefix = std::string(keys::kPending) + id + "/";
  for (const auto& entry : q.state().scan(prefix, "", kRowsMax)) {
    auto address = crypto::parse_canonical_address(entry.key.substr(prefix.size()));
    Json row = load(account_json(*find_account(q.state(), *address)));
    set_type(row, "emr.account");
    rows.push_back(json::canonical_checked(row));
  }
}

}  // namespace

QueryAnswer rows_answer(std::string index, std::vector<std::string> rows) {
  QueryAnswer answer;
  answer.explain = {std::move(index), rows.size(), rows.size(), rows.size()};
  answer.rows = std::move(rows);
  return answer;
}

Result<QueryAnswer> query_grants(const Question& q) {
  EMR_TRY(json::refuse_unknown_members(q.body, {"kind", "patient", "grantee", "limit", "after"},
                                       kWhere));
  EMR_ASSIGN(const Page page, read_page(q.body));
  EMR_ASSIGN(const auto patient, json::find_hex32(q.body, "patient", kWhere));
  EMR_ASSIGN(const auto grantee, json::find_string(q.body, "grantee", {.max = 42}, kWhere));
  if (patient) return rules_by_patient(q, {to_hex(*patient)}, page);
  if (grantee) return rules_by_reader(q, *grantee, page);
  if (q.subject.role == "patient") {
    return rules_by_patient(q, patients_of(q.state(), q.subject.address), page);
  }
  return rules_by_reader(q, q.subject.address.text(), page);
}

Result<QueryAnswer> query_check(const Question& q) {
  EMR_TRY(json::refuse_unknown_members(q.body, {"kind", "record", "patient", "grantee", "purpose"},
                                       kWhere));
  EMR_ASSIGN(const crypto::Address reader, asked_address(q, "grantee"));
  EMR_ASSIGN(const std::string purpose, json::get_string(q.body, "purpose", {.max = 16}, kWhere));
  EMR_ASSIGN(const std::vector<RecordHead> heads, checked_records(q));
  const auto account = find_account(q.state(), reader);
  std::vector<std::string> rows;
  for (const RecordHead& head : heads) {
    if (!account || !may_check(q, *account, head)) continue;
    const Decision decision =
        judge(q.state(), *q.context.genesis, *account, head, purpose, q.context.time);
    rows.push_back(json::canonical_checked(decision_row(head, decision)));
  }
  if (rows.empty()) return not_found();
  // "All are permitted" must not be said of some; how many there are is not the asker's to know.
  const std::size_t hidden = rows.size() < heads.size() ? 1 : 0;
  QueryAnswer answer = rows_answer("record", std::move(rows));
  answer.explain.candidates += hidden;
  answer.explain.scanned += hidden;
  return answer;
}

Result<QueryAnswer> query_orgs(const Question& q) {
  std::vector<std::string> rows;
  for (const auto& entry :
       q.state().scan(keys::kInstitutions, "", ledger::kInstitutionsMax * 16)) {
    Json row = load(entry.value);
    set_type(row, "emr.institution");
    rows.push_back(json::canonical_checked(row));
  }
  for (const auto& entry :
       q.state().scan(keys::kFormerInstitutions, "", ledger::kInstitutionsMax * 16)) {
    Json row = load(entry.value);
    set_type(row, "emr.institution");
    rows.push_back(json::canonical_checked(row));
  }
  return rows_answer("institution", std::move(rows));
}

Result<QueryAnswer> query_pending(const Question& q) {
  if (!q.subject.is("admin") && !is_consortium_auditor(q.subject)) return may_not_ask("role");
  std::vector<std::string> rows;
  if (!q.subject.institution.empty()) add_pending(q, q.subject.institution, rows);
  add_pending(q, "", rows);
  for (const auto& entry : q.state().scan(keys::kOpenProposals, "", kRowsMax)) {
    const auto text = q.state().get(keys::proposal(entry.key.substr(entry.key.rfind('/') + 1)));
    Json row = load(*text);
    set_type(row, "emr.proposal");
    rows.push_back(json::canonical_checked(row));
  }
  return rows_answer("pending", std::move(rows));
}

/// How a proposal stands: for its proposer, who may be no member yet, the admins and the auditors.
Result<QueryAnswer> query_proposal(const Question& q) {
  EMR_TRY(json::refuse_unknown_members(q.body, {"kind", "proposal"}, kWhere));
  EMR_ASSIGN(const Hash32 id, json::get_hex32(q.body, "proposal", kWhere));
  const auto text = q.state().get(keys::proposal(to_hex(id)));
  if (!text) return not_found();
  Json row = load(*text);
  const bool own = row["by"] == q.subject.address.text();
  if (!own && !q.subject.is("admin") && !q.subject.is("auditor")) return not_found();
  set_type(row, "emr.proposal");
  return rows_answer("proposal", {json::canonical_checked(row)});
}

}  // namespace emr::contracts
