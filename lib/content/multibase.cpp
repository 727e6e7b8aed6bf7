#include "content/multibase.h"

#include <algorithm>

#include "base/hex.h"
#include "content/limits.h"

namespace emr::content {
namespace {

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kBase58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

}  // namespace

std::string base32_encode(ByteView bytes) {
  std::string text;
  unsigned window = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    window = (window << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += kBase32[(window >> (bits - 5)) & 31];
  }
  if (bits > 0) text += kBase32[(window << (5 - bits)) & 31];
  return text;
}

std::optional<Bytes> base32_decode(std::string_view text) {
  Bytes bytes;
  unsigned window = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t digit = kBase32.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    window = (window << 5 | static_cast<unsigned>(digit)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(window >> bits));
  }
  // Five or more bits over would be a whole superfluous character.
  if (bits >= 5 || (window & ((1U << bits) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::string base58_encode(ByteView bytes) {
  std::string digits;  // base 58, lowest first
  for (const std::uint8_t byte : bytes) {
    unsigned carry = byte;
    for (char& digit : digits) {
      carry += static_cast<unsigned>(digit) << 8;
      digit = static_cast<char>(carry % 58);
      carry /= 58;
    }
    for (; carry > 0; carry /= 58) digits += static_cast<char>(carry % 58);
  }
  std::string text;
  for (std::size_t i = 0; i < bytes.size() && bytes[i] == 0; ++i) text += kBase58[0];
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    text += kBase58[static_cast<std::size_t>(*digit)];
  }
  return text;
}

std::optional<Bytes> base58_decode(std::string_view text) {
  if (text.size() > kMaxCidText) return std::nullopt;
  Bytes bytes;  // base 256, lowest first
  for (const char c : text) {
    const std::size_t value = kBase58.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    unsigned carry = static_cast<unsigned>(value);
    for (std::uint8_t& byte : bytes) {
      carry += static_cast<unsigned>(byte) * 58;
      byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry > 0) bytes.push_back(static_cast<std::uint8_t>(carry));
  }
  for (std::size_t i = 0; i < text.size() && text[i] == kBase58[0]; ++i) bytes.push_back(0);
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

std::string base16_encode(ByteView bytes) { return to_hex(bytes); }

std::optional<Bytes> base16_decode(std::string_view text) {
  if (text.find_first_of("ABCDEF") != std::string_view::npos) return std::nullopt;
  Result<Bytes> bytes = from_hex(text);
  if (!bytes) return std::nullopt;
  return *std::move(bytes);
}

}  // namespace emr::content
