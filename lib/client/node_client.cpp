#include "client/node_client.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "client/limits.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/query.h"

namespace emr::client {
namespace {

using json::Json;
using std::chrono::milliseconds;

Code code_of(unsigned status) {
  switch (status) {
    case 401:
    case 403: return Code::kDenied;
    case 404: return Code::kNegative;
    case 400:
    case 422: return Code::kData;
    case 429:
    case 503: return Code::kTempFail;
    default: return status >= 500 ? Code::kUnavailable : Code::kProtocol;
  }
}

/// Is it worth asking another node after this?
bool another_may_help(const Error& error) {
  return error.code == Code::kUnavailable || error.code == Code::kTempFail;
}

}  // namespace

Error refusal(const http::ClientResponse& answer) {
  Error error = fail(code_of(answer.status),
                     "the node refused: HTTP status " + std::to_string(answer.status));
  const Result<Json> body = json::parse_object(answer.body);
  if (!body) return error;
  const auto reason = json::get_string(*body, "reason", {.max = 64});
  if (reason) {
    error.reason = *reason;
    error.message = "the node refused: " + *reason;
  }
  return error;
}

Error bad_answer() {
  return fail(Code::kProtocol, "the node's answer cannot be understood").with_reason("bad_answer");
}

std::uint64_t fresh_nonce(crypto::RandomSource& random) {
  std::uint64_t nonce = 0;
  for (const std::uint8_t byte : random.bytes(8)) nonce = nonce << 8 | byte;
  return nonce;
}

NodeClient::NodeClient(NodeOptions options, const ledger::Genesis& genesis,
                       crypto::RandomSource& random)
    : timeout_(options.timeout), genesis_(&genesis), random_(&random) {
  for (std::string& url : options.urls) {
    Node node{std::move(url), ""};
    for (const ledger::Institution& institution : genesis.institutions) {
      if (institution.node.http == node.url) node.id = institution.id;
    }
    nodes_.push_back(std::move(node));
  }
}

Result<NodeClient> NodeClient::make(NodeOptions options, const ledger::Genesis& genesis,
                                    crypto::RandomSource& random) {
  if (options.urls.empty()) {
    return fail(Code::kUsage, "--node is missing")
        .with_hint("name at least one node: --node http://127.0.0.1:8001");
  }
  for (std::string& url : options.urls) {
    EMR_ASSIGN(url, http::check_base_url(url));
  }
  return NodeClient(std::move(options), genesis, random);
}

Result<http::ClientResponse> NodeClient::post_to(std::size_t node, const std::string& path,
                                                 ByteView body, milliseconds timeout,
                                                 const http::BodyWriter& writer) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = nodes_.at(node).url + path;
  request.headers = {{"Content-Type", "application/x-ndjson"}};
  request.body = body;
  request.timeout = timeout;
  return http_.send(request, writer);
}

Result<http::ClientResponse> NodeClient::get_from(std::size_t node, const std::string& path,
                                                  milliseconds timeout) {
  http::ClientRequest request;
  request.url = nodes_.at(node).url + path;
  request.timeout = timeout;
  return http_.send(request);
}

// The id only decides for whom the request is signed; a node that lies about it gets a signature
// that no other node accepts later than two minutes from now, for a request it has seen anyway.
Result<std::string> NodeClient::id_of(std::size_t index, milliseconds timeout) {
  Node& node = nodes_.at(index);
  if (!node.id.empty()) return node.id;
  EMR_ASSIGN(const http::ClientResponse answer, get_from(index, "/v1/status", timeout));
  if (answer.status != 200) return refusal(answer);
  const Result<Json> status = json::parse_object(answer.body);
  if (!status) return bad_answer();
  const auto id = json::get_string(*status, "node", {.max = 64});
  const auto genesis = json::get_string(*status, "genesis", {.max = 64});
  if (!id || !genesis) return bad_answer();
  if (*genesis != to_hex(genesis_->hash)) {
    return fail(Code::kConfig, "the node belongs to another ledger").with_reason("genesis");
  }
  node.id = *id;
  return node.id;
}

Result<std::string> NodeClient::sign(const std::string& node, const Requester& requester,
                                     const std::string& query_json) {
  ledger::SignedQuery query;
  query.from = requester.from;
  query.node = node;
  query.nonce = fresh_nonce(*random_);
  query.expires = static_cast<UnixSeconds>(std::time(nullptr)) + kRequestSeconds;
  query.query_json = query_json;
  EMR_TRY(ledger::sign_query(query, genesis_->chain(), *requester.key));
  return ledger::encode_query(query);
}

Result<http::ClientResponse> NodeClient::send_to(std::size_t node, const Requester& requester,
                                                 const Request& request, milliseconds timeout) {
  EMR_ASSIGN(const std::string id, id_of(node, timeout));
  EMR_ASSIGN(const std::string signed_query, sign(id, requester, request.query_json));
  http::ClientRequest http;
  http.method = request.method;
  http.url = nodes_[node].url + request.path;
  http.timeout = timeout;
  if (request.body.empty() && request.method == "POST") {
    http.headers = {{"Content-Type", "application/x-ndjson"}};
    http.body = as_bytes(signed_query);
  } else {
    http.headers = {{"X-Emr-Auth", to_base64(as_bytes(signed_query))}};
    if (request.method == "POST") {
      http.headers.emplace_back("Content-Type", "application/octet-stream");
    }
    http.body = request.body;
  }
  EMR_ASSIGN(http::ClientResponse answer, http_.send(http));
  if (answer.status < 200 || answer.status > 299) return refusal(answer);
  return answer;
}

// A node that does not answer costs time only; the time that is left is shared among the nodes that
// are left.
Result<http::ClientResponse> NodeClient::send(const Requester& requester, const Request& request) {
  const auto deadline = std::chrono::steady_clock::now() + timeout_;
  Result<http::ClientResponse> answer = fail(Code::kUnavailable, "no node answered in time");
  for (std::size_t tries = 0; tries < nodes_.size(); ++tries) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    const auto share = left / static_cast<int>(nodes_.size() - tries);
    answer = send_to(current_, requester, request, std::max(share, milliseconds(1)));
    if (answer || !another_may_help(answer.error())) return answer;
    use_next();
  }
  return answer;
}

}  // namespace emr::client
