// Lists that are read page by page: the options that say how far, and what is said when rows are
// left. A list that ends early must never look like a whole one.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/cli.h"
#include "client/query_client.h"

namespace emr::tools {

/// A member of a query and the option that fills it.
using QueryOptions = std::vector<std::pair<std::string, std::string>>;
/// What a node called a member of the query ("/query/since") is said of the option ("--since").
Error at_option(Error error, const QueryOptions& options);

/// An account as the ledger writes it: wallets show a spelling with a checksum, which is compared,
/// and rows have the one without. What is no address (an institution) comes back as it is.
Result<std::string> ledger_spelling(const std::string& text, const std::string& option);

/// --limit, --all and --after.
std::vector<cli::OptionSpec> paging_options(const std::string& group);

/// Asks page after page and hands every row to `sink`, in the memory of one page. When rows are
/// left, a notice says how to go on. Returns the last answer, without its rows.
Result<client::Answer> ask_pages(cli::Context& context, client::QueryClient& client,
                                 nlohmann::json query,
                                 const std::function<Status(const std::string& row)>& sink);

/// What the emr.decision rows of one answer say together. The exit status is the answer: ok only
/// when every record that was asked about was judged, and all were permitted.
class Judgement {
 public:
  Status add(const std::string& row);
  /// kNegative when one is denied or none was judged, kPartial when some were not judged.
  Status verdict(const client::Answer& answer) const;

 private:
  std::uint64_t judged_ = 0;
  bool all_permitted_ = true;
};

}  // namespace emr::tools
