#include "crypto/address.h"

#include <algorithm>

#include "base/hex.h"
#include "crypto/hash.h"

namespace emr::crypto {
namespace {

constexpr std::size_t kTextLength = 42;

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
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
  if (text.size() != kTextLength || !std::all_of(text.begin() + 2, text.end(), is_lower_hex)) {
    return not_an_address();
  }
  return decode(text);
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
