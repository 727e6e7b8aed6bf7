// The compression function of SHA-256 by itself, for keyed hashes of short values, where the
// library's bookkeeping costs as much as the work. Internal to lib/crypto.
#pragma once

#include <array>
#include <cstdint>

namespace emr::crypto {

using Sha256State = std::array<std::uint32_t, 8>;

/// state = compress(state, block) of FIPS 180-4, section 6.2.2; `block` has 64 bytes. Uses the
/// processor's SHA instructions, or OpenSSL where it has none.
void sha256_compress(Sha256State& state, const std::uint8_t* block) noexcept;

}  // namespace emr::crypto
