// POST /v1/query: one signed question, answered from one snapshot, so that all its lines show the
// same height.
#include <nlohmann/json.hpp>

#include "json/json.h"
#include "node/service.h"

namespace emr::node {

namespace {

std::string end_line(const contracts::QueryAnswer& answer, std::uint64_t height) {
  nlohmann::json line = {{"type", "emr.end"},
                         {"v", 1},
                         {"count", answer.rows.size()},
                         {"height", height},
                         {"explain",
                          {{"index", answer.explain.index},
                           {"candidates", answer.explain.candidates},
                           {"scanned", answer.explain.scanned},
                           {"returned", answer.explain.returned}}}};
  if (!answer.next.empty()) line["next"] = answer.next;
  return json::canonical_checked(line) + "\n";
}

}  // namespace

Result<std::string> answer_query_request(Service& service, std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  const auto view = service.store->snapshot();
  EMR_ASSIGN(const auto context, query_context(service, *view));
  EMR_ASSIGN(const auto query, accept_query(service, line, context));
  if (!contracts::is_state_query(query.kind)) {
    return answer_node_query(service, *view, context, query);
  }
  EMR_ASSIGN(const auto answer, contracts::answer_query(context, query));
  std::string lines;
  for (const std::string& row : answer.rows) lines.append(row).append("\n");
  return lines + end_line(answer, context.height);
}

}  // namespace emr::node
