#include "client/query_client.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <set>

#include "base/hex.h"
#include "client/limits.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/query.h"

namespace emr::client {

using json::Json;

namespace {

std::uint64_t random_u64(crypto::RandomSource& random) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : random.bytes(8)) number = number << 8 | byte;
  return number;
}

/// People are shown cursors, and paste them between quotes into a shell.
bool is_cursor(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c <= '~' && c != '\''; });
}

Error goes_round() {
  return fail(Code::kProtocol, "the node's answer goes on where it has been already")
      .with_reason("cursor");
}

/// The closing line; an answer without it was cut off.
Status read_end(const Json& end, Answer& answer) {
  EMR_ASSIGN(answer.height, json::get_u64(end, "height"));
  EMR_ASSIGN(const auto count, json::get_u64(end, "count"));
  EMR_ASSIGN(const auto next, json::find_string(end, "next", {.max = 512}));
  EMR_ASSIGN(const Json* explain, json::get_object(end, "explain"));
  if (count != answer.rows.size()) return bad_answer();
  answer.next = next.value_or("");
  if (!is_cursor(answer.next)) return bad_answer();
  answer.explain_json = json::canonical_checked(*explain);
  return {};
}

Result<Answer> read_answer(std::string_view body) {
  Answer answer;
  bool ended = false;
  while (!body.empty()) {
    const std::size_t stop = body.find('\n');
    if (stop == std::string_view::npos || ended) return bad_answer();
    const std::string_view line = body.substr(0, stop);
    body.remove_prefix(stop + 1);
    const Result<Json> tree = json::parse_object(line, {.max_bytes = ledger::kBlockRowBytesMax});
    if (!tree) return bad_answer();
    ended = json::expect_type(*tree, "emr.end").ok();
    if (!ended) {
      answer.rows.emplace_back(line);
    } else if (!read_end(*tree, answer)) {
      return bad_answer();
    }
  }
  if (!ended) return bad_answer();
  return answer;
}

}  // namespace

void QueryClient::start_at_holder(const Hash32& handle) {
  if (pool_->size() < 2) return;
  const auto answer = ask_at(pool_->current(), {{"kind", "ring"}, {"key", to_hex(handle)}},
                             std::min(patience_, kPreferencePatience));
  if (!answer) return;
  for (const std::string& text : answer->rows) {
    const auto row = json::parse_object(text);
    const auto url = row ? json::get_string(*row, "http", {.max = 256}) : row.error();
    for (std::size_t i = 0; url.ok() && i < pool_->size(); ++i) {
      if (pool_->at(i).url() == *url) return pool_->start_at(i);
    }
  }
}

Result<std::string> QueryClient::sign(const std::string& node_id, const Json& query) {
  ledger::SignedQuery request;
  request.from = credential_->from;
  request.node = node_id;
  request.nonce = random_u64(*random_);
  request.expires = static_cast<UnixSeconds>(std::time(nullptr)) + kRequestSeconds;
  EMR_ASSIGN(request.query_json, json::canonical(query));
  EMR_TRY(ledger::sign_query(request, pool_->genesis().chain(), credential_->key));
  return ledger::encode_query(request);
}

Result<Answer> QueryClient::ask_at(Node& node, const Json& query,
                                   std::chrono::milliseconds timeout) {
  EMR_ASSIGN(const std::string id, node.id(timeout));
  EMR_ASSIGN(const std::string line, sign(id, query));
  EMR_ASSIGN(const http::ClientResponse response, node.post("/v1/query", line + "\n", timeout));
  EMR_ASSIGN(Answer answer, read_answer(response.body));
  if (answer.rows.size() > query.value("limit", std::uint64_t{UINT64_MAX})) return bad_answer();
  return answer;
}

Result<Answer> QueryClient::ask(const Json& query) {
  return pool_->call([&](Node& node) { return ask_at(node, query, patience_); });
}

Result<Answer> QueryClient::ask_all(Json query, std::uint64_t limit,
                                    const std::function<Status(const std::string&)>& sink) {
  std::uint64_t handed_out = 0;
  // A node whose cursors lead back to where they came from would be asked for ever.
  std::set<std::string> followed{query.value("after", "")};
  for (;;) {
    query["limit"] = std::min(limit - handed_out, kRowsPerRequest);
    EMR_ASSIGN(Answer answer, pool_->call([&](Node& node) -> Result<Answer> {
      EMR_ASSIGN(Answer page, ask_at(node, query, patience_));
      if (!page.next.empty() && followed.contains(page.next)) return goes_round();
      return page;
    }));
    followed.insert(answer.next);
    for (const std::string& row : answer.rows) EMR_TRY(sink(row));
    handed_out += answer.rows.size();
    answer.rows.clear();
    if (answer.next.empty() || handed_out >= limit) return answer;
    query["after"] = answer.next;
  }
}

Result<Bytes> QueryClient::block(const std::string& cid) {
  return pool_->call([&](Node& node) -> Result<Bytes> {
    EMR_ASSIGN(const std::string id, node.id());
    EMR_ASSIGN(const std::string line, sign(id, {{"kind", "block"}, {"cid", cid}}));
    EMR_ASSIGN(const http::ClientResponse response,
               node.get("/v1/content/" + cid, patience_,
                        {{"X-Emr-Auth", to_base64(as_bytes(line))}}));
    return to_bytes(response.body);
  });
}

}  // namespace emr::client
