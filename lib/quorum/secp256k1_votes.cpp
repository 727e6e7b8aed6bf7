#include "quorum/secp256k1_votes.h"

#include "crypto/hash.h"

namespace emr::quorum {

VoteSignature Secp256k1Signer::sign(const VoteBytes& message) const {
  return key_.sign_compact(crypto::sha256(message));
}

Status Secp256k1Verifier::add(const ValidatorSet& set) {
  for (NodeIndex node = 0; node < set.size(); ++node) {
    EMR_ASSIGN(const crypto::VerifyKey key, crypto::VerifyKey::parse(set.key(node)));
    parsed_.emplace(set.key(node), key);
  }
  return {};
}

bool Secp256k1Verifier::verify(const VoteKey& key, const VoteBytes& message,
                               const VoteSignature& signature) const {
  const Hash32 digest = crypto::sha256(message);
  const auto known = parsed_.find(key);
  if (known != parsed_.end()) return known->second.verify(digest, signature);
  return crypto::verify_compact(digest, signature, key);
}

}  // namespace emr::quorum
