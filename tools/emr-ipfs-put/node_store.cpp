#include "node_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/hex.h"
#include "content/limits.h"
#include "content/transfer.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::put {
namespace {

using json::Json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

Error bad_answer() {
  return fail(Code::kProtocol, "the node's answer cannot be understood").with_reason("bad_answer");
}

std::pair<std::string, std::string> auth_header(const std::string& signed_query) {
  return {"X-Emr-Auth", to_base64(as_bytes(signed_query))};
}

}  // namespace

// Every operation here is safe to repeat, so a node that does not answer costs time only. The time
// that is left is shared among the nodes that are left.
template <class Prepare>
Result<http::ClientResponse> NodeRequests::send(const Json& query, const Prepare& prepare) {
  const auto deadline = steady_clock::now() + timeout_;
  std::size_t nodes_left = pool_->size();
  return pool_->call([&](client::Node& node) -> Result<http::ClientResponse> {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    const milliseconds share = std::max(left / static_cast<int>(nodes_left--), milliseconds(1));
    EMR_ASSIGN(const std::string id, node.id(share));
    EMR_ASSIGN(const std::string signed_query, signer_.sign(id, query));
    http::ClientRequest request;
    request.timeout = share;
    request.max_answer = content::kMaxBlockSize;
    prepare(request, signed_query);
    return node.send(std::move(request));
  });
}

Result<http::ClientResponse> NodeRequests::post(const std::string& path, const Json& query,
                                                ByteView body) {
  return send(query, [&](http::ClientRequest& request, const std::string& signed_query) {
    request.method = "POST";
    request.url = path;
    request.headers = {auth_header(signed_query), {"Content-Type", "application/octet-stream"}};
    request.body = body;
  });
}

Result<http::ClientResponse> NodeRequests::get(const std::string& path, const Json& query) {
  return send(query, [&](http::ClientRequest& request, const std::string& signed_query) {
    request.url = path;
    request.headers = {auth_header(signed_query)};
  });
}

Status NodeStore::put(const Hash32& blinding, const content::Cid& cid, ByteView block) {
  if (body_.size() + block.size() + content::kFrameOverhead > content::kMaxBatchBytes) {
    EMR_TRY(flush());
  }
  content::append_block_frame(body_, blinding, cid, block);
  queued_.push_back(cid);
  return {};
}

/// What fails ends the object: nothing of it is held against the next one.
Status NodeStore::flush() {
  if (body_.empty()) return {};
  const Status sent = send_queued();
  body_.clear();
  queued_.clear();
  if (!sent) taken_.clear();
  return sent;
}

// The signed query covers the body's digest: nobody on the way can exchange the blocks.
Status NodeStore::send_queued() {
  const Hash32 digest = crypto::sha256(body_);
  // Any key will do to begin with: nodes are chosen as often as their weights say, and one that
  // takes nothing new is not.
  if (!std::exchange(has_started_, true)) requests_->start_at_holder(digest);
  const Json query = {{"kind", "put"}, {"digest", to_hex(digest)}};
  EMR_ASSIGN(const http::ClientResponse answer, requests_->post("/v1/content", query, body_));
  const Result<Json> counts = json::parse_object(answer.body);
  if (!counts) return bad_answer();
  const auto stored = json::get_u64(*counts, "stored");
  const auto present = json::get_u64(*counts, "present");
  if (!stored || !present) return bad_answer();
  if (*stored + *present != queued_.size()) {
    return fail(Code::kProtocol, "the node did not take every block").with_reason("incomplete");
  }
  counts_.stored += *stored;
  counts_.present += *present;
  for (content::Cid& cid : queued_) taken_.push_back({requests_->node(), std::move(cid)});
  return {};
}

Status NodeStore::finish(const content::Cid& root) {
  const Status flushed = flush();
  const Status whole = flushed ? check_whole(root) : flushed;
  taken_.clear();
  if (whole || whole.error().reason != "not_found") return whole;
  return fail(Code::kTempFail, "a node went away with blocks that the next one does not have")
      .with_reason("not_found")
      .with_hint("put it again");
}

/// A node that was asked in the place of another one has its own blocks to answer for.
Status NodeStore::check_whole(const content::Cid& root) {
  for (std::size_t tries = 0; tries <= requests_->nodes(); ++tries) {
    const std::size_t node = requests_->node();
    for (const Taken& one : taken_) {
      if (one.node != node) EMR_TRY(get(one.cid));
    }
    EMR_TRY(get(root));
    if (requests_->node() == node) return {};
  }
  return fail(Code::kUnavailable, "no node answers for the whole object");
}

Result<Bytes> NodeStore::get(const content::Cid& cid) {
  const std::string name = content::format_cid(content::to_version_1(cid));
  EMR_ASSIGN(const http::ClientResponse answer,
             requests_->get("/v1/content/" + name, {{"kind", "block"}, {"cid", name}}));
  Bytes block = to_bytes(answer.body);
  if (content::check_block(cid, block)) return block;
  return fail(Code::kProtocol, "the node answered with a block that does not match its CID")
      .with_reason("block_mismatch");
}

}  // namespace emr::put
