// Accounts: the last 20 bytes of a hash of the public key. Inside our formats an address is always
// "0x" and 40 lower-case hex characters; people may type the EIP-55 spelling.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::crypto {

struct Address {
  std::array<std::uint8_t, 20> bytes{};

  auto operator<=>(const Address&) const = default;
  /// "0x" and 40 lower-case hex characters.
  std::string text() const;
};

/// From people: lower case, upper case, or mixed case with the right EIP-55 checksum. kData
/// otherwise (reasons "address", "checksum").
Result<Address> parse_address(std::string_view text);
/// From our own formats: the lower-case spelling only.
Result<Address> parse_canonical_address(std::string_view text);
/// The EIP-55 spelling (never EIP-1191).
std::string checksum_address(const Address& address);

}  // namespace emr::crypto
