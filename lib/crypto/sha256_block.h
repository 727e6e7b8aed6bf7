// The compression function of SHA-256 by itself, for keyed hashes of short values, where the
// library's bookkeeping costs as much as the work. Internal to lib/crypto.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace emr::crypto {

using Sha256State = std::array<std::uint32_t, 8>;

/// state = compress(state, block) of FIPS 180-4, section 6.2.2; `block` has 64 bytes. Uses the
/// processor's SHA instructions, or OpenSSL where it has none.
void sha256_compress(Sha256State& state, const std::uint8_t* block) noexcept;

/// The key as one block, before its pads (RFC 2104, section 2). To be wiped.
std::array<std::uint8_t, 64> hmac_key_block(ByteView key) noexcept;

/// An HMAC whose data fit into one block: what the key's two blocks left, and the data.
struct ShortMac {
  /// Data, the bit that ends them, and their length share the block.
  static constexpr std::size_t kMaxBytes = 64 - 9;

  const Sha256State* inner = nullptr;
  const Sha256State* outer = nullptr;
  ByteView data;
  Hash32* digest = nullptr;
};
void short_mac(const ShortMac& mac) noexcept;
/// Both at once. The instructions of one wait for each other; two fill the processor.
void short_macs(const ShortMac& first, const ShortMac& second) noexcept;
/// The same without the processor's SHA instructions, for tests.
void short_mac_portably(const ShortMac& mac) noexcept;

}  // namespace emr::crypto
