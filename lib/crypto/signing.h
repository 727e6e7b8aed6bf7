// secp256k1: keys, recoverable signatures of accounts and compact signatures of votes.
// Signing is deterministic (RFC 6979) and always low-s; reading refuses high s, because two
// signatures for one digest must not exist. Everything here is const and thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/address.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace emr::crypto {

/// A compressed public key.
using PublicKey = std::array<std::uint8_t, 33>;
/// r ‖ s ‖ v with low s and v 27 or 28: the only form we write. Values of this type that came
/// through `parse_signature` are in range.
using Signature = std::array<std::uint8_t, 65>;
/// r ‖ s with low s, checked against a known public key: votes.
using CompactSignature = std::array<std::uint8_t, 64>;

/// Normal form of what other programs write: 65 bytes with v in {0, 1, 27, 28}, or 64 bytes of
/// EIP-2098. High s, zero or oversized r and s, another v and another length are kData.
Result<Signature> parse_signature(ByteView bytes);
/// The same from "0x…" text.
Result<Signature> parse_signature_hex(std::string_view text);
/// The EIP-2098 form.
CompactSignature to_eip2098(const Signature& signature) noexcept;

/// The account that made this signature. Never an answer by itself: compare it with the account
/// that should have signed. kData when the signature is malformed or no key fits.
Result<Address> recover(const Hash32& digest, const Signature& signature);
/// kNegative (reason "signature") when another account signed.
Status verify(const Hash32& digest, const Signature& signature, const Address& expected);

Result<Address> address_of(const PublicKey& key);

/// A parsed public key; parsing costs a square root, so validators keep these.
class VerifyKey {
 public:
  static Result<VerifyKey> parse(const PublicKey& key);
  bool verify(const Hash32& digest, const CompactSignature& signature) const noexcept;

 private:
  VerifyKey() = default;
  std::array<std::uint8_t, 64> parsed_{};
};

/// One-shot form of VerifyKey.
bool verify_compact(const Hash32& digest, const CompactSignature& signature,
                    const PublicKey& key) noexcept;

/// A secret key with its public key and address.
class SigningKey {
 public:
  /// kData unless 0 < key < group order.
  static Result<SigningKey> from_secret(Secret32 secret);
  static SigningKey generate(RandomSource& random);

  Signature sign(const Hash32& digest) const noexcept;
  CompactSignature sign_compact(const Hash32& digest) const noexcept;

  const PublicKey& public_key() const noexcept { return public_key_; }
  const Address& address() const noexcept { return address_; }
  const Secret32& secret() const noexcept { return secret_; }
  SigningKey clone() const { return SigningKey(secret_.clone(), public_key_, address_); }

 private:
  SigningKey(Secret32 secret, const PublicKey& public_key, const Address& address) noexcept
      : secret_(std::move(secret)), public_key_(public_key), address_(address) {}

  Secret32 secret_;
  PublicKey public_key_;
  Address address_;
};

/// BIP-32's private child step: (key + tweak) mod n; kData when the tweak is out of range or the
/// sum is zero.
Result<Secret32> add_secrets(const Secret32& key, ByteView tweak32);

}  // namespace emr::crypto
