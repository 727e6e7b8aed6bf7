// An X25519 recipient prepared for many sealed boxes, as the archive key of an institution is: its
// point does not change, so the ladder of each box gives way to a table of multiples
// (edwards25519.h). The bytes are those of crypto::seal_box.
#pragma once

#include <memory>

#include "base/result.h"
#include "crypto/box.h"
#include "threshold/edwards25519.h"

namespace emr::threshold {

/// Immutable: one serves all threads. Cheap to copy.
class BoxRecipient {
 public:
  /// Implicit, so that a key may stand where a single box is sealed; the table costs about two.
  BoxRecipient(const crypto::BoxPublicKey& key);

  const crypto::BoxPublicKey& key() const noexcept { return key_; }
  /// kData when the key is a point of small order.
  Result<Bytes> seal(ByteView plaintext, crypto::RandomSource& random) const;

 private:
  crypto::BoxPublicKey key_;
  /// Null for a point of the twist, which no secret has as its public key: the ladder takes it.
  std::shared_ptr<const EdwardsTable> table_;
};

}  // namespace emr::threshold
