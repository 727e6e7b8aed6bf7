// Client of Kubo's RPC (`ipfs daemon`, /api/v0). It believes nothing: every option is sent, so that
// a node's configuration cannot change a CID; CIDs are compared as bytes; every block is hashed; an
// answer counts only when status, trailer, every line and the final line say so. It never uses
// `cat`, which returns whatever the node pleases.
//
// Errors: kUnavailable (nobody there, timeout), kDenied (403), kNegative ("not_found"), kProtocol
// (lies and nonsense: "block_mismatch", "other_cid", "peer_error", "empty_answer", …).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "content/cid.h"
#include "content/importer.h"
#include "crypto/secret.h"
#include "http/curl_client.h"
#include "ipfs/limits.h"

namespace emr::ipfs {

class RpcQuery;

struct KuboOptions {
  std::string api;            ///< "http://127.0.0.1:5001"
  crypto::SecretBytes token;  ///< value of the Authorization header; may be empty
  std::chrono::milliseconds timeout = kRpcTimeout;
  bool allow_plain_token = false;  ///< send the token over http to another machine
};

class Kubo {
 public:
  /// Contacts nobody. kUsage for a bad URL, and for a token that would cross a network in clear.
  static Result<Kubo> make(KuboOptions options);

  Result<std::string> version();
  /// Adds a plain stream with exactly this layout, pinned; returns the root that the node names.
  /// The caller compares it with its own.
  Result<content::Cid> add(const http::BodyReader& content, std::optional<std::uint64_t> size,
                           const content::Layout& layout);
  /// One block, hashed.
  Result<Bytes> block_get(const content::Cid& cid);
  /// Imports an archive of `block_count` blocks; pins `root` when given (it must be in the archive
  /// or in the node).
  Status import_blocks(ByteView archive, std::uint64_t block_count,
                       const std::optional<content::Cid>& root);
  Status unpin(const content::Cid& cid);

 private:
  explicit Kubo(KuboOptions options) : options_(std::move(options)) {}

  Result<http::ClientResponse> call(const RpcQuery& query, std::uint64_t max_answer);
  Result<http::ClientResponse> upload(const RpcQuery& query, const http::BodyReader& content,
                                      std::optional<std::uint64_t> size);
  http::Headers headers() const;

  KuboOptions options_;
  http::Client client_;
};

}  // namespace emr::ipfs
