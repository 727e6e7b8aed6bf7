// Walking index prefixes page by page: the part that all list queries share. A cursor is the last
// key that was looked at, so an answer can be continued at any node at any later height.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "contracts/query.h"

namespace emr::contracts {

struct Page {
  std::uint64_t limit = 0;
  std::string after;  ///< cursor, "" = from the start
};
/// `limit` and `after` of a query.
Result<Page> read_page(const nlohmann::json& query);
/// `month` of a query. What is no month is refused: an empty answer would look like one.
Result<std::optional<std::string>> read_month(const nlohmann::json& query);

/// What to do with one index entry.
enum class Visit {
  kHidden,  ///< the subject may not know of it: not counted anywhere
  kOther,   ///< known to the subject, does not match the filters
  kRow,     ///< answered; the visitor has appended the row
  kStop,    ///< beyond the range asked for: nothing further matches in this prefix
};
using Visitor = std::function<Visit(const ledger::StateEntry& entry, QueryAnswer& answer)>;

/// Visits the entries under the prefixes (sorted) until the page is full. A cursor that lies under
/// none of them has strayed: what follows it would be a part that looks like the whole.
QueryAnswer walk(const ledger::StateReader& state, const std::vector<std::string>& prefixes,
                 const Page& page, const Visitor& visitor);

}  // namespace emr::contracts
