// Signed queries and their answers: rows, then an end line that says how many there were, so that
// an answer cut short can never look complete.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "client/node_client.h"

namespace emr::client {

struct Answer {
  std::vector<std::string> rows;  ///< canonical JSON lines as the node sent them
  std::string end_line;           ///< emr.end: count, height, explain, next
  std::string next;               ///< cursor of the next page, "" at the end
};

/// `query` is the object with its kind; kDenied, kNegative, kData as the node decided.
Result<Answer> ask(NodeClient& nodes, const Requester& requester, const nlohmann::json& query);
/// One row expected: kProtocol for more, kNegative for none.
Result<std::string> ask_one(NodeClient& nodes, const Requester& requester,
                            const nlohmann::json& query);

}  // namespace emr::client
