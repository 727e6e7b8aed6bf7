// The answers of each query kind. Internal to lib/contracts: query.cpp has the table of kinds.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "contracts/accounts.h"
#include "contracts/query.h"

namespace emr::contracts {

struct Question {
  const QueryContext& context;
  const Account& subject;
  const nlohmann::json& body;

  const ledger::StateReader& state() const { return *context.state; }
};
using QueryKind = Result<QueryAnswer> (*)(const Question&);

Result<QueryAnswer> query_record(const Question& question);
Result<QueryAnswer> query_records(const Question& question);
Result<QueryAnswer> query_history(const Question& question);
Result<QueryAnswer> query_lookup(const Question& question);
Result<QueryAnswer> query_runs(const Question& question);
Result<QueryAnswer> query_grants(const Question& question);
Result<QueryAnswer> query_check(const Question& question);
Result<QueryAnswer> query_audit(const Question& question);
Result<QueryAnswer> query_emergencies(const Question& question);
Result<QueryAnswer> query_requests(const Question& question);
Result<QueryAnswer> query_appointments(const Question& question);
Result<QueryAnswer> query_retained(const Question& question);
Result<QueryAnswer> query_identity(const Question& question);
Result<QueryAnswer> query_accounts(const Question& question);
Result<QueryAnswer> query_orgs(const Question& question);
Result<QueryAnswer> query_proposal(const Question& question);
Result<QueryAnswer> query_pending(const Question& question);
Result<QueryAnswer> query_contracts(const Question& question);
Result<QueryAnswer> query_ring(const Question& question);
Result<QueryAnswer> query_stats(const Question& question);
Result<QueryAnswer> query_methods(const Question& question);

Error may_not_ask(std::string reason);
/// Of what does not exist, and of what the asker may not know of.
Error not_found();

/// The address that the query names in this member; the asker's own when it names none.
Result<crypto::Address> asked_address(const Question& question, const char* member);

/// An answer of rows that came from no index walk.
QueryAnswer rows_answer(std::string index, std::vector<std::string> rows);

}  // namespace emr::contracts
