#include "crypto/typed_data_values.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/big_endian.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "crypto/address.h"
#include "crypto/hash.h"

namespace emr::crypto {
namespace {

using Json = nlohmann::json;

// JavaScript keeps integers exactly up to here; a wallet would sign another number beyond.
constexpr std::int64_t kMaxSafeInteger = (std::int64_t{1} << 53) - 1;

Error refuse(std::string message, std::string reason, const std::string& pointer) {
  return fail(Code::kData, std::move(message)).with_reason(std::move(reason)).with_pointer(pointer);
}

Hash32 word_of(std::uint64_t value) noexcept {
  Hash32 word{};
  store_big_endian(word.data() + word.size() - sizeof value, value);
  return word;
}

// word = word * base + digit; false when it no longer fits into 256 bits.
bool push_digit(Hash32& word, unsigned base, unsigned digit) noexcept {
  unsigned carry = digit;
  for (std::size_t i = word.size(); i-- > 0;) {
    const unsigned sum = word[i] * base + carry;
    word[i] = static_cast<std::uint8_t>(sum);
    carry = sum >> 8;
  }
  return carry == 0;
}

int digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

bool parse_digits(std::string_view digits, unsigned base, Hash32& word) noexcept {
  if (digits.empty()) return false;
  return std::all_of(digits.begin(), digits.end(), [&](char c) {
    const int digit = digit_value(c);
    return digit < static_cast<int>(base) && push_digit(word, base, static_cast<unsigned>(digit));
  });
}

struct Magnitude {
  Hash32 word{};
  bool negative = false;
};

// "0x…" or plain decimal without leading zeros, '-' only before decimals and never before 0.
bool parse_number_text(std::string_view text, Magnitude& out) noexcept {
  if (text.substr(0, 2) == "0x") return parse_digits(text.substr(2), 16, out.word);
  if (!text.empty() && text.front() == '-') {
    out.negative = true;
    text.remove_prefix(1);
  }
  const bool leading_zero = !text.empty() && text.front() == '0';
  if (leading_zero && (text.size() > 1 || out.negative)) return false;
  return parse_digits(text, 10, out.word);
}

Result<Magnitude> read_number(const Json& value, const std::string& pointer) {
  Magnitude result;
  if (value.is_string()) {
    if (!parse_number_text(value.get_ref<const std::string&>(), result)) {
      return refuse("not an integer: decimal or 0x text expected", "integer", pointer);
    }
    return result;
  }
  if (!value.is_number_integer()) return refuse("an integer is expected", "integer", pointer);
  const bool too_large = value.is_number_unsigned()
                             ? value.get<std::uint64_t>() > std::uint64_t{kMaxSafeInteger}
                             : value.get<std::int64_t>() > kMaxSafeInteger ||
                                   value.get<std::int64_t>() < -kMaxSafeInteger;
  if (too_large) {
    return refuse("a number beyond 2^53-1 must be written as text", "integer_range", pointer);
  }
  const std::int64_t number = value.get<std::int64_t>();
  result.negative = number < 0;
  result.word = word_of(static_cast<std::uint64_t>(number < 0 ? -number : number));
  return result;
}

// The number of bits of a 256-bit magnitude.
unsigned bit_length(const Hash32& word) noexcept {
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == 0) continue;
    unsigned bits = 8 * static_cast<unsigned>(word.size() - i);
    for (unsigned mask = 0x80; (word[i] & mask) == 0; mask >>= 1) --bits;
    return bits;
  }
  return 0;
}

bool is_power_of_two(const Hash32& word) noexcept {
  unsigned ones = 0;
  for (const std::uint8_t byte : word) ones += static_cast<unsigned>(__builtin_popcount(byte));
  return ones == 1;
}

Hash32 negated(Hash32 word) noexcept {
  unsigned carry = 1;
  for (std::size_t i = word.size(); i-- > 0;) {
    const unsigned sum = static_cast<std::uint8_t>(~word[i]) + carry;
    word[i] = static_cast<std::uint8_t>(sum);
    carry = sum >> 8;
  }
  return word;
}

Result<Hash32> encode_integer(const MemberType& type, const Json& value,
                              const std::string& pointer) {
  EMR_ASSIGN(const Magnitude number, read_number(value, pointer));
  const unsigned bits = bit_length(number.word);
  bool fits = bits <= type.size && !number.negative;
  if (type.kind == BaseKind::kInt) {
    const bool is_minimum = number.negative && bits == type.size && is_power_of_two(number.word);
    fits = bits < type.size || is_minimum;
  }
  if (!fits) return refuse("the number is out of range for its type", "integer_range", pointer);
  return number.negative ? negated(number.word) : number.word;
}

Result<Bytes> read_hex(const Json& value, const std::string& pointer) {
  if (value.is_string()) {
    Result<Bytes> bytes = from_hex_0x(value.get_ref<const std::string&>());
    if (bytes) return bytes;
  }
  return refuse("bytes are written as 0x and an even number of hex digits", "hex", pointer);
}

Result<Hash32> encode_fixed_bytes(const MemberType& type, const Json& value,
                                  const std::string& pointer) {
  EMR_ASSIGN(const Bytes bytes, read_hex(value, pointer));
  if (bytes.size() != type.size) {
    return refuse("the number of bytes does not fit the type", "length", pointer);
  }
  Hash32 word{};
  std::copy(bytes.begin(), bytes.end(), word.begin());
  return word;
}

Result<Hash32> encode_address(const Json& value, const std::string& pointer) {
  if (!value.is_string()) return refuse("an address is expected", "address", pointer);
  Result<Address> address = parse_address(value.get_ref<const std::string&>());
  if (!address) return std::move(address).error().with_pointer(pointer);
  Hash32 word{};
  std::copy(address->bytes.begin(), address->bytes.end(), word.begin() + 12);
  return word;
}

Result<Hash32> encode_text(const Json& value, const std::string& pointer) {
  if (!value.is_string()) return refuse("a text is expected", "string", pointer);
  const std::string& text = value.get_ref<const std::string&>();
  if (!is_valid_utf8(text)) return refuse("the text is not UTF-8", "utf8", pointer);
  return keccak256(as_bytes(text));
}

}  // namespace

Result<Hash32> encode_atom(const MemberType& type, const Json& value, const std::string& pointer) {
  switch (type.kind) {
    case BaseKind::kBool:
      if (!value.is_boolean()) return refuse("true or false is expected", "bool", pointer);
      return word_of(value.get<bool>() ? 1 : 0);
    case BaseKind::kAddress: return encode_address(value, pointer);
    case BaseKind::kString: return encode_text(value, pointer);
    case BaseKind::kBytes: {
      EMR_ASSIGN(const Bytes bytes, read_hex(value, pointer));
      return keccak256(bytes);
    }
    case BaseKind::kFixedBytes: return encode_fixed_bytes(type, value, pointer);
    case BaseKind::kUint:
    case BaseKind::kInt: return encode_integer(type, value, pointer);
    case BaseKind::kStruct: break;
  }
  return fail(Code::kInternal, "a struct is not an atom");
}

}  // namespace emr::crypto
