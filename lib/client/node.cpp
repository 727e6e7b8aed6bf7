#include "client/node.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "client/limits.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/query.h"

namespace emr::client {

using json::Json;

namespace {

Code code_of_status(unsigned status) {
  if (status == 401 || status == 403) return Code::kDenied;
  if (status == 404) return Code::kNegative;
  if (status == 429 || status == 503) return Code::kTempFail;
  if (status >= 500) return Code::kUnavailable;
  return Code::kData;
}

/// A word of the kind we use as reasons: a node may not smuggle text into our messages.
bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// The member of a query that it named, as "/query/since": letters alone, for the same reason.
bool is_query_member(std::string_view pointer) {
  constexpr std::string_view kQuery = "/query/";
  constexpr std::size_t kLongestName = 32;
  if (!pointer.starts_with(kQuery)) return false;
  const std::string_view name = pointer.substr(kQuery.size());
  return !name.empty() && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         });
}

Error error_of(const http::ClientResponse& answer) {
  Error error = fail(code_of_status(answer.status), "the node refused");
  const Result<Json> body = json::parse_object(answer.body);
  if (body) {
    const auto reason = json::get_string(*body, "reason", {.max = 64});
    if (reason && is_word(*reason)) error.reason = *reason;
    const auto pointer = json::get_string(*body, "pointer", {.max = 64});
    if (pointer && is_query_member(*pointer)) error.pointer = *pointer;
  }
  error.message += error.reason.empty() ? ": HTTP status " + std::to_string(answer.status)
                                        : ": " + error.reason;
  return error;
}

}  // namespace

Error other_ledger() {
  return fail(Code::kConfig, "the node belongs to another ledger").with_reason("genesis");
}

Error bad_answer() {
  return fail(Code::kProtocol, "the node's answer cannot be understood").with_reason("bad_answer");
}

Node::Node(std::string url, const ledger::Genesis& genesis, http::ClientOptions options)
    : url_(std::move(url)), genesis_(&genesis), http_(std::move(options)) {
  for (const ledger::Institution& one : genesis.institutions) {
    if (one.node.http == url_) id_ = one.id;
  }
}

Result<std::string> Node::id(std::chrono::milliseconds timeout) {
  if (id_.empty()) {
    EMR_ASSIGN(id_, ask_id(timeout));
  }
  return id_;
}

Status Node::check_ledger(std::chrono::milliseconds timeout) {
  if (is_ours_) return {};
  const Result<std::string> said = id_.empty() ? id(timeout) : ask_id(timeout);
  return said || said.error().code != Code::kConfig ? Status() : Status(said.error());
}

Result<std::string> Node::ask_id(std::chrono::milliseconds timeout) {
  EMR_ASSIGN(const http::ClientResponse answer, get("/v1/status", timeout));
  const Result<Json> status = json::parse_object(answer.body);
  if (!status) return bad_answer();
  const auto id = json::get_string(*status, "node", {.max = 64});
  const auto genesis = json::get_hex32(*status, "genesis");
  if (!id || !genesis) return bad_answer();
  if (*genesis != genesis_->hash) return other_ledger();
  is_ours_ = true;
  return *id;
}

Result<http::ClientResponse> Node::send(http::ClientRequest request,
                                        const http::BodyWriter& writer) {
  request.url = url_ + request.url;
  EMR_ASSIGN(http::ClientResponse answer, http_.send(request, writer));
  if (answer.status < 200 || answer.status > 299) return error_of(answer);
  return answer;
}

Result<http::ClientResponse> Node::get(const std::string& path, std::chrono::milliseconds timeout,
                                       http::Headers headers) {
  http::ClientRequest request;
  request.url = path;
  request.timeout = timeout;
  request.headers = std::move(headers);
  return send(std::move(request));
}

Result<http::ClientResponse> Node::post(const std::string& path, std::string_view body,
                                        std::chrono::milliseconds timeout,
                                        const http::BodyWriter& writer) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = path;
  request.timeout = timeout;
  request.headers = {{"Content-Type", "application/x-ndjson"}};
  request.body = as_bytes(body);
  request.max_answer = ledger::kAnswerBytesMax;
  return send(std::move(request), writer);
}

}  // namespace emr::client
