// Authenticated encryption: AES-256-GCM for content, AES-256-SIV for deterministic tokens that the
// holder of the key can turn back. Stateless functions, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace emr::crypto {

inline constexpr std::size_t kGcmTagBytes = 16;
inline constexpr std::size_t kSivTagBytes = 16;
using GcmNonce = std::array<std::uint8_t, 12>;

/// ciphertext ‖ 16-byte tag. A nonce must never be used twice under one key: our keys are fresh
/// per object, so the callers draw both together. Size <= kMaxAeadBytes (checked).
Bytes aes256gcm_seal(const Secret32& key, const GcmNonce& nonce, ByteView aad, ByteView plaintext);
/// kData with reason "authentication" when anything was changed.
Result<SecretBytes> aes256gcm_open(const Secret32& key, const GcmNonce& nonce, ByteView aad,
                                   ByteView sealed);

/// AES-256-SIV (RFC 5297) under a 64-byte key: tag ‖ ciphertext. Equal inputs give equal outputs,
/// which is what a token needs and what content must never be given.
class Aes256Siv {
 public:
  /// Derives both halves from one 32-byte master key and a purpose.
  Aes256Siv(const Secret32& master, std::string_view purpose);
  /// The raw 64-byte key (RFC 5297 vectors); kData for another length.
  static Result<Aes256Siv> from_key(ByteView key64);

  Bytes seal(ByteView aad, ByteView plaintext) const;
  /// kData with reason "authentication" for another key, other associated data or a changed token.
  Result<SecretBytes> open(ByteView aad, ByteView sealed) const;
  /// 16 hex characters that a policy file may carry, so that a wrong key is found at start.
  std::string key_check() const;

 private:
  explicit Aes256Siv(SecretBytes key) : key_(std::move(key)) {}
  SecretBytes key_;
};

}  // namespace emr::crypto
