// What the files that call libsecp256k1 share. Internal to lib/crypto.
#pragma once

#include <secp256k1.h>

#include "crypto/signing.h"

namespace emr::crypto {

/// Immutable after creation: one serves all threads.
const secp256k1_context* secp256k1() noexcept;

/// The only key that can have made this signature. kData as for recover().
Result<secp256k1_pubkey> recover_key(const Hash32& digest, const Signature& signature);

std::array<std::uint8_t, 65> uncompressed(const secp256k1_pubkey& key) noexcept;
Address address_of(const secp256k1_pubkey& key) noexcept;

/// v 27 or 28, r and s in 1..n-1, and s in the lower half.
Status check_signature(const Signature& signature);

}  // namespace emr::crypto
