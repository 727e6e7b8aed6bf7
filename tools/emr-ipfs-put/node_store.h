// The consortium's own content store, over the nodes' HTTP API. When a node does not answer, the
// next one of the pool is asked; one operation never takes longer than the timeout, over all nodes
// together. One thread.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "client/pool.h"
#include "client/query_client.h"
#include "ipfs/content_store.h"

namespace emr::put {

/// Signed requests to whichever node answers. All references must outlive it.
class NodeRequests {
 public:
  NodeRequests(client::Pool& pool, const client::Credential& credential,
               crypto::RandomSource& random, std::chrono::milliseconds timeout)
      : pool_(&pool), signer_(pool, credential, random), timeout_(timeout) {}

  /// POST of a body that `query` covers, in a signed header.
  Result<http::ClientResponse> post(const std::string& path, const nlohmann::json& query,
                                    ByteView body);
  Result<http::ClientResponse> get(const std::string& path, const nlohmann::json& query);
  /// The next request goes to a node that keeps the object with this handle, if one can be found.
  void start_at_holder(const Hash32& handle) { signer_.start_at_holder(handle); }
  /// The node that answered last.
  std::size_t node() const noexcept { return pool_->current_index(); }
  std::size_t nodes() const noexcept { return pool_->size(); }

 private:
  using Milliseconds = std::chrono::milliseconds;
  /// Sends the prepared request to one node after the other, while there is time.
  template <class Prepare>
  Result<http::ClientResponse> send(const nlohmann::json& query, const Prepare& prepare);

  client::Pool* pool_;
  client::QueryClient signer_;
  Milliseconds timeout_;
};

/// Blocks at the nodes: collected into requests, replicated by whoever takes them.
class NodeStore final : public ipfs::ContentStore {
 public:
  explicit NodeStore(NodeRequests& requests) : requests_(&requests) {}

  Status put(const Hash32& blinding, const content::Cid& cid, ByteView block) override;
  /// Reads the root block back, and what another node took than the one that answers now: one node
  /// must answer for the whole object. kTempFail "not_found" when it does not have all.
  Status finish(const content::Cid& root) override;
  Result<Bytes> get(const content::Cid& cid) override;
  ipfs::StoreCounts counts() const override { return counts_; }

 private:
  struct Taken {
    std::size_t node = 0;
    content::Cid cid;
  };
  Status flush();
  Status send_queued();
  Status check_whole(const content::Cid& root);

  NodeRequests* requests_;
  Bytes body_;
  std::vector<content::Cid> queued_;  ///< the blocks in it
  std::vector<Taken> taken_;          ///< of the object that is being put
  ipfs::StoreCounts counts_;
  bool has_started_ = false;
};

}  // namespace emr::put
