// The real vote suite: compact secp256k1 signatures (RFC 6979, low s) over SHA-256 of the vote
// bytes. The signer owns its key (wiped on destruction). The verifier keeps the parsed form of the
// keys it was given, because parsing costs a square root; other keys are parsed on every call.
#pragma once

#include <map>

#include "crypto/signing.h"
#include "quorum/validator_set.h"
#include "quorum/vote.h"

namespace emr::quorum {

class Secp256k1Signer final : public VoteSigner {
 public:
  explicit Secp256k1Signer(crypto::SigningKey key) : key_(std::move(key)) {}
  const VoteKey& key() const noexcept override { return key_.public_key(); }
  VoteSignature sign(const VoteBytes& message) const override;

 private:
  crypto::SigningKey key_;
};

class Secp256k1Verifier final : public VoteVerifier {
 public:
  /// kData when the set names a key that is no curve point.
  Status add(const ValidatorSet& set);
  bool verify(const VoteKey& key, const VoteBytes& message,
              const VoteSignature& signature) const override;

 private:
  std::map<VoteKey, crypto::VerifyKey> parsed_;
};

}  // namespace emr::quorum
