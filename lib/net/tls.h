// TLS for peers (private to lib/net): a context whose certificate wraps our transport key and whose
// verification is one question, "is the peer's raw public key registered?".
#pragma once

#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <boost/asio/ssl.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace emr::net {

/// Keeps the registered keys at a stable address for OpenSSL's callback.
class TlsContext {
 public:
  static Result<std::unique_ptr<TlsContext>> make(const crypto::Secret32& seed,
                                                  std::vector<Hash32> registered);
  boost::asio::ssl::context& context() noexcept { return context_; }
  bool is_registered(const Hash32& key) const noexcept;

 private:
  TlsContext() = default;
  Status set_up(const crypto::Secret32& seed);

  boost::asio::ssl::context context_{boost::asio::ssl::context::tls};
  std::vector<Hash32> registered_;
};

/// The raw Ed25519 key of the certificate that the peer proved to hold.
std::optional<Hash32> peer_key(SSL* connection);

}  // namespace emr::net
