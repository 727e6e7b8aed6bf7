// The equation that a batch of ECDSA signatures fulfils. One signature (r, s) of z by the key Q has
// a point R, whose x is r, with R = (z/s) G + (r/s) Q. A batch fulfils, for its weights a,
//
//   sum a R = (sum a z/s) G + for each key (sum a r/s) Q.
//
// The left side is a weighted sum of many points (point_sum.h); the right side and all numbers
// modulo the group order are left to libsecp256k1. Internal to lib/crypto.
#pragma once

#include <span>

#include "crypto/secp256k1_library.h"
#include "crypto/signature_batch.h"

namespace emr::crypto {

/// A signature that passed check_signature(), and the place of its signer's key.
struct BatchMember {
  NamedSignature* named = nullptr;  ///< learns its point_y
  std::size_t key = 0;
};

/// False also for batches that are right but meet a number for which libsecp256k1 has no use, such
/// as a digest of zero: whoever asks goes on one by one. `members` must not be empty.
bool equation_holds(std::span<const BatchMember> members, std::span<const secp256k1_pubkey> keys);

}  // namespace emr::crypto
