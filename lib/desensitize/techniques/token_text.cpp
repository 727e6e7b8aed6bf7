#include "desensitize/techniques/token_text.h"

#include <algorithm>
#include <array>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/hex.h"

namespace emr::desensitize {
namespace {

constexpr std::string_view kPrefix = "tok:v1:";
constexpr std::string_view kEnd = "==";
/// A token longer than this is text that only looks like one.
constexpr std::size_t kMaxTokenBytes = std::size_t{1} << 20;

#if defined(__SSE2__)
/// The hex characters of sixteen numbers below 16.
__m128i hex_of(__m128i numbers) noexcept {
  const __m128i letters = _mm_cmpgt_epi8(numbers, _mm_set1_epi8(9));
  const __m128i gap = _mm_and_si128(letters, _mm_set1_epi8('a' - '0' - 10));
  return _mm_add_epi8(_mm_add_epi8(numbers, _mm_set1_epi8('0')), gap);
}
#else
/// Two hex characters for every byte: a token is made for nearly every value.
constexpr auto kHexPairs = [] {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte) {
    pairs[byte] = {kHex[byte >> 4], kHex[byte & 0xF]};
  }
  return pairs;
}();
#endif

void swap_alphabet(std::string& text, std::string_view from, std::string_view to) {
  for (char& c : text) {
    const std::size_t at = from.find(c);
    c = at == std::string_view::npos ? c : to[at];
  }
}

struct Parts {
  std::string_view key_id;
  std::string_view field_class;
  std::string_view body;
  ValueKind kind = ValueKind::kString;
  std::size_t size = 0;  ///< of the whole token
};

constexpr std::string_view kNumberMark = "n.";
constexpr std::string_view kBoolMark = "b.";

/// Takes the mark of the kind off the body; '.' is no character of base64url.
void split_kind(Parts& parts) {
  const bool number = parts.body.starts_with(kNumberMark);
  if (!number && !parts.body.starts_with(kBoolMark)) {
    return;
  }
  parts.kind = number ? ValueKind::kNumber : ValueKind::kBool;
  parts.body.remove_prefix(kNumberMark.size());
}

/// Splits the token at the front of `text`; size 0 when there is none.
Parts split(std::string_view text) {
  Parts parts;
  const std::size_t stop = text.substr(0, kMaxTokenBytes).find(kEnd);
  const std::size_t id_stop = text.find(':', kPrefix.size());
  if (stop == std::string_view::npos || id_stop == std::string_view::npos || id_stop > stop) {
    return parts;
  }
  const std::size_t class_stop = text.find(':', id_stop + 1);
  if (class_stop == std::string_view::npos || class_stop > stop) {
    return parts;
  }
  parts.key_id = text.substr(kPrefix.size(), id_stop - kPrefix.size());
  parts.field_class = text.substr(id_stop + 1, class_stop - id_stop - 1);
  parts.body = text.substr(class_stop + 1, stop + kEnd.size() - class_stop - 1);
  parts.size = stop + kEnd.size();
  split_kind(parts);
  return parts;
}

Result<std::string> restore_one(const KeyRing& keys, const Parts& parts) {
  if (parts.key_id != keys.id()) {
    return fail(Code::kDenied, "a token was made with another key").with_reason("other_key");
  }
  std::string body(parts.body);
  swap_alphabet(body, "-_", "+/");
  const auto sealed = from_base64(body);
  if (!sealed) {
    return fail(Code::kData, "a token is damaged").with_reason("bad_token");
  }
  return keys.open(parts.field_class, *sealed);
}

}  // namespace

std::string one_way_token(const Hash32& mac) {
  std::string token(kOneWayTokenBytes, '\0');
  write_one_way_token(mac, std::span<char, kOneWayTokenBytes>(token));
  return token;
}

std::string uuid_token(const Hash32& mac) {
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(mac.begin(), bytes.size(), bytes.begin());
  bytes[6] = static_cast<std::uint8_t>(0x80 | (bytes[6] & 0x0F));
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3F));
  std::string uuid = to_hex(bytes);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) {
    uuid.insert(at, "-");
  }
  return uuid;
}

void write_one_way_token(const Hash32& mac, std::span<char, kOneWayTokenBytes> token) {
  constexpr std::string_view kMark = "tk:";
  // 128 bits: no collisions below 2^60 values, and half the bytes of the full MAC.
  constexpr std::size_t kBytes = 16;
  static_assert(kOneWayTokenBytes == kMark.size() + 2 * kBytes);
  char* at = std::copy(kMark.begin(), kMark.end(), token.data());
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(mac.data()));
  const __m128i low = _mm_and_si128(bytes, _mm_set1_epi8(0xF));
  const __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), _mm_set1_epi8(0xF));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), hex_of(_mm_unpacklo_epi8(high, low)));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at + 16), hex_of(_mm_unpackhi_epi8(high, low)));
#else
  for (std::size_t i = 0; i < kBytes; ++i) {
    at = std::copy_n(kHexPairs[mac[i]].begin(), 2, at);
  }
#endif
}

std::string reversible_token(const KeyRing& keys, std::string_view field_class,
                             std::string_view text, ValueKind kind) {
  std::string body = to_base64(keys.seal(field_class, text));
  swap_alphabet(body, "+/", "-_");
  std::string token(kPrefix);
  token.append(keys.id()).append(":").append(field_class).append(":");
  token.append(kind == ValueKind::kNumber ? kNumberMark
               : kind == ValueKind::kBool ? kBoolMark
                                          : std::string_view());
  return token.append(body);
}

bool has_reversible_token(std::string_view text) noexcept {
  return text.find(kPrefix) != std::string_view::npos;
}

Result<Restored> restore_tokens(const KeyRing& keys, std::string_view text) {
  Restored restored;
  std::size_t done = 0;
  for (std::size_t at = text.find(kPrefix); at != std::string_view::npos;
       at = text.find(kPrefix, at)) {
    const Parts parts = split(text.substr(at));
    if (parts.size == 0) {
      at += kPrefix.size();
      continue;
    }
    EMR_ASSIGN(const std::string plain, restore_one(keys, parts));
    restored.text.append(text.substr(done, at - done)).append(plain);
    restored.kind = parts.size == text.size() ? parts.kind : ValueKind::kString;
    at += parts.size;
    done = at;
  }
  restored.text.append(text.substr(done));
  return restored;
}

}  // namespace emr::desensitize
