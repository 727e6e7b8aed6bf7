#include "contracts/audit.h"

#include "base/hex.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "contracts/members.h"

namespace emr::contracts {

namespace {

std::string agent_json(const ledger::VerifiedTransaction& tx,
                       const std::optional<Account>& account, const Outcome& outcome) {
  const bool impostor = outcome.reason == "not_subject";
  Members agent(160);
  agent.text("id", (impostor ? tx.signer() : tx.core().from).text());
  if (impostor || !account) return agent.take();
  agent.text("institution", account->institution).text("role", account->role);
  if (tx.signer() != tx.core().from) agent.text("session", tx.signer().text());
  return agent.take();
}

}  // namespace

void write_audit(ledger::Overlay& state, const ledger::VerifiedTransaction& tx,
                 const ledger::BlockContext& block, const std::optional<Account>& account,
                 const AuditFacts& facts, const Outcome& outcome) {
  Members entry(448);
  entry.text("action", tx.core().contract + "." + tx.core().method)
      .raw("agent", agent_json(tx, account, outcome))
      .text("at", format_utc(block.time))
      .number("height", block.height)
      .number("index", block.index)
      .text("outcome", ledger::receipt_status_name(outcome.status))
      .text("patient", facts.patient)
      .text("purpose", facts.purpose)
      .text("reason", outcome.reason)
      .text("reasonCode", facts.reason_code)
      .text("record", facts.record)
      .text("recordInstitution", facts.record_institution)
      .text("rule", facts.rule)
      .text("txid", to_hex(tx.txid()));
  if (facts.version != 0) entry.number("version", facts.version);
  const std::string place = keys::place(block.time, block.height, block.index);
  state.put(std::string(keys::kAudit) + place, entry.take());
  if (!facts.patient.empty()) {
    state.put(index_of_audit(facts.patient) + place, std::string(keys::kPresent));
  }
}

}  // namespace emr::contracts
