// Which version of each contract holds at which height. The genesis founds the versions, a decision
// of the alliance raises one from a height on, and nothing lowers it. All of it is state, so a
// replay from the genesis runs every block by the rules that held then, and a node that takes a
// snapshot knows them too. Also: what this software can run, and what it must not begin.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "contracts/outcome.h"
#include "ledger/genesis.h"
#include "ledger/state.h"
#include "ledger/transaction.h"

namespace emr::contracts {

/// The newest version of each contract that a program can run.
using Software = std::vector<ledger::ContractVersion>;
/// Of this program, sorted by name.
const Software& software_versions();
/// 0 when the software does not have the contract.
std::uint32_t known_version(const Software& software, std::string_view contract);

struct ContractPeriod {
  std::uint32_t version = 1;
  std::uint64_t since = 0;  ///< first height
  std::string proposal;     ///< that decided it; "" = the genesis
};
/// Oldest first. The last one may begin only later; a contract that nobody wrote down is at 1.
std::vector<ContractPeriod> contract_periods(const ledger::StateReader& state,
                                             std::string_view contract);
/// The version by whose rules the block of this height is executed.
ContractPeriod active_period(const ledger::StateReader& state, std::string_view contract,
                             std::uint64_t height);
std::uint32_t active_version(const ledger::StateReader& state, std::string_view contract,
                             std::uint64_t height);
bool is_version_key(std::string_view key) noexcept;

/// Is the method part of its contract at this height? kData, reason "not_in_version".
Status check_in_version(const ledger::StateReader& state, const ledger::MethodSpec& method,
                        std::uint64_t height);
/// Can this software run every contract at this height? kConfig, reason "software_too_old": a node
/// stops before that block, because what it made of it would be another chain.
Status check_software(const ledger::StateReader& state, const Software& software,
                      std::uint64_t height);
/// A node's door: whoever proposes or approves a version says by it that his own node can run it.
/// kData, reason "unknown_version". No rule of the contract, because programs of different age must
/// come to the same receipts until the version begins.
Status check_vote_on_version(const ledger::StateReader& state, const Software& software,
                             const ledger::Core& core);

/// What the genesis says, into the state.
void found_versions(ledger::Overlay& state, const ledger::Genesis& genesis);
/// Proposals of the kind `contract`: allowed now, and carried out.
Outcome check_upgrade(const Call& call, const nlohmann::json& proposal);
Outcome schedule_upgrade(Call& call, const nlohmann::json& proposal);

}  // namespace emr::contracts
