// The nodes as a client sees them: a list of URLs of which any may be down. Requests that read are
// signed for exactly one node and expire (ledger/query.h), so no bearer token exists; everything
// sent from here is safe to repeat at the next node.
//
// One thread per object; genesis and random source must outlive it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/random.h"
#include "crypto/signing.h"
#include "http/curl_client.h"
#include "ledger/genesis.h"

namespace emr::client {

/// Who asks: an account, and the key that signs for it (its own or a session's). The key is
/// borrowed.
struct Requester {
  crypto::Address from{};
  const crypto::SigningKey* key = nullptr;
};

struct NodeOptions {
  std::vector<std::string> urls;
  std::chrono::milliseconds timeout{30000};  ///< of one operation, over all nodes together
};

class NodeClient {
 public:
  /// kUsage for an empty list or a malformed URL.
  static Result<NodeClient> make(NodeOptions options, const ledger::Genesis& genesis,
                                 crypto::RandomSource& random);

  struct Request {
    std::string method = "POST";
    std::string path;        ///< "/v1/query"
    std::string query_json;  ///< canonical, with its kind; signed
    ByteView body = {};      ///< empty: the signed query itself is the body
  };
  /// A 2xx answer, or the node's own refusal, or kUnavailable when no node answered in time.
  Result<http::ClientResponse> send(const Requester& requester, const Request& request);

  /// One unsigned request to one node, any status. `node` < size().
  Result<http::ClientResponse> post_to(std::size_t node, const std::string& path, ByteView body,
                                       std::chrono::milliseconds timeout,
                                       const http::BodyWriter& writer = {});
  Result<http::ClientResponse> get_from(std::size_t node, const std::string& path,
                                        std::chrono::milliseconds timeout);

  /// The institution id of a node, asked for once; kConfig when it belongs to another ledger.
  Result<std::string> id_of(std::size_t node, std::chrono::milliseconds timeout);

  std::size_t size() const noexcept { return nodes_.size(); }
  std::size_t current() const noexcept { return current_; }
  void use_next() noexcept { current_ = (current_ + 1) % nodes_.size(); }
  std::chrono::milliseconds timeout() const noexcept { return timeout_; }
  const ledger::Genesis& genesis() const noexcept { return *genesis_; }
  crypto::RandomSource& random() noexcept { return *random_; }

 private:
  struct Node {
    std::string url;
    std::string id;  ///< "" until it is known
  };
  NodeClient(NodeOptions options, const ledger::Genesis& genesis, crypto::RandomSource& random);
  Result<http::ClientResponse> send_to(std::size_t node, const Requester& requester,
                                       const Request& request, std::chrono::milliseconds timeout);
  Result<std::string> sign(const std::string& node, const Requester& requester,
                           const std::string& query_json);

  std::chrono::milliseconds timeout_;
  std::vector<Node> nodes_;
  std::size_t current_ = 0;
  const ledger::Genesis* genesis_;
  crypto::RandomSource* random_;
  http::Client http_;
};

/// The error that an HTTP answer other than 2xx stands for. The node's reason word is kept; its
/// message is not, because it is a peer's text.
Error refusal(const http::ClientResponse& answer);
/// "The node's answer cannot be understood" (kProtocol).
Error bad_answer();
/// A fresh 64-bit nonce.
std::uint64_t fresh_nonce(crypto::RandomSource& random);

}  // namespace emr::client
