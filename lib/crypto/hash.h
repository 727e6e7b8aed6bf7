// Digests and what is made of them: SHA-256, Keccak-256 (Ethereum's, not SHA3-256), HMAC, HKDF and
// the tagged hash of the house. Value types, no allocation on the hot paths, safe to use from
// several threads on different objects.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace emr::crypto {

/// Incremental SHA-256. Copying an object copies its state (used for keyed prefixes).
class Sha256 {
 public:
  Sha256() noexcept;
  Sha256& update(ByteView bytes) noexcept;
  Sha256& update(std::string_view text) noexcept { return update(as_bytes(text)); }
  /// The digest of everything so far; the object must not be used afterwards.
  Hash32 finish() noexcept;

 private:
  alignas(8) std::array<std::uint8_t, 112> state_;
};

Hash32 sha256(ByteView bytes) noexcept;
Hash32 keccak256(ByteView bytes) noexcept;

/// Incremental Keccak-256.
class Keccak256 {
 public:
  Keccak256& update(ByteView bytes) noexcept;
  /// The digest of everything so far; the object must not be used afterwards.
  Hash32 finish() noexcept;

 private:
  std::array<std::uint64_t, 25> lanes_{};
  std::size_t filled_ = 0;
};

/// H(tag, x…) = SHA-256(tag ‖ 0x00 ‖ x…): the domain-separated hash of every format of ours. The
/// parts are concatenated without lengths; callers keep them unambiguous.
Hash32 tagged_hash(std::string_view tag, std::initializer_list<ByteView> parts) noexcept;
Hash32 tagged_hash(std::string_view tag, ByteView part) noexcept;
/// The same, begun, for parts that come one after the other.
Sha256 tagged_hasher(std::string_view tag) noexcept;

Hash32 hmac_sha256(ByteView key, ByteView data) noexcept;

/// HMAC-SHA256 under one key: the key schedule is done once. `mac` is const and thread-safe.
class HmacSha256 {
 public:
  explicit HmacSha256(ByteView key) noexcept;
  HmacSha256(const HmacSha256&) noexcept = default;
  HmacSha256& operator=(const HmacSha256&) noexcept = default;
  ~HmacSha256();

  Hash32 mac(ByteView data) const noexcept;
  Hash32 mac(std::string_view data) const noexcept { return mac(as_bytes(data)); }
  Hash32 mac(std::initializer_list<ByteView> parts) const noexcept;

 private:
  Sha256 inner_;
  Sha256 outer_;
};

/// RFC 5869 with SHA-256; `size` <= kMaxHkdfBytes (checked).
SecretBytes hkdf_sha256(ByteView key, ByteView salt, ByteView info, std::size_t size);
/// The common case: no salt, text info, 32 bytes.
Secret32 derive_key(ByteView key, std::string_view info) noexcept;

/// 16 hex characters that tell two keys apart without saying anything about either.
std::string key_check(ByteView key);

}  // namespace emr::crypto
