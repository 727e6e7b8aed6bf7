#include "contracts/audit.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

Json agent_tree(const ledger::VerifiedTransaction& tx, const std::optional<Account>& account,
                const Outcome& outcome) {
  const bool impostor = outcome.reason == "not_subject";
  Json agent{{"id", (impostor ? tx.signer() : tx.core().from).text()}};
  if (impostor || !account) return agent;
  agent["role"] = account->role;
  if (!account->institution.empty()) agent["institution"] = account->institution;
  if (tx.signer() != tx.core().from) agent["session"] = tx.signer().text();
  return agent;
}

}  // namespace

void write_audit(ledger::Overlay& state, const ledger::VerifiedTransaction& tx,
                 const ledger::BlockContext& block, const std::optional<Account>& account,
                 const AuditFacts& facts, const Outcome& outcome) {
  Json entry{{"action", tx.core().contract + "." + tx.core().method},
             {"agent", agent_tree(tx, account, outcome)},
             {"at", format_utc(block.time)},
             {"height", block.height},
             {"index", block.index},
             {"outcome", ledger::receipt_status_name(outcome.status)},
             {"txid", to_hex(tx.txid())}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) entry[name] = value;
  };
  add("reason", outcome.reason);
  add("patient", facts.patient);
  add("record", facts.record);
  add("recordInstitution", facts.record_institution);
  add("purpose", facts.purpose);
  add("rule", facts.rule);
  if (facts.version != 0) entry["version"] = facts.version;
  const std::string place = keys::place(block.time, block.height, block.index);
  state.put(std::string(keys::kAudit) + place, json::canonical_checked(entry));
  if (!facts.patient.empty()) {
    state.put(index_of_audit(facts.patient) + place, std::string(keys::kPresent));
  }
}

}  // namespace emr::contracts
