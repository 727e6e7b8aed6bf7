// One node as a client sees it: an address, a name and a connection. Use it from one thread at a
// time. Errors: kUnavailable when no answer came (the outcome of what was sent is unknown) or the
// node fails; kTempFail when the node says that it cannot now (busy, starting, disk full); kDenied,
// kNegative, kData as the node says (its reason word is kept, its text is not: it is a peer's);
// kProtocol when the answer breaks the rules.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client/limits.h"
#include "http/curl_client.h"
#include "ledger/genesis.h"

namespace emr::client {

/// What is said of a node whose genesis is not ours: kConfig, reason "genesis".
Error other_ledger();
/// Of an answer that breaks the rules: kProtocol, reason "bad_answer".
Error bad_answer();

class Node {
 public:
  /// `genesis` must outlive the node; it tells the name, when it lists this URL.
  Node(std::string url, const ledger::Genesis& genesis, http::ClientOptions options);

  const std::string& url() const noexcept { return url_; }
  /// The name that signed requests are made out to. Asked for once, if the genesis does not know
  /// the URL; kConfig (reason "genesis") when the node belongs to another ledger. A node that lies
  /// about its name gains a signature that is good nowhere else, and a voice (voices.h).
  Result<std::string> id(std::chrono::milliseconds timeout = kPatience);
  /// Is it of our ledger? Asked for once. kConfig (reason "genesis") when it says that it is not; a
  /// node that says nothing about it is given the benefit of the doubt.
  Status check_ledger(std::chrono::milliseconds timeout = kPatience);

  /// An exchange whose status is 2xx; anything else is an error as described above.
  Result<http::ClientResponse> send(http::ClientRequest request,
                                    const http::BodyWriter& writer = {});
  Result<http::ClientResponse> get(const std::string& path, std::chrono::milliseconds timeout,
                                   http::Headers headers = {});
  Result<http::ClientResponse> post(const std::string& path, std::string_view body,
                                    std::chrono::milliseconds timeout,
                                    const http::BodyWriter& writer = {});

 private:
  Result<std::string> ask_id(std::chrono::milliseconds timeout);

  std::string url_;
  std::string id_;
  bool is_ours_ = false;  ///< it said so
  const ledger::Genesis* genesis_;
  http::Client http_;
};

}  // namespace emr::client
