#include "client/ask.h"

#include <nlohmann/json.hpp>

#include "json/access.h"
#include "json/json.h"

namespace emr::client {

using json::Json;

Result<Answer> ask(NodeClient& nodes, const Requester& requester, const nlohmann::json& query) {
  NodeClient::Request request;
  request.path = "/v1/query";
  request.query_json = json::canonical_checked(query);
  EMR_ASSIGN(const http::ClientResponse response, nodes.send(requester, request));

  Answer answer;
  std::string_view rest = response.body;
  while (!rest.empty()) {
    const std::size_t stop = std::min(rest.find('\n'), rest.size());
    answer.rows.emplace_back(rest.substr(0, stop));
    rest.remove_prefix(std::min(stop + 1, rest.size()));
  }
  if (answer.rows.empty()) return bad_answer();
  answer.end_line = std::move(answer.rows.back());
  answer.rows.pop_back();

  const Result<Json> end = json::parse_object(answer.end_line);
  if (!end) return bad_answer();
  const auto type = json::get_string(*end, "type", {.max = 32});
  const auto count = json::get_u64(*end, "count");
  const auto next = json::find_string(*end, "next", {.max = 1024});
  if (!type || *type != "emr.end" || !count || *count != answer.rows.size() || !next) {
    return bad_answer();
  }
  answer.next = next->value_or("");
  return answer;
}

Result<std::string> ask_one(NodeClient& nodes, const Requester& requester,
                            const nlohmann::json& query) {
  EMR_ASSIGN(Answer answer, ask(nodes, requester, query));
  if (answer.rows.empty()) return fail(Code::kNegative, "not found").with_reason("not_found");
  if (answer.rows.size() != 1) return bad_answer();
  return std::move(answer.rows.front());
}

}  // namespace emr::client
