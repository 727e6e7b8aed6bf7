// Who is a member, whose node votes, and who voted before: the alliance's rows as values, and the
// one rule by which a set of validators follows from them. Reading is pure; what changes a row is
// the alliance contract (alliance.cpp, membership.cpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/bytes.h"
#include "contracts/outcome.h"
#include "ledger/genesis.h"
#include "ledger/state.h"
#include "quorum/validator_set.h"

namespace emr::contracts {

/// A member's node as it is registered now.
struct MemberNode {
  std::string id;
  std::string name;  ///< of a founder; members that came later are known by their id
  bool may_write = false;
  bool validates = false;
  std::uint32_t weight = 1;  ///< of its store (storage.h)
  quorum::VoteKey vote_key{};
  Hash32 transport_key{};
  Hash32 box_key{};
  std::string peer;
  std::string http;
};
/// All members, sorted by id.
std::vector<MemberNode> member_nodes(const ledger::StateReader& state);

/// The validators of one epoch. `since` is the first height they decide.
struct EpochRow {
  std::uint64_t since = 1;
  std::vector<std::string> ids;  ///< by replica index: sorted by id
  quorum::ValidatorSet set;
};
/// kNegative when the state knows no such epoch.
Result<EpochRow> find_epoch(const ledger::StateReader& state, quorum::Epoch epoch);
quorum::Epoch current_epoch(const ledger::StateReader& state);

/// Does a write to this key change who the members are, how they connect, or who validates?
bool is_membership_key(std::string_view key) noexcept;

// --- for the alliance contract -------------------------------------------------------------------

/// Epoch 0: the founders.
void found_epoch(ledger::Overlay& state, const ledger::Genesis& genesis);
/// Does the set that follows from the members still stand? Writes the next epoch when it differs
/// from the current one; "too_few_validators", "too_few_share_holders" or "too_many_validators"
/// when nobody may be left with it.
Outcome settle_validators(Call& call);
/// Turns the node of a member into a validator with read and write, or into an observer with read.
Outcome set_node_role(Call& call, const std::string& institution, bool validates);
/// Takes a member out; its row is kept among the former ones.
Outcome remove_member(Call& call, const std::string& institution, std::string_view status,
                      const std::string& reason);
/// Is every key in `node` a key, and nobody else's? "vote_key", "duplicate_key".
Outcome check_node_keys(const ledger::StateReader& state, const std::string& institution,
                        const nlohmann::json& node);
/// alliance.leave and alliance.rotate.
Outcome leave_alliance(Call& call);
Outcome rotate_keys(Call& call);

}  // namespace emr::contracts
