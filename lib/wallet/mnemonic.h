// BIP-39 phrases (English and simplified Chinese) and BIP-32 derivation: what it takes to import
// the accounts of MetaMask, hardhat and other wallets. Nothing here makes phrases.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/secret.h"
#include "crypto/signing.h"

namespace emr::wallet {

/// The first account of every Ethereum wallet.
inline constexpr std::string_view kDefaultPath = "m/44'/60'/0'/0/0";

/// A phrase in its one spelling: known words, right checksum, single spaces.
struct Mnemonic {
  crypto::SecretBytes phrase;
  crypto::SecretBytes entropy;
};

/// Lenient in form (any Unicode white space, capitals, Chinese without spaces), strict in content.
/// kData; an unknown word is named by its position, never quoted.
Result<Mnemonic> parse_mnemonic(ByteView text);

/// The 64-byte seed; the passphrase ("25th word") may be empty.
Result<crypto::SecretBytes> mnemonic_seed(const Mnemonic& mnemonic, ByteView passphrase);

struct ExtendedKey {
  crypto::Secret32 key;
  crypto::Secret32 chain_code;
};
/// Steps of "m/44'/60'/0'/0/0"; kUsage when malformed.
Result<std::vector<std::uint32_t>> parse_path(std::string_view path);
/// kData for a seed that is not 16 to 64 bytes or gives no key (probability 2^-127).
Result<ExtendedKey> derive_extended(ByteView seed, const std::vector<std::uint32_t>& path);

/// phrase + passphrase + path -> account.
Result<crypto::SigningKey> derive_account(const Mnemonic& mnemonic, ByteView passphrase,
                                          std::string_view path);

}  // namespace emr::wallet
