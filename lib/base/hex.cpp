#include "base/hex.h"

#include <algorithm>

namespace emr {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_hex_table() {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  constexpr std::string_view kUpperDigits = "0123456789ABCDEF";
  for (std::size_t i = 0; i < 16; ++i) {
    table[static_cast<std::uint8_t>(kHexDigits[i])] = static_cast<std::int8_t>(i);
    table[static_cast<std::uint8_t>(kUpperDigits[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}
constexpr std::array<std::int8_t, 256> kHexTable = make_hex_table();

int hex_value(char c) noexcept { return kHexTable[static_cast<std::uint8_t>(c)]; }

constexpr std::array<std::int8_t, 256> make_base64_table() {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < kBase64Digits.size(); ++i) {
    table[static_cast<std::uint8_t>(kBase64Digits[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}
constexpr std::array<std::int8_t, 256> kBase64Table = make_base64_table();

/// Writes the digits of all bytes; there must be room for them.
void write_hex(char* out, ByteView bytes) noexcept {
  for (const std::uint8_t byte : bytes) {
    *out++ = kHexDigits[byte >> 4];
    *out++ = kHexDigits[byte & 15];
  }
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text(bytes.size() * 2, '0');
  write_hex(text.data(), bytes);
  return text;
}

std::string to_hex_0x(ByteView bytes) {
  std::string text(2 + bytes.size() * 2, '0');
  text[1] = 'x';
  write_hex(text.data() + 2, bytes);
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(Code::kData, "hex text has an odd length");
  Bytes bytes(text.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if ((high | low) < 0) return fail(Code::kData, "hex text has a character that is not hex");
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return bytes;
}

Result<Bytes> from_hex_0x(std::string_view text) {
  if (!text.starts_with("0x")) return fail(Code::kData, "hex text must start with 0x");
  return from_hex(text.substr(2));
}

Result<Hash32> hash_from_hex(std::string_view text) {
  if (text.size() != 64) return fail(Code::kData, "a hash must have 64 hex characters");
  EMR_ASSIGN(const Bytes bytes, from_hex(text));
  Hash32 hash{};
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

std::string to_base64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = std::uint32_t{bytes[i]} << 16;
    if (count > 1) group |= std::uint32_t{bytes[i + 1]} << 8;
    if (count > 2) group |= bytes[i + 2];
    text.push_back(kBase64Digits[group >> 18]);
    text.push_back(kBase64Digits[(group >> 12) & 63]);
    text.push_back(count > 1 ? kBase64Digits[(group >> 6) & 63] : '=');
    text.push_back(count > 2 ? kBase64Digits[group & 63] : '=');
  }
  return text;
}

Result<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return fail(Code::kData, "base64 text has a wrong length");
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  const std::size_t digits = text.size() - padding;
  for (std::size_t i = 0; i < digits; ++i) {
    const int value = kBase64Table[static_cast<std::uint8_t>(text[i])];
    if (value < 0) return fail(Code::kData, "base64 text has a foreign character");
    group = (group << 6) | static_cast<std::uint32_t>(value);
    if (i % 4 == 3) {
      bytes.push_back(static_cast<std::uint8_t>(group >> 16));
      bytes.push_back(static_cast<std::uint8_t>(group >> 8));
      bytes.push_back(static_cast<std::uint8_t>(group));
      group = 0;
    }
  }
  if (padding == 2) {
    if ((group & 15) != 0) return fail(Code::kData, "base64 text has stray bits");
    bytes.push_back(static_cast<std::uint8_t>(group >> 4));
  } else if (padding == 1) {
    if ((group & 3) != 0) return fail(Code::kData, "base64 text has stray bits");
    bytes.push_back(static_cast<std::uint8_t>(group >> 10));
    bytes.push_back(static_cast<std::uint8_t>(group >> 2));
  }
  return bytes;
}

}  // namespace emr
