// Limits of this layer, each with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emr::wallet {

/// A keystore is about 500 bytes; ethers adds some for its mnemonic.
inline constexpr std::size_t kMaxKeystoreBytes = 64 * 1024;
/// What a keystore may ask of us before its passphrase is even known to be right: a hostile file
/// must not be a bomb. Every wallet in use stays below (geth's standard is 256 MiB, p 1).
inline constexpr std::uint64_t kMaxScryptMemory = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kMaxScryptParallel = 16;
inline constexpr std::uint64_t kMaxPbkdf2Rounds = 10'000'000;
/// Longer salts and derived keys than the format's 32 bytes exist, longer than this do not.
inline constexpr std::size_t kMaxSaltBytes = 128;
inline constexpr std::size_t kMaxDerivedBytes = 128;
/// A mnemonic has 24 words of at most 8 letters; the rest is room for white space.
inline constexpr std::size_t kMaxMnemonicBytes = 1024;
/// BIP-32 paths in use have five steps.
inline constexpr std::size_t kMaxPathSteps = 16;
/// A session file holds six short members.
inline constexpr std::size_t kMaxSessionBytes = 8 * 1024;

}  // namespace emr::wallet
