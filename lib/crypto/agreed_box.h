// The sealed box of crypto/box.h for a caller who multiplies himself: an X25519 recipient that gets
// many boxes can be prepared for it (threshold/box_recipient.h). The same bytes as seal_box.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/box.h"
#include "crypto/secret.h"

namespace emr::crypto {

/// `shared` is X25519(ephemeral.secret, recipient). kData when it is zero, which is what a
/// recipient of small order gives.
Result<Bytes> seal_agreed_box(const BoxPublicKey& recipient, const BoxKeyPair& ephemeral,
                              const Secret32& shared, ByteView plaintext);

}  // namespace emr::crypto
