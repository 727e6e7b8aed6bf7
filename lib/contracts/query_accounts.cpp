// Queries about people: one account, and the list of them that an auditor reads.
#include <nlohmann/json.hpp>

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

struct AccountFilter {
  std::optional<std::string> role;
  std::optional<std::string> institution;
  std::optional<std::string> status;

  bool matches(const Json& row) const {
    return is(row, "role", role) && is(row, "institution", institution) &&
           is(row, "status", status);
  }

 private:
  static bool is(const Json& row, const char* member, const std::optional<std::string>& wanted) {
    return !wanted || row.value(member, "") == *wanted;
  }
};

Result<AccountFilter> read_filter(const Json& body) {
  EMR_TRY(json::refuse_unknown_members(
      body, {"kind", "role", "institution", "status", "limit", "after"}, kWhere));
  AccountFilter filter;
  if (body.contains("role")) {
    EMR_ASSIGN(filter.role,
               json::get_choice(body, "role", {"doctor", "patient", "auditor", "service", "admin"},
                                kWhere));
  }
  EMR_ASSIGN(filter.institution, json::find_string(body, "institution", {.max = 32}, kWhere));
  if (body.contains("status")) {
    EMR_ASSIGN(filter.status,
               json::get_choice(body, "status",
                                {"pending", "active", "suspended", "rejected", "closed"}, kWhere));
  }
  return filter;
}

}  // namespace

Result<crypto::Address> asked_address(const Question& q, const char* name) {
  EMR_ASSIGN(const auto text, json::find_string(q.body, name, {.max = 42}, kWhere));
  if (!text) return q.subject.address;
  auto address = crypto::parse_canonical_address(*text);
  if (!address) return std::move(address).error().with_pointer(json::join_pointer(kWhere, name));
  return address;
}

Result<QueryAnswer> query_identity(const Question& q) {
  EMR_TRY(json::refuse_unknown_members(q.body, {"kind", "address"}, kWhere));
  EMR_ASSIGN(const crypto::Address address, asked_address(q, "address"));
  const bool self = address == q.subject.address;
  if (!self && !q.subject.active()) return may_not_ask("not_active");
  auto account = find_account(q.state(), address);
  if (!account) return not_found();
  const bool whole = self || q.subject.is("admin") || q.subject.is("auditor");
  if (!whole) account->identity.clear();
  Json row = load(account_json(*account));
  set_type(row, "emr.account");
  if (self) row["patients"] = patients_of(q.state(), address);
  return rows_answer("account", {json::canonical_checked(row)});
}

/// Whoever may look at any account may list them all: admins and auditors.
Result<QueryAnswer> query_accounts(const Question& q) {
  if (!q.subject.is("admin") && !q.subject.is("auditor")) return may_not_ask("role");
  EMR_ASSIGN(const AccountFilter filter, read_filter(q.body));
  EMR_ASSIGN(const Page page, read_page(q.body));
  const auto visit = [&](const ledger::StateEntry& entry, QueryAnswer& into) {
    Json row = load(entry.value);
    if (!filter.matches(row)) return Visit::kOther;
    set_type(row, "emr.account");
    into.rows.push_back(json::canonical_checked(row));
    return Visit::kRow;
  };
  QueryAnswer answer = walk(q.state(), {std::string(keys::kAccounts)}, page, visit);
  answer.explain.index = "account";
  return answer;
}

}  // namespace emr::contracts
