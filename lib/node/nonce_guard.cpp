#include "node/nonce_guard.h"

#include "node/limits.h"

namespace emr::node {

Status NonceGuard::accept(const crypto::Address& signer, std::uint64_t nonce, UnixSeconds expires,
                          UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  while (!by_expiry_.empty() && by_expiry_.begin()->first < now) {
    const Key& over = by_expiry_.begin()->second;
    used_.erase(over);
    if (--by_signer_.at(over.first) == 0) by_signer_.erase(over.first);
    by_expiry_.erase(by_expiry_.begin());
  }
  const auto share = by_signer_.find(signer);
  const bool has_share = share == by_signer_.end() || share->second < kNoncesPerSignerMax;
  if (used_.size() >= kNoncesMax || !has_share) {
    return fail(Code::kTempFail, "too many signed requests at once").with_reason("busy");
  }
  const Key key{signer, nonce};
  if (!used_.insert(key).second) {
    return fail(Code::kDenied, "this signed request was used before").with_reason("replay");
  }
  ++by_signer_[signer];
  by_expiry_.emplace(expires, key);
  return {};
}

}  // namespace emr::node
