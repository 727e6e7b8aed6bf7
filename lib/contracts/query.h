// Reads: every query kind that state alone can answer, with its authorisation, and the door check
// for the kinds that a node answers from its block log. Pure functions over a StateReader that
// shows one height.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/address.h"
#include "ledger/genesis.h"
#include "ledger/query.h"
#include "ledger/state.h"

namespace emr::contracts {

/// The state a query looks at and the time it is judged by (block time of the tip).
struct QueryContext {
  const ledger::StateReader* state = nullptr;
  const ledger::Genesis* genesis = nullptr;
  std::uint64_t height = 0;
  UnixSeconds time = 0;
};

/// Which index was used and how far it reached. `scanned` counts entries read from it; rows that
/// the subject may not know of are in none of the numbers.
struct Explain {
  std::string index;
  std::uint64_t candidates = 0;
  std::uint64_t scanned = 0;
  std::uint64_t returned = 0;
};

struct QueryAnswer {
  std::vector<std::string> rows;  ///< canonical JSON objects
  std::string next;               ///< cursor for `after`, "" at the end
  bool strayed = false;           ///< the cursor that was given is none of this list
  Explain explain;
};

/// Is this kind answered by answer_query()? The others (blocks, nodes, tx, sidecar, genesis,
/// export, put, block) are the node's own and only pass authorise_query().
bool is_state_query(std::string_view kind);

/// May `by` sign this query for `from` now? (Same address, or a live session of it.) And is `from`
/// an active identity with a right to the kind at all? kDenied with a reason otherwise.
Status authorise_query(const QueryContext& context, const ledger::SignedQuery& query);

/// Answers a query that authorise_query() let pass. kData for a malformed query (pointer, reason),
/// kDenied for a right that is missing, kNegative for a record or identity that does not exist.
Result<QueryAnswer> answer_query(const QueryContext& context, const ledger::SignedQuery& query);

}  // namespace emr::contracts
