#include "contracts/query.h"

#include <map>
#include <nlohmann/json.hpp>

#include "contracts/access.h"
#include "contracts/query_kinds.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

const std::map<std::string_view, QueryKind>& state_kinds() {
  static const std::map<std::string_view, QueryKind> kinds{
      {"record", query_record},       {"records", query_records}, {"history", query_history},
      {"lookup", query_lookup},       {"grants", query_grants},   {"check", query_check},
      {"audit", query_audit},         {"identity", query_identity}, {"orgs", query_orgs},
      {"pending", query_pending},     {"contracts", query_contracts},
      {"methods", query_methods},     {"proposal", query_proposal},
      {"runs", query_runs},           {"accounts", query_accounts},
      {"ring", query_ring},           {"stats", query_stats},
      {"emergencies", query_emergencies}, {"requests", query_requests},
      {"appointments", query_appointments}, {"retained", query_retained},
  };
  return kinds;
}

/// Kinds that the node answers from its block log or content store.
bool may_ask_node(const QueryContext& context, const Account& subject, std::string_view kind) {
  // A proof shows the keys beside the one in question, as the blocks do.
  if (kind == "blocks" || kind == "export" || kind == "prove") {
    return subject.is("auditor") || subject.is("admin");
  }
  if (kind == "put") return may_put_content(*context.state, subject.address);
  return kind == "nodes" || kind == "tx" || kind == "sidecar" || kind == "run" ||
         kind == "genesis" || kind == "block" || kind == "evidence";
}

}  // namespace

Error may_not_ask(std::string reason) {
  return fail(Code::kDenied, "the account may not ask this").with_reason(std::move(reason));
}

Error not_found() {
  return fail(Code::kNegative, "there is no such entry, or no right to know of it")
      .with_reason("not_found");
}

bool is_state_query(std::string_view kind) { return state_kinds().contains(kind); }

Status authorise_query(const QueryContext& context, const ledger::SignedQuery& query) {
  const auto account = find_account(*context.state, query.from);
  // A newcomer's admin has no account before the quorum has decided, and must learn what.
  if (!account && query.kind == "proposal" && query.signature.by == query.from) return {};
  if (!account) return may_not_ask("not_registered");
  if (!speaks_for(*context.state, query.signature.by, query.from, context.time)) {
    return may_not_ask("not_subject");
  }
  if (!is_of_alliance(*context.state, *account)) return may_not_ask("not_member");
  if (is_state_query(query.kind)) {
    if (account->active()) return {};
    // Whoever waits for a decision may look at his own account, and at nothing else; who has
    // closed it himself also at what stays of him, but not in a session: those have ended.
    const bool closed = account->status == "closed" && query.signature.by == query.from;
    const bool allowed = account->status == "closed"
                             ? closed && (query.kind == "identity" || query.kind == "retained")
                             : query.kind == "identity";
    return allowed ? Status{} : may_not_ask("not_active");
  }
  if (!account->active()) return may_not_ask("not_active");
  return may_ask_node(context, *account, query.kind) ? Status{} : may_not_ask("role");
}

Result<QueryAnswer> answer_query(const QueryContext& context, const ledger::SignedQuery& query) {
  const auto kind = state_kinds().find(query.kind);
  if (kind == state_kinds().end()) {
    return fail(Code::kData, "query kind is not known")
        .with_pointer("/query/kind")
        .with_reason("unknown_kind");
  }
  auto account = find_account(*context.state, query.from);
  if (!account && query.kind != "proposal") return may_not_ask("not_registered");
  if (!account) account = Account{query.from, "", "", "", "", 0, ""};
  EMR_ASSIGN(const Json body, json::parse_object(query.query_json));
  EMR_ASSIGN(QueryAnswer answer, kind->second({context, *account, body}));
  if (!answer.strayed) return answer;
  return fail(Code::kData, "the cursor is none of this list")
      .with_pointer("/query/after")
      .with_reason("cursor");
}

}  // namespace emr::contracts
