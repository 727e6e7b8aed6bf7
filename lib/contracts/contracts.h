// The contracts as one Executor: who may act, what changes, what the receipt says. Default
// deny; the subject is only ever the verified `from`; time is the block's. Stateless and const, so
// one object serves the node, the simulator and the offline re-execution of an auditor.
//
// Around each method the Executor itself does what no contract may forget: validity window, replay
// key, the session rule, the role gate of the method table, the audit entry.
#pragma once

#include "ledger/application.h"

namespace emr::contracts {

class Contracts final : public ledger::Executor {
 public:
  const ledger::MethodTable& methods() const override;
  void found(ledger::Overlay& state, const ledger::Genesis& genesis) const override;
  void begin_block(ledger::Overlay& state, const ledger::BlockContext& block) const override;
  void end_block(ledger::Overlay& state, const std::vector<ledger::VerifiedPtr>& transactions,
                 const ledger::BlockContext& block) const override;
  ledger::Receipt execute(ledger::Overlay& state, const ledger::VerifiedTransaction& tx,
                          const ledger::BlockContext& block) const override;
  Status admit(const ledger::StateReader& state, const ledger::VerifiedTransaction& tx,
               UnixSeconds time) const override;
  quorum::ValidatorSet validators(const ledger::StateReader& state,
                                  const ledger::Genesis& genesis) const override;
};

}  // namespace emr::contracts
