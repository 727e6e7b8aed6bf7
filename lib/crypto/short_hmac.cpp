#include "crypto/short_hmac.h"


#include "base/check.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "crypto/sha256_block.h"

namespace emr::crypto {
namespace {

/// FIPS 180-4, section 5.3.3.
constexpr Sha256State kInitial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

}  // namespace

ShortHmac::ShortHmac(ByteView key) noexcept : inner_(kInitial), outer_(kInitial) {
  static_assert(kMaxBytes == ShortMac::kMaxBytes);
  std::array<std::uint8_t, 64> block = hmac_key_block(key);
  for (std::uint8_t& byte : block) byte ^= 0x36;
  sha256_compress(inner_, block.data());
  for (std::uint8_t& byte : block) byte ^= 0x36 ^ 0x5c;
  sha256_compress(outer_, block.data());
  wipe(block);
}

ShortHmac::~ShortHmac() { wipe({reinterpret_cast<std::uint8_t*>(this), sizeof *this}); }

Hash32 ShortHmac::mac(ByteView data) const noexcept {
  EMR_CHECK(data.size() <= kMaxBytes);
  Hash32 digest;
  short_mac({&inner_, &outer_, data, &digest});
  return digest;
}

void ShortHmac::two(const Request& first, const Request& second) noexcept {
  EMR_CHECK(first.data.size() <= kMaxBytes && second.data.size() <= kMaxBytes);
  short_macs({&first.key->inner_, &first.key->outer_, first.data, first.digest},
             {&second.key->inner_, &second.key->outer_, second.data, second.digest});
}

}  // namespace emr::crypto
