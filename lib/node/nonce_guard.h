// Signed requests are good once: remembers (signer, nonce) until the request has expired. Bounded,
// in all and for each signer; when it is full the answer is "busy", never a forgotten nonce. Any
// thread.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "crypto/address.h"

namespace emr::node {

class NonceGuard {
 public:
  /// kDenied "replay" for a nonce that was used, kTempFail "busy" when there is no room.
  Status accept(const crypto::Address& signer, std::uint64_t nonce, UnixSeconds expires,
                UnixSeconds now);

 private:
  using Key = std::pair<crypto::Address, std::uint64_t>;
  std::mutex mutex_;
  std::set<Key> used_;
  std::map<crypto::Address, std::size_t> by_signer_;
  std::multimap<UnixSeconds, Key> by_expiry_;
};

}  // namespace emr::node
