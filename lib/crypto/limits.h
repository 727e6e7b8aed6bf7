// Limits of this layer, each with its reason.
#pragma once

#include <cstddef>

namespace emr::crypto {

/// Largest text of one EIP-712 document: sixteen times the 16 KiB core of a transaction, and far
/// beyond what a wallet can show.
inline constexpr std::size_t kMaxTypedDataBytes = 256 * 1024;
/// Nesting of values in one EIP-712 message; wallets and other libraries recurse too.
inline constexpr int kMaxTypedDataDepth = 32;
/// Struct types in one EIP-712 document and members of one struct: a person has to read them.
inline constexpr std::size_t kMaxTypedDataTypes = 64;
inline constexpr std::size_t kMaxTypedDataMembers = 64;
/// AES-GCM and AES-SIV take int lengths in OpenSSL; records are bounded far below (16 MiB lines).
inline constexpr std::size_t kMaxAeadBytes = std::size_t{1} << 30;
/// Output of one HKDF-SHA256 call: 255 blocks (RFC 5869).
inline constexpr std::size_t kMaxHkdfBytes = 255 * 32;

}  // namespace emr::crypto
