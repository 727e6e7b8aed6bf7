// Queries about the rules themselves: versions of the contracts, their methods, and who keeps what.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/membership.h"
#include "contracts/methods.h"
#include "contracts/query_kinds.h"
#include "contracts/storage.h"
#include "contracts/stored.h"
#include "contracts/versions.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

/// Those that are written down, and those of this software that nobody has raised yet.
std::map<std::string, Json> histories(const ledger::StateReader& state) {
  std::map<std::string, Json> all;
  for (const ledger::ContractVersion& one : software_versions()) {
    all[one.name] = {{{"version", 1}, {"since", 0}}};
  }
  for (const auto& entry : state.scan(keys::kContracts, "", kContractsMax)) {
    const Json stored = load(entry.value);
    all[stored["name"]] = stored["versions"];
  }
  return all;
}

}  // namespace

Result<QueryAnswer> query_contracts(const Question& q) {
  std::vector<std::string> rows;
  const std::uint64_t next = q.context.height + 1;  // where a transaction that is sent now goes
  for (const auto& [name, history] : histories(q.state())) {
    const ContractPeriod active = active_period(q.state(), name, next);
    Json row{{"type", "emr.contract"}, {"v", 1}, {"name", name}, {"version", active.version},
             {"since", active.since}, {"history", history},
             {"software", known_version(software_versions(), name)}};
    if (!active.proposal.empty()) row["proposal"] = active.proposal;
    if (history.back()["since"] > next) row["pending"] = history.back();
    rows.push_back(json::canonical_checked(row));
  }
  return rows_answer("contract", std::move(rows));
}

Result<QueryAnswer> query_methods(const Question&) {
  std::vector<std::string> rows;
  for (const ledger::MethodSpec& method : method_table().all()) rows.push_back(method_line(method));
  return rows_answer("methods", std::move(rows));
}

/// All storage nodes; or the holders of one object, best first.
Result<QueryAnswer> query_ring(const Question& q) {
  EMR_TRY(json::refuse_unknown_members(q.body, {"kind", "key"}, "/query"));
  EMR_ASSIGN(const auto key, json::find_hex32(q.body, "key", "/query"));
  const StorageRing ring = storage_ring(q.state());
  const std::vector<MemberNode> members = member_nodes(q.state());  // the ring has the same order
  std::vector<std::string> ids;
  for (const auto& node : ring.nodes) ids.push_back(node.id);
  if (key) ids = holders_of(ring, *key);
  std::vector<std::string> rows;
  for (const std::string& id : ids) {
    const auto node = std::find_if(ring.nodes.begin(), ring.nodes.end(),
                                   [&](const auto& one) { return one.id == id; });
    Json row{{"type", "emr.holder"}, {"v", 1}, {"node", id}, {"institution", node->institution},
             {"weight", node->weight}, {"copies", ring.copies},
             {"http", members[static_cast<std::size_t>(node - ring.nodes.begin())].http}};
    if (key) row["rank"] = rows.size() + 1;
    rows.push_back(json::canonical_checked(row));
  }
  return rows_answer("institution", std::move(rows));
}

}  // namespace emr::contracts
