// Ethereum keystore files, version 3 (Web3 Secret Storage): one secp256k1 key under a passphrase,
// importable into MetaMask. Text in, text out: reading and writing the file, with its modes, is
// lib/cli's. Thread-safe; a standard unlock takes about a second and 256 MiB.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/address.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/signing.h"

namespace emr::wallet {

struct ScryptCost {
  std::uint64_t n = 0;
  std::uint32_t r = 0;
  std::uint32_t p = 0;
};
/// geth's two presets. Light is for service keys whose passphrase is a random file.
inline constexpr ScryptCost kStandardCost{262144, 8, 1};
inline constexpr ScryptCost kLightCost{4096, 8, 6};

/// The keystore text, one line and a newline. Passphrase bytes are used as they are.
Result<std::string> encode_keystore(const crypto::SigningKey& key,
                                    const crypto::SecretBytes& passphrase, ScryptCost cost,
                                    crypto::RandomSource& random);

struct OpenedKeystore {
  crypto::SigningKey key;
  /// The passphrase fitted only after NFKC normalisation (ethers writes such files).
  bool passphrase_normalized = false;
  /// The file names no address, so a swapped IV or key could not have been noticed.
  bool address_missing = false;
};

/// kDenied (reason "passphrase") when the passphrase is wrong, kData (reason "keystore", "address")
/// when the file is malformed, asks for too much work, or holds another key than it names.
Result<OpenedKeystore> open_keystore(std::string_view text, const crypto::SecretBytes& passphrase);

/// The address that the file claims, without the passphrase; nullopt when it names none. kData
/// when it is not a keystore.
Result<std::optional<crypto::Address>> keystore_address(std::string_view text);

}  // namespace emr::wallet
