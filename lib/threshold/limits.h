// Limits of this layer, each with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emr::threshold {

/// Share holders of one key. One per institution; a consortium of hundreds of hospitals fits, and
/// the public keys of all still fit one genesis file.
inline constexpr std::uint32_t kMaxShares = 1024;
/// A label is canon JSON of five short members (about 300 bytes).
inline constexpr std::size_t kMaxLabelBytes = 4096;
/// A context is a transaction id and a part name.
inline constexpr std::size_t kMaxContextBytes = 1024;
/// Plaintexts are padded to this step, so that the length of a ciphertext says little.
inline constexpr std::size_t kPadStep = 1024;
/// A record travels inline in a transaction line of 256 KiB; base64 and the rest need the others.
inline constexpr std::size_t kMaxEnvelopePlaintext = 160 * 1024;
/// Institution and node ids, as in the genesis file.
inline constexpr std::size_t kMaxIdBytes = 64;

static_assert(kMaxEnvelopePlaintext % kPadStep == 0);

}  // namespace emr::threshold
