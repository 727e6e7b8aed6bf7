// Remembers the signature that was found wrong last: who asks why a message was refused does not
// pay for a second verification. Core thread only.
#pragma once

#include <optional>

#include "quorum/vote.h"

namespace emr::node {

class RefusalMemory final : public quorum::VoteVerifier {
 public:
  explicit RefusalMemory(const quorum::VoteVerifier& verifier) : verifier_(&verifier) {}

  bool verify(const quorum::VoteKey& key, const quorum::VoteBytes& message,
              const quorum::VoteSignature& signature) const override {
    if (verifier_->verify(key, message, signature)) return true;
    last_ = Refused{key, message, signature};
    return false;
  }
  /// Is exactly this what was refused last?
  bool has_refused(const quorum::VoteKey& key, const quorum::VoteBytes& message,
                   const quorum::VoteSignature& signature) const {
    return last_ == Refused{key, message, signature};
  }

 private:
  struct Refused {
    quorum::VoteKey key{};
    quorum::VoteBytes message{};
    quorum::VoteSignature signature{};
    friend bool operator==(const Refused&, const Refused&) = default;
  };
  const quorum::VoteVerifier* verifier_;
  mutable std::optional<Refused> last_;
};

}  // namespace emr::node
