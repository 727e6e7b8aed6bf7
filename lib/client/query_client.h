// Signed queries: asked at one node of a pool, answered as rows with a cursor.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "client/pool.h"
#include "crypto/random.h"
#include "crypto/signing.h"

namespace emr::client {

/// Who asks: a session speaks for its wallet, a service account for itself.
struct Credential {
  crypto::Address from{};
  crypto::SigningKey key;
};

struct Answer {
  std::vector<std::string> rows;  ///< one JSON object each, as the node wrote them
  std::string next;               ///< cursor, "" at the end
  std::string explain_json;       ///< canonical object
  std::uint64_t height = 0;
};

/// Uses pool, credential and random by reference. One thread.
class QueryClient {
 public:
  /// `patience`: for one answer of one node; a page of an export may be 15 MiB.
  QueryClient(Pool& pool, const Credential& credential, crypto::RandomSource& random,
              std::chrono::milliseconds patience = kPatience)
      : pool_(&pool), credential_(&credential), random_(&random), patience_(patience) {}

  /// One question, one answer (at most 1,000 rows).
  Result<Answer> ask(const nlohmann::json& query);
  /// The same of one node.
  Result<Answer> ask_at(Node& node, const nlohmann::json& query,
                        std::chrono::milliseconds timeout);
  /// Follows the cursor until `limit` rows were handed to `sink` or there are no more. Returns the
  /// last answer, without its rows. A node whose cursors go round is blamed (PoolOptions), and the
  /// next one is asked.
  Result<Answer> ask_all(nlohmann::json query, std::uint64_t limit,
                         const std::function<Status(const std::string& row)>& sink);
  /// A content block by the text of its CID, unchecked. kNegative when the node does not have it.
  Result<Bytes> block(const std::string& cid);

  /// The pool's next call goes to a node of it that keeps the object with this handle, the best one
  /// by the weights of the state (lib/placement). A preference: what the node that is asked says is
  /// checked by nobody, and when it does not answer, or names none of the pool, nothing changes.
  void start_at_holder(const Hash32& handle);

  /// The signed line for one node.
  Result<std::string> sign(const std::string& node_id, const nlohmann::json& query);

 private:
  Pool* pool_;
  const Credential* credential_;
  crypto::RandomSource* random_;
  std::chrono::milliseconds patience_;
};

}  // namespace emr::client
