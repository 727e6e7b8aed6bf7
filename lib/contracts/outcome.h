// What a contract method works with and what it answers. A method changes the child overlay of its
// Call and returns an Outcome; the Executor keeps the changes only when the status is ok.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "contracts/accounts.h"
#include "ledger/application.h"
#include "ledger/receipt.h"
#include "ledger/state.h"

namespace emr::contracts {

/// What the audit entry will say beyond who, when, which method and how it ended. Tokens only.
struct AuditFacts {
  std::string patient;
  std::string record;
  std::string record_institution;
  std::string purpose;
  std::string rule;  ///< the grant or emergency that decided, or the basis; the request
  /// Why an emergency was declared, how it was reviewed, how a request was answered.
  std::string reason_code;
  std::uint64_t version = 0;
};

/// One method call. `account` is the verified subject's; empty only for methods open to anyone.
struct Call {
  ledger::Overlay& state;
  const ledger::VerifiedTransaction& tx;
  const ledger::BlockContext& block;
  const std::optional<Account>& account;
  AuditFacts& audit;

  const nlohmann::json& args() const { return *tx.core().args; }
  const crypto::Address& from() const { return tx.core().from; }
};

struct Outcome {
  ledger::ReceiptStatus status = ledger::ReceiptStatus::kOk;
  std::string reason;
  std::string data_json = "{}";
};

Outcome done();
Outcome done(const nlohmann::json& data);
/// The subject has no right.
Outcome denied(std::string reason);
Outcome denied(std::string reason, const nlohmann::json& data);
/// The subject has the right, but the state does not allow it.
Outcome failed(std::string reason);
Outcome failed(std::string reason, const nlohmann::json& data);

/// Methods of one contract by name; a name that the table has and the contract has not is a bug.
Outcome apply_registration(Call& call);
Outcome apply_alliance(Call& call);
Outcome apply_records(Call& call);
Outcome apply_permission(Call& call);
Outcome apply_appointment(Call& call);

/// Methods that have a file of their own: deregistration.cpp, emergency.cpp, request.cpp.
Outcome apply_deregistration(Call& call);
Outcome declare_emergency(Call& call);
Outcome review_emergency(Call& call);
Outcome request_access(Call& call);
Outcome answer_request(Call& call);

}  // namespace emr::contracts
