// The vote keys of a node: the registered one and, while it is being renewed, its successor. Who is
// registered in an epoch signs in it; so a key changes exactly when the consortium says so, and no
// key ever signs for an epoch that does not name it.
#pragma once

#include <optional>

#include "crypto/signing.h"
#include "quorum/secp256k1_votes.h"

namespace emr::node {

struct VoteKeys {
  crypto::SigningKey current;
  std::optional<crypto::SigningKey> next = std::nullopt;
};

/// Owned and used by the core thread.
class RenewableSigner final : public quorum::VoteSigner {
 public:
  explicit RenewableSigner(VoteKeys keys) : current_(std::move(keys.current)) {
    if (keys.next) next_.emplace(*std::move(keys.next));
  }
  /// Signs from now on with the key that this set names; with the current one when it names none.
  void select(const quorum::ValidatorSet& set) {
    uses_next_ = next_ && set.find(next_->key()).has_value();
  }
  const quorum::VoteKey& key() const noexcept override { return chosen().key(); }
  quorum::VoteSignature sign(const quorum::VoteBytes& message) const override {
    return chosen().sign(message);
  }

 private:
  const quorum::Secp256k1Signer& chosen() const noexcept { return uses_next_ ? *next_ : current_; }

  quorum::Secp256k1Signer current_;
  std::optional<quorum::Secp256k1Signer> next_;
  bool uses_next_ = false;
};

}  // namespace emr::node
