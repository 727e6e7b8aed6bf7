#include "node_store.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "content/limits.h"
#include "content/transfer.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/query.h"

namespace emr::put {
namespace {

using json::Json;
using std::chrono::milliseconds;

/// Requests live for two of the five minutes that are allowed: clocks may differ.
constexpr UnixSeconds kRequestSeconds = 120;
constexpr std::size_t kMaxSmallAnswer = std::size_t{1} << 20;

Code code_of(unsigned status) {
  switch (status) {
    case 401:
    case 403: return Code::kDenied;
    case 404: return Code::kNegative;
    case 400:
    case 413:
    case 422: return Code::kProtocol;
    default: return status >= 500 || status == 429 ? Code::kUnavailable : Code::kProtocol;
  }
}

/// The error that a status other than 2xx stands for; the node's reason word is kept, its text
/// not (it is a peer's).
Error node_error(const http::ClientResponse& answer) {
  Error error = fail(code_of(answer.status),
                     "the node refused: HTTP status " + std::to_string(answer.status));
  const Result<Json> body = json::parse_object(answer.body);
  if (!body) return error;
  const auto reason = json::get_string(*body, "reason", {.max = 64});
  if (reason) {
    error.reason = *reason;
    error.message += ", " + *reason;
  }
  return error;
}

Error bad_answer() {
  return fail(Code::kProtocol, "the node's answer cannot be understood").with_reason("bad_answer");
}

}  // namespace

NodeClient::NodeClient(NodeOptions options, const ledger::Genesis& genesis,
                       const Credential& credential, crypto::RandomSource& random)
    : timeout_(options.timeout), genesis_(&genesis), credential_(&credential), random_(&random) {
  for (std::string& url : options.urls) {
    Node node{std::move(url), ""};
    for (const ledger::Institution& institution : genesis.institutions) {
      if (institution.node.http == node.url) node.id = institution.id;
    }
    nodes_.push_back(std::move(node));
  }
}

Result<NodeClient> NodeClient::make(NodeOptions options, const ledger::Genesis& genesis,
                                    const Credential& credential, crypto::RandomSource& random) {
  if (options.urls.empty()) return fail(Code::kUsage, "--node is missing");
  for (std::string& url : options.urls) {
    EMR_ASSIGN(url, http::check_base_url(url));
  }
  return NodeClient(std::move(options), genesis, credential, random);
}

// The id only decides for whom the request is signed; a node that lies about it gets a signature
// that no other node accepts later than two minutes from now, for a request it has seen anyway.
Status NodeClient::learn_id(Node& node, milliseconds timeout) {
  if (!node.id.empty()) return {};
  http::ClientRequest request;
  request.url = node.url + "/v1/status";
  request.timeout = timeout;
  request.max_answer = kMaxSmallAnswer;
  EMR_ASSIGN(const http::ClientResponse answer, client_.send(request));
  if (answer.status != 200) return node_error(answer);
  const Result<Json> status = json::parse_object(answer.body);
  if (!status) return bad_answer();
  const auto id = json::get_string(*status, "node", {.max = 64});
  const auto genesis = json::get_string(*status, "genesis", {.max = 64});
  if (!id || !genesis) return bad_answer();
  if (*genesis != to_hex(genesis_->hash)) {
    return fail(Code::kConfig, "the node belongs to another ledger").with_reason("genesis");
  }
  node.id = *id;
  return {};
}

Result<std::string> NodeClient::sign(const Node& node, const std::string& query_json) {
  ledger::SignedQuery query;
  query.from = credential_->from;
  query.node = node.id;
  for (const std::uint8_t byte : random_->bytes(8)) query.nonce = query.nonce << 8 | byte;
  query.expires = static_cast<UnixSeconds>(std::time(nullptr)) + kRequestSeconds;
  query.query_json = query_json;
  EMR_TRY(ledger::sign_query(query, genesis_->chain(), credential_->key));
  return ledger::encode_query(query);
}

Result<http::ClientResponse> NodeClient::send_to(Node& node, const Request& request,
                                                 milliseconds timeout) {
  EMR_TRY(learn_id(node, timeout));
  EMR_ASSIGN(const std::string signed_query, sign(node, request.query_json));
  http::ClientRequest http;
  http.method = request.method;
  http.url = node.url + request.path;
  http.timeout = timeout;
  http.max_answer = content::kMaxBlockSize + kMaxSmallAnswer;
  const bool query_is_body = request.body.empty() && request.method == "POST";
  if (query_is_body) {
    http.headers = {{"Content-Type", "application/x-ndjson"}};
    http.body = as_bytes(signed_query);
  } else {
    http.headers = {{"X-Emr-Auth", to_base64(as_bytes(signed_query))}};
    if (request.method == "POST") http.headers.emplace_back("Content-Type", request.content_type);
    http.body = request.body;
  }
  EMR_ASSIGN(http::ClientResponse answer, client_.send(http));
  if (answer.status < 200 || answer.status > 299) return node_error(answer);
  return answer;
}

// Every operation here is safe to repeat, so a node that does not answer costs time only. The time
// that is left is shared among the nodes that are left.
Result<http::ClientResponse> NodeClient::send(const Request& request) {
  const auto deadline = std::chrono::steady_clock::now() + timeout_;
  Result<http::ClientResponse> answer = fail(Code::kUnavailable, "no node answered in time");
  for (std::size_t tries = 0; tries < nodes_.size(); ++tries) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    const auto share = left / static_cast<int>(nodes_.size() - tries);
    answer = send_to(nodes_[current_], request, std::max(share, milliseconds(1)));
    if (answer || answer.error().code != Code::kUnavailable) return answer;
    current_ = (current_ + 1) % nodes_.size();
  }
  return answer;
}

Status NodeStore::put(const Hash32& blinding, const content::Cid& cid, ByteView block) {
  if (body_.size() + block.size() + content::kFrameOverhead > content::kMaxBatchBytes) {
    EMR_TRY(flush());
  }
  content::append_block_frame(body_, blinding, cid, block);
  ++frame_count_;
  return {};
}

// The signed query covers the body's digest: nobody on the way can exchange the blocks.
Status NodeStore::flush() {
  if (body_.empty()) return {};
  const std::string digest = to_hex(crypto::sha256(body_));
  NodeClient::Request request;
  request.path = "/v1/content";
  request.query_json = R"({"digest":")" + digest + R"(","kind":"put"})";
  request.body = body_;
  EMR_ASSIGN(const http::ClientResponse answer, client_->send(request));
  const Result<Json> counts = json::parse_object(answer.body);
  if (!counts) return bad_answer();
  const auto stored = json::get_u64(*counts, "stored");
  const auto present = json::get_u64(*counts, "present");
  if (!stored || !present) return bad_answer();
  if (*stored + *present != frame_count_) {
    return fail(Code::kProtocol, "the node did not take every block").with_reason("incomplete");
  }
  counts_.stored += *stored;
  counts_.present += *present;
  body_.clear();
  frame_count_ = 0;
  return {};
}

Status NodeStore::finish(const content::Cid& root) {
  EMR_TRY(flush());
  EMR_TRY(get(root));
  return {};
}

Result<Bytes> NodeStore::get(const content::Cid& cid) {
  const std::string name = content::format_cid(content::to_version_1(cid));
  NodeClient::Request request;
  request.method = "GET";
  request.path = "/v1/content/" + name;
  request.query_json = R"({"cid":")" + name + R"(","kind":"block"})";
  EMR_ASSIGN(const http::ClientResponse answer, client_->send(request));
  Bytes block = to_bytes(answer.body);
  if (content::check_block(cid, block)) return block;
  return fail(Code::kProtocol, "the node answered with a block that does not match its CID")
      .with_reason("block_mismatch");
}

Result<std::vector<bool>> look_up_unchanged(NodeClient& client, const std::vector<Tags>& tags) {
  Json list = Json::array();
  for (const Tags& pair : tags) {
    list.push_back({{"record", to_hex(pair.record)}, {"content", to_hex(pair.content)}});
  }
  NodeClient::Request request;
  request.path = "/v1/query";
  request.query_json = json::canonical_checked({{"kind", "lookup"}, {"tags", std::move(list)}});
  EMR_ASSIGN(const http::ClientResponse answer, client.send(request));
  std::vector<bool> unchanged;
  bool ended = false;
  std::string_view rest = answer.body;
  while (!rest.empty()) {
    const std::size_t stop = std::min(rest.find('\n'), rest.size());
    const Result<Json> line = json::parse_object(rest.substr(0, stop));
    rest.remove_prefix(std::min(stop + 1, rest.size()));
    if (!line || ended) return bad_answer();
    const auto type = json::get_string(*line, "type", {.max = 32});
    if (!type) return bad_answer();
    ended = *type == "emr.end";
    if (ended) continue;
    const auto state = json::get_string(*line, "state", {.max = 32});
    const auto record = json::get_hex32(*line, "record");
    const std::size_t index = unchanged.size();
    if (!state || !record || index >= tags.size() || *record != tags[index].record) {
      return bad_answer();
    }
    unchanged.push_back(*state == "unchanged");
  }
  if (!ended || unchanged.size() != tags.size()) return bad_answer();
  return unchanged;
}

}  // namespace emr::put
