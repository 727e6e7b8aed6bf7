#include "crypto/address.h"

#include <algorithm>

#include "base/hex.h"
#include "crypto/hash.h"

namespace emr::crypto {
namespace {

constexpr std::size_t kTextLength = 42;

/// 0 to 15, or 16 for a character that is no lower-case digit.
constexpr unsigned digit_of(char c) noexcept {
  const auto number = static_cast<unsigned>(c - '0');
  const auto letter = static_cast<unsigned>(c - 'a');
  return number < 10 ? number : letter < 6 ? 10 + letter : 16;
}
bool is_upper(char c) { return c >= 'A' && c <= 'F'; }
bool is_lower(char c) { return c >= 'a' && c <= 'f'; }

Error not_an_address() {
  return fail(Code::kData, "not an address: 0x and 40 hex characters expected")
      .with_reason("address");
}

Result<Address> decode(std::string_view text) {
  if (text.size() != kTextLength) return not_an_address();
  const Result<Bytes> bytes = from_hex_0x(text);
  if (!bytes) return not_an_address();
  Address address;
  std::copy(bytes->begin(), bytes->end(), address.bytes.begin());
  return address;
}

}  // namespace

std::string Address::text() const { return to_hex_0x(bytes); }

Result<Address> parse_canonical_address(std::string_view text) {
  if (text.size() != kTextLength || !text.starts_with("0x")) return not_an_address();
  Address address;
  unsigned all = 0;
  for (std::size_t i = 0; i < address.bytes.size(); ++i) {  // several times for every transaction
    const unsigned high = digit_of(text[2 + 2 * i]);
    const unsigned low = digit_of(text[3 + 2 * i]);
    all |= high | low;
    address.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (all >= 16) return not_an_address();
  return address;
}

Result<Address> parse_address(std::string_view text) {
  EMR_ASSIGN(const Address address, decode(text));
  const std::string_view digits = text.substr(2);
  const bool mixed = std::any_of(digits.begin(), digits.end(), is_upper) &&
                     std::any_of(digits.begin(), digits.end(), is_lower);
  if (mixed && checksum_address(address) != text) {
    return fail(Code::kData, "the capital letters of this address do not fit (EIP-55)")
        .with_reason("checksum")
        .with_hint("a character was probably mistyped");
  }
  return address;
}

std::string checksum_address(const Address& address) {
  std::string text = address.text();
  const Hash32 hash = keccak256(as_bytes(text).subspan(2));
  for (std::size_t i = 2; i < text.size(); ++i) {
    const int nibble = hash[(i - 2) / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf;
    if (is_lower(text[i]) && nibble >= 8) text[i] = static_cast<char>(text[i] - 'a' + 'A');
  }
  return text;
}

}  // namespace emr::crypto
