// TLS for peers (private to lib/net): a context whose certificate wraps our transport key and whose
// verification is one question, "is the peer's raw public key registered?".
#pragma once

#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <boost/asio/ssl.hpp>
#include <memory>
#include <optional>
#include <set>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace emr::net {

/// The transport keys that may speak to us. Asked by OpenSSL inside a handshake, so it is read and
/// changed on the I/O thread only (or before it runs), and outlives every context made with it.
using RegisteredKeys = std::set<Hash32>;

class TlsContext {
 public:
  static Result<std::unique_ptr<TlsContext>> make(const crypto::Secret32& seed,
                                                  const RegisteredKeys& registered);
  boost::asio::ssl::context& context() noexcept { return context_; }

 private:
  TlsContext() = default;
  Status set_up(const crypto::Secret32& seed, const RegisteredKeys& registered);

  boost::asio::ssl::context context_{boost::asio::ssl::context::tls};
};

/// The raw Ed25519 key of the certificate that the peer proved to hold.
std::optional<Hash32> peer_key(SSL* connection);

}  // namespace emr::net
