// libsecp256k1 does the curve. Two facts of it shape this file: ecdsa_verify refuses high s but
// ecdsa_recover does not, so every signature passes `parse_signature` or an explicit check before
// recovery; and the context is immutable after creation, so one serves all threads.
#include "crypto/signing.h"

#include <secp256k1_recovery.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/hex.h"
#include "crypto/hash.h"
#include "crypto/secp256k1_library.h"

namespace emr::crypto {
namespace {

constexpr unsigned kCompressed = SECP256K1_EC_COMPRESSED;
constexpr unsigned kUncompressed = SECP256K1_EC_UNCOMPRESSED;

Error malformed(const char* message) { return fail(Code::kData, message).with_reason("signature"); }

bool is_zero(ByteView bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

// r and s in 1..n-1 and s in the lower half.
Status check_range(ByteView r_s) {
  secp256k1_ecdsa_signature parsed;
  if (!secp256k1_ecdsa_signature_parse_compact(secp256k1(), &parsed, r_s.data()) ||
      is_zero(r_s.first(32)) || is_zero(r_s.subspan(32, 32))) {
    return malformed("r or s of the signature is out of range");
  }
  if (secp256k1_ecdsa_signature_normalize(secp256k1(), nullptr, &parsed)) {
    return malformed("the signature has a high s: it is the twin of another signature");
  }
  return {};
}

}  // namespace

const secp256k1_context* secp256k1() noexcept {
  static const secp256k1_context* const instance =
      secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
  return instance;
}

std::array<std::uint8_t, 65> uncompressed(const secp256k1_pubkey& key) noexcept {
  std::array<std::uint8_t, 65> encoded;
  std::size_t size = encoded.size();
  secp256k1_ec_pubkey_serialize(secp256k1(), encoded.data(), &size, &key, kUncompressed);
  return encoded;
}

Address address_of(const secp256k1_pubkey& key) noexcept {
  const Hash32 hash = keccak256(ByteView(uncompressed(key)).subspan(1));
  Address address;
  std::copy(hash.begin() + 12, hash.end(), address.bytes.begin());
  return address;
}

Status check_signature(const Signature& signature) {
  if (signature[64] != 27 && signature[64] != 28) return malformed("v must be 27 or 28");
  return check_range(ByteView(signature).first(64));
}

Result<Signature> parse_signature(ByteView bytes) {
  Signature signature{};
  if (bytes.size() == 65) {
    std::copy(bytes.begin(), bytes.end(), signature.begin());
    if (signature[64] <= 1) signature[64] = static_cast<std::uint8_t>(signature[64] + 27);
  } else if (bytes.size() == 64) {
    std::copy(bytes.begin(), bytes.end(), signature.begin());
    signature[64] = static_cast<std::uint8_t>(27 + (signature[32] >> 7));
    signature[32] &= 0x7f;
  } else {
    return malformed("a signature has 65 bytes, or 64 in the EIP-2098 form");
  }
  if (signature[64] != 27 && signature[64] != 28) {
    return malformed("v of the signature must be 27, 28, 0 or 1");
  }
  EMR_TRY(check_range(ByteView(signature).first(64)));
  return signature;
}

Result<Signature> parse_signature_hex(std::string_view text) {
  const Result<Bytes> bytes = from_hex_0x(text);
  if (!bytes) return malformed("a signature is written as 0x and hex characters");
  return parse_signature(*bytes);
}

CompactSignature to_eip2098(const Signature& signature) noexcept {
  CompactSignature compact;
  std::copy_n(signature.begin(), compact.size(), compact.begin());
  if (signature[64] == 28) compact[32] |= 0x80;
  return compact;
}

Result<secp256k1_pubkey> recover_key(const Hash32& digest, const Signature& signature) {
  EMR_TRY(check_signature(signature));
  secp256k1_ecdsa_recoverable_signature parsed;
  secp256k1_pubkey key;
  if (!secp256k1_ecdsa_recoverable_signature_parse_compact(secp256k1(), &parsed, signature.data(),
                                                           signature[64] - 27) ||
      !secp256k1_ecdsa_recover(secp256k1(), &key, &parsed, digest.data())) {
    return malformed("no key can have made this signature");
  }
  return key;
}

Result<Address> recover(const Hash32& digest, const Signature& signature) {
  EMR_ASSIGN(const secp256k1_pubkey key, recover_key(digest, signature));
  return address_of(key);
}

Status verify(const Hash32& digest, const Signature& signature, const Address& expected) {
  EMR_ASSIGN(const Address signer, recover(digest, signature));
  if (signer != expected) {
    return fail(Code::kNegative, "the signature is not of the expected account")
        .with_reason("signature");
  }
  return {};
}

Result<Address> address_of(const PublicKey& key) {
  secp256k1_pubkey parsed;
  if (!secp256k1_ec_pubkey_parse(secp256k1(), &parsed, key.data(), key.size())) {
    return fail(Code::kData, "not a compressed secp256k1 public key").with_reason("public_key");
  }
  return address_of(parsed);
}

Result<VerifyKey> VerifyKey::parse(const PublicKey& key) {
  static_assert(sizeof(secp256k1_pubkey) == sizeof(VerifyKey::parsed_));
  secp256k1_pubkey parsed;
  if (!secp256k1_ec_pubkey_parse(secp256k1(), &parsed, key.data(), key.size())) {
    return fail(Code::kData, "not a compressed secp256k1 public key").with_reason("public_key");
  }
  VerifyKey result;
  std::memcpy(result.parsed_.data(), &parsed, sizeof parsed);
  return result;
}

bool VerifyKey::verify(const Hash32& digest, const CompactSignature& signature) const noexcept {
  secp256k1_pubkey key;
  std::memcpy(&key, parsed_.data(), sizeof key);
  secp256k1_ecdsa_signature parsed;
  return secp256k1_ecdsa_signature_parse_compact(secp256k1(), &parsed, signature.data()) == 1 &&
         secp256k1_ecdsa_verify(secp256k1(), &parsed, digest.data(), &key) == 1;
}

bool verify_compact(const Hash32& digest, const CompactSignature& signature,
                    const PublicKey& key) noexcept {
  const Result<VerifyKey> parsed = VerifyKey::parse(key);
  return parsed.ok() && parsed->verify(digest, signature);
}

Result<SigningKey> SigningKey::from_secret(Secret32 secret) {
  secp256k1_pubkey key;
  if (!secp256k1_ec_pubkey_create(secp256k1(), &key, secret.view().data())) {
    return fail(Code::kData, "not a secp256k1 private key: zero or too large")
        .with_reason("private_key");
  }
  PublicKey encoded;
  std::size_t size = encoded.size();
  secp256k1_ec_pubkey_serialize(secp256k1(), encoded.data(), &size, &key, kCompressed);
  return SigningKey(std::move(secret), encoded, address_of(key));
}

SigningKey SigningKey::generate(RandomSource& random) {
  for (;;) {  // a second round has probability 2^-128
    Result<SigningKey> key = from_secret(random.secret32());
    if (key) return *std::move(key);
  }
}

Signature SigningKey::sign(const Hash32& digest) const noexcept {
  secp256k1_ecdsa_recoverable_signature made;
  EMR_CHECK(secp256k1_ecdsa_sign_recoverable(secp256k1(), &made, digest.data(),
                                             secret_.view().data(), nullptr, nullptr));
  Signature signature;
  int recovery_id = 0;
  secp256k1_ecdsa_recoverable_signature_serialize_compact(secp256k1(), signature.data(),
                                                          &recovery_id, &made);
  // Ids 2 and 3 (r overflowed) have probability 2^-127 and cannot be written as v 27/28.
  EMR_CHECK(recovery_id == 0 || recovery_id == 1);
  signature[64] = static_cast<std::uint8_t>(27 + recovery_id);
  return signature;
}

CompactSignature SigningKey::sign_compact(const Hash32& digest) const noexcept {
  secp256k1_ecdsa_signature made;
  EMR_CHECK(secp256k1_ecdsa_sign(secp256k1(), &made, digest.data(), secret_.view().data(), nullptr,
                                 nullptr));
  CompactSignature signature;
  secp256k1_ecdsa_signature_serialize_compact(secp256k1(), signature.data(), &made);
  return signature;
}

Result<Secret32> add_secrets(const Secret32& key, ByteView tweak32) {
  EMR_CHECK(tweak32.size() == 32);
  Secret32 sum = key.clone();
  if (!secp256k1_ec_seckey_tweak_add(secp256k1(), sum.span().data(), tweak32.data())) {
    return fail(Code::kData, "key derivation left the group").with_reason("private_key");
  }
  return sum;
}

}  // namespace emr::crypto
