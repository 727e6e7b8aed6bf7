// The contracts as one Executor: who may act, what changes, what the receipt says. Default
// deny; the subject is only ever the verified `from`; time is the block's. Stateless and const, so
// one object serves the node, the simulator and the offline re-execution of an auditor.
//
// Around each method the Executor itself does what no contract may forget: validity window, replay
// key, the session rule, the role gate of the method table, the audit entry.
#pragma once

#include "contracts/versions.h"
#include "ledger/application.h"

namespace emr::contracts {

class Contracts final : public ledger::Executor {
 public:
  /// `software`: what this program says it can run; another one only in tests.
  explicit Contracts(Software software = software_versions()) : software_(std::move(software)) {}
  const ledger::MethodTable& methods() const override;
  void found(ledger::Overlay& state, const ledger::Genesis& genesis) const override;
  void begin_block(ledger::Overlay& state, const ledger::BlockContext& block) const override;
  void end_block(ledger::Overlay& state, const ledger::BlockContext& block) const override;
  ledger::Receipt execute(ledger::Overlay& state, const ledger::VerifiedTransaction& tx,
                          const ledger::BlockContext& block) const override;
  Status admit(const ledger::StateReader& state, const ledger::VerifiedTransaction& tx,
               const ledger::BlockContext& block) const override;
  Status runs(const ledger::StateReader& state, std::uint64_t height) const override;
  Status has_method(const ledger::StateReader& state, const ledger::MethodSpec& method,
                    std::uint64_t height) const override;
  quorum::ValidatorSet validators(const ledger::StateReader& state,
                                  const ledger::Genesis& genesis) const override;

 private:
  Software software_;
};

}  // namespace emr::contracts
