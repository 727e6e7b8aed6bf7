// Public-key encryption over X25519: anonymous sealed boxes (the bytes of libsodium's
// crypto_box_seal) and authenticated boxes (x25519-xsalsa20-poly1305, the bytes of NaCl and of
// MetaMask's eth_decrypt). Randomness is passed in. Stateless functions, thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace emr::crypto {

using BoxPublicKey = Hash32;
using BoxNonce = std::array<std::uint8_t, 24>;
inline constexpr std::size_t kSealedBoxOverhead = 48;  ///< ephemeral key and tag

struct BoxKeyPair {
  Secret32 secret;
  BoxPublicKey public_key{};
};

BoxKeyPair generate_box_keys(RandomSource& random);
BoxPublicKey box_public_key(const Secret32& secret) noexcept;

/// Ephemeral public key ‖ box. kData when the recipient's key is a point of small order.
Result<Bytes> seal_box(const BoxPublicKey& recipient, ByteView plaintext, RandomSource& random);
/// kData with reason "authentication" when the box is not for this key or was changed.
Result<SecretBytes> open_sealed_box(const Secret32& secret, ByteView sealed);

Result<Bytes> box(const Secret32& mine, const BoxPublicKey& theirs, const BoxNonce& nonce,
                  ByteView plaintext);
Result<SecretBytes> open_box(const Secret32& mine, const BoxPublicKey& theirs,
                             const BoxNonce& nonce, ByteView boxed);

}  // namespace emr::crypto
