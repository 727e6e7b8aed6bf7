// What ends by itself: replay marks, sessions, access rights, open proposals. A list under
// `expiry/<time>/` names keys that are erased by the first block of a later time.
#pragma once

#include <string>

#include "ledger/application.h"
#include "ledger/limits.h"

namespace emr::contracts {

/// How long a replay mark lives: no transaction is valid longer.
inline constexpr std::int64_t kReplaySeconds =
    ledger::kValiditySecondsMax + ledger::kClockSkewSecondsMax;

/// Erases what is due. Before the first transaction of a block.
void clear_expired(ledger::Overlay& state, const ledger::BlockContext& block);

/// Lists the replay marks and the sessions that this block wrote: one list for many, because a key
/// of its own for each costs as much as the session. After the last transaction.
void list_expiries(ledger::Overlay& state, const ledger::BlockContext& block);

/// The value of a replay mark begins with the height that wrote it (canonical key order).
std::string replay_mark(std::uint64_t height);

}  // namespace emr::contracts
