#include "contracts/runs.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/access.h"
#include "contracts/accounts.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "contracts/paging.h"
#include "contracts/query_kinds.h"
#include "contracts/stored.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

constexpr std::string_view kWhere = "/query";
/// The index family of all institutions' runs.
constexpr std::string_view kRuns = "index/runs/";

/// Runs are the same when everything that is stated about them is.
std::string id_of(const Json& args) {
  return to_hex(crypto::sha256(as_bytes(json::canonical_checked(args))));
}

Json row_of(const Call& call, const std::string& id) {
  Json row = call.args();
  row["run"] = id;
  row["institution"] = call.account->institution;
  row["agent"] = call.from().text();
  row["commit"] = to_hex(call.tx.core().payload.front().commit);
  row["time"] = format_utc(call.block.time);
  row["height"] = call.block.height;
  row["index"] = call.block.index;
  row["txid"] = to_hex(call.tx.txid());
  return row;
}

void put_run(Call& call, const std::string& id) {
  const std::string& institution = call.account->institution;
  const std::string key = keys::run(institution, id);
  const std::string present(keys::kPresent);
  const std::string place = keys::place(call.block.time, call.block.height, call.block.index);
  call.state.put(key, json::canonical_checked(row_of(call, id)));
  call.state.put(keys::run_of_transaction(to_hex(call.tx.txid())),
                 json::canonical_checked(Json(key)));
  call.state.put(index_of_runs(institution) + place, json::canonical_checked(Json(id)));
  call.state.put(index_of_run_output(call.args()["output"].get<std::string>()) + institution + "/" +
                     id,
                 present);
}

struct RunFilter {
  std::optional<Hash32> output;
  std::optional<Hash32> policy;
  std::optional<std::string> institution;
  std::optional<UnixSeconds> since;
  std::optional<UnixSeconds> until;

  bool matches(const Json& row) const {
    const auto time = parse_utc(row["time"].get<std::string>());
    return (!policy || row["policy"] == to_hex(*policy)) &&
           (!institution || row["institution"] == *institution) && (!since || *time >= *since) &&
           (!until || *time < *until);
  }
};

Result<RunFilter> read_filter(const Json& body) {
  EMR_TRY(json::refuse_unknown_members(
      body, {"kind", "output", "policy", "institution", "since", "until", "limit", "after"},
      kWhere));
  RunFilter filter;
  EMR_ASSIGN(filter.output, json::find_hex32(body, "output", kWhere));
  EMR_ASSIGN(filter.policy, json::find_hex32(body, "policy", kWhere));
  EMR_ASSIGN(filter.institution, json::find_string(body, "institution", {.max = 64}, kWhere));
  EMR_ASSIGN(filter.since, json::find_utc(body, "since", kWhere));
  EMR_ASSIGN(filter.until, json::find_utc(body, "until", kWhere));
  return filter;
}

std::vector<std::string> prefixes_of(const RunFilter& filter) {
  if (filter.output) return {index_of_run_output(to_hex(*filter.output))};
  if (filter.institution) return {index_of_runs(*filter.institution)};
  return {std::string(kRuns)};
}

/// The key of the run that an index entry names.
std::string run_key(const ledger::StateEntry& entry, bool by_output) {
  constexpr std::size_t place_size = 12 + 1 + 12 + 1 + 5;  // keys::place
  if (by_output) {
    const std::size_t id = entry.key.rfind('/');
    const std::size_t institution = entry.key.rfind('/', id - 1);
    return keys::run(entry.key.substr(institution + 1, id - institution - 1),
                     entry.key.substr(id + 1));
  }
  const std::size_t stop = entry.key.size() - place_size - 1;
  return keys::run(entry.key.substr(kRuns.size(), stop - kRuns.size()),
                   load(entry.value).get<std::string>());
}

}  // namespace

Outcome apply_run(Call& call) {
  const std::string& institution = call.account->institution;
  call.audit.record_institution = institution;
  const auto member = find_member(call.state, institution);
  if (!member) return denied("unknown_institution");
  if (!member->may_write) return denied("read_only_institution");
  const std::string id = id_of(call.args());
  const bool known = call.state.get(keys::run(institution, id)).has_value();
  if (!known) put_run(call, id);
  return done({{"outcome", known ? "unchanged" : "created"}, {"run", id}});
}

Result<std::string> find_run(const ledger::StateReader& state, const Hash32& txid) {
  const auto key = state.get(keys::run_of_transaction(to_hex(txid)));
  if (!key) {
    return fail(Code::kNegative, "the transaction stated no run").with_reason("not_found");
  }
  return *state.get(load(*key).get<std::string>());
}

bool may_see_runs(const ledger::StateReader& state, const crypto::Address& subject) {
  const auto account = find_account(state, subject);
  return account && account->active() && (account->is_staff() || account->is("auditor"));
}

/// Every member sees every statement: it says what was done with records, of nobody in particular.
Result<QueryAnswer> query_runs(const Question& q) {
  if (!may_see_runs(q.state(), q.subject.address)) {
    return may_not_ask("role");
  }
  EMR_ASSIGN(const RunFilter filter, read_filter(q.body));
  EMR_ASSIGN(const Page page, read_page(q.body));
  const auto visit = [&](const ledger::StateEntry& entry, QueryAnswer& into) {
    const auto text = q.state().get(run_key(entry, filter.output.has_value()));
    Json row = load(*text);
    if (!filter.matches(row)) return Visit::kOther;
    set_type(row, "emr.run");
    into.rows.push_back(json::canonical_checked(row));
    return Visit::kRow;
  };
  QueryAnswer answer = walk(q.state(), prefixes_of(filter), page, visit);
  answer.explain.index = filter.output ? "output" : "runs";
  return answer;
}

}  // namespace emr::contracts
