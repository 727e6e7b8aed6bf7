// The consortium's own content store, over the nodes' HTTP API (DECISIONS: POST and GET
// /v1/content) and the look-up that makes a nightly import idempotent. Every request is signed for
// one node and expires; when a node does not answer, the next one of the list is asked, within one
// deadline.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "credential.h"
#include "crypto/random.h"
#include "http/curl_client.h"
#include "ipfs/content_store.h"
#include "ledger/genesis.h"

namespace emr::put {

struct NodeOptions {
  std::vector<std::string> urls;
  std::chrono::milliseconds timeout{};  ///< of one operation, over all nodes together
};

/// Signed requests to whichever node answers. One thread.
class NodeClient {
 public:
  /// All references must outlive the client.
  static Result<NodeClient> make(NodeOptions options, const ledger::Genesis& genesis,
                                 const Credential& credential, crypto::RandomSource& random);

  struct Request {
    std::string method = "POST";
    std::string path;        ///< "/v1/content"
    std::string query_json;  ///< canonical, with its kind
    ByteView body;           ///< empty: the signed query itself is the body
    std::string content_type = "application/octet-stream";
  };
  /// A 2xx answer, or the node's own error, or kUnavailable when no node answered in time.
  Result<http::ClientResponse> send(const Request& request);

 private:
  struct Node {
    std::string url;
    std::string id;  ///< "" until it is known
  };
  NodeClient(NodeOptions options, const ledger::Genesis& genesis, const Credential& credential,
             crypto::RandomSource& random);
  Result<http::ClientResponse> send_to(Node& node, const Request& request,
                                       std::chrono::milliseconds timeout);
  Status learn_id(Node& node, std::chrono::milliseconds timeout);
  Result<std::string> sign(const Node& node, const std::string& query_json);

  std::chrono::milliseconds timeout_;
  std::vector<Node> nodes_;
  std::size_t current_ = 0;
  const ledger::Genesis* genesis_;
  const Credential* credential_;
  crypto::RandomSource* random_;
  http::Client client_;
};

/// Blocks at the nodes: collected into requests, replicated by whoever takes them.
class NodeStore final : public ipfs::ContentStore {
 public:
  explicit NodeStore(NodeClient& client) : client_(&client) {}

  Status put(const Hash32& blinding, const content::Cid& cid, ByteView block) override;
  Status finish(const content::Cid& root) override;
  Result<Bytes> get(const content::Cid& cid) override;
  ipfs::StoreCounts counts() const override { return counts_; }

 private:
  Status flush();

  NodeClient* client_;
  Bytes body_;
  std::uint64_t frame_count_ = 0;
  ipfs::StoreCounts counts_;
};

struct Tags {
  Hash32 record{};
  Hash32 content{};
};
/// For each pair of tags: does the ledger already have this content as the record's version?
Result<std::vector<bool>> look_up_unchanged(NodeClient& client, const std::vector<Tags>& tags);

}  // namespace emr::put
