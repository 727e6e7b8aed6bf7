#include "crypto/secret.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace emr::crypto {

void wipe(std::span<std::uint8_t> bytes) noexcept {
  if (!bytes.empty()) OPENSSL_cleanse(bytes.data(), bytes.size());
}

Secret32::Secret32(Secret32&& other) noexcept : value_(other.value_) { wipe(other.value_); }

Secret32& Secret32::operator=(Secret32&& other) noexcept {
  if (this != &other) {
    value_ = other.value_;
    wipe(other.value_);
  }
  return *this;
}

Result<Secret32> Secret32::from_bytes(ByteView bytes) {
  if (bytes.size() != 32) {
    return fail(Code::kData, "a key must have 32 bytes").with_reason("key_length");
  }
  Secret32 result;
  std::copy(bytes.begin(), bytes.end(), result.value_.begin());
  return result;
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    wipe(bytes_);
    bytes_ = std::move(other.bytes_);
  }
  return *this;
}

}  // namespace emr::crypto
