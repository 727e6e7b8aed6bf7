// SHA-256 through OpenSSL's plain functions: they use the processor's SHA instructions like EVP
// does, but their state is a value that can be copied, which is what makes a keyed HMAC cost two
// compressions and no allocation. They are only marked as deprecated in OpenSSL 3.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/hex.h"
#include "crypto/limits.h"
#include "crypto/sha256_block.h"

namespace emr::crypto {
namespace {

SHA256_CTX* context(std::array<std::uint8_t, 112>& state) noexcept {
  static_assert(sizeof(SHA256_CTX) <= sizeof(state) && alignof(SHA256_CTX) <= 8);
  return reinterpret_cast<SHA256_CTX*>(state.data());
}

/// What an object has hashed so far, at the border of a block.
Sha256State state_of(const Sha256& hash) noexcept {
  SHA256_CTX context;
  Sha256State state;
  std::memcpy(&context, &hash, sizeof context);
  std::memcpy(state.data(), context.h, sizeof state);
  return state;
}

}  // namespace

Sha256::Sha256() noexcept { SHA256_Init(context(state_)); }

Sha256& Sha256::update(ByteView bytes) noexcept {
  SHA256_Update(context(state_), bytes.data(), bytes.size());
  return *this;
}

Hash32 Sha256::finish() noexcept {
  Hash32 digest;
  SHA256_Final(digest.data(), context(state_));
  return digest;
}

Hash32 sha256(ByteView bytes) noexcept { return Sha256().update(bytes).finish(); }

Sha256 tagged_hasher(std::string_view tag) noexcept {
  const std::uint8_t zero = 0;
  Sha256 hash;
  hash.update(tag).update(ByteView(&zero, 1));
  return hash;
}

Hash32 tagged_hash(std::string_view tag, std::initializer_list<ByteView> parts) noexcept {
  Sha256 hash = tagged_hasher(tag);
  for (const ByteView part : parts) hash.update(part);
  return hash.finish();
}

Hash32 tagged_hash(std::string_view tag, ByteView part) noexcept {
  return tagged_hash(tag, {part});
}

HmacSha256::HmacSha256(ByteView key) noexcept {
  std::array<std::uint8_t, 64> block = hmac_key_block(key);
  for (std::uint8_t& byte : block) byte ^= 0x36;
  inner_.update(block);
  for (std::uint8_t& byte : block) byte ^= 0x36 ^ 0x5c;
  outer_.update(block);
  wipe(block);
}

HmacSha256::~HmacSha256() {
  wipe({reinterpret_cast<std::uint8_t*>(&inner_), sizeof inner_});
  wipe({reinterpret_cast<std::uint8_t*>(&outer_), sizeof outer_});
}

Hash32 HmacSha256::mac(ByteView data) const noexcept {
  if (data.size() > ShortMac::kMaxBytes) return mac({data});
  // Names and numbers: the library's buffer and length count would cost as much again.
  const Sha256State inner = state_of(inner_);
  const Sha256State outer = state_of(outer_);
  Hash32 digest;
  short_mac({&inner, &outer, data, &digest});
  return digest;
}

Hash32 HmacSha256::mac(std::initializer_list<ByteView> parts) const noexcept {
  Sha256 inner = inner_;
  for (const ByteView part : parts) inner.update(part);
  const Hash32 digest = inner.finish();
  Sha256 outer = outer_;
  return outer.update(digest).finish();
}

Hash32 hmac_sha256(ByteView key, ByteView data) noexcept { return HmacSha256(key).mac(data); }

SecretBytes hkdf_sha256(ByteView key, ByteView salt, ByteView info, std::size_t size) {
  EMR_CHECK(size <= kMaxHkdfBytes);
  Hash32 extracted = hmac_sha256(salt, key);
  const HmacSha256 expand(extracted);
  wipe(extracted);
  SecretBytes output(size);
  Hash32 block{};
  for (std::size_t done = 0; done < size; done += block.size()) {
    const std::uint8_t counter = static_cast<std::uint8_t>(done / block.size() + 1);
    const ByteView previous(block.data(), done == 0 ? 0 : block.size());
    block = expand.mac({previous, info, ByteView(&counter, 1)});
    std::memcpy(output.span().data() + done, block.data(), std::min(block.size(), size - done));
  }
  wipe(block);
  return output;
}

Secret32 derive_key(ByteView key, std::string_view info) noexcept {
  const SecretBytes derived = hkdf_sha256(key, {}, as_bytes(info), 32);
  Secret32 result;
  std::memcpy(result.span().data(), derived.view().data(), 32);
  return result;
}

std::string key_check(ByteView key) {
  const Hash32 hash = tagged_hash("emr/key-check/1", key);
  return to_hex(ByteView(hash).first(8));
}

}  // namespace emr::crypto
