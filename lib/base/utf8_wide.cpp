// The method of Keiser and Lemire ("Validating UTF-8 in less than one instruction per byte", 2021):
// whatever can be wrong with two neighbouring bytes shows in three of their four half bytes. Each
// half byte is looked up in a table of sixteen sets of errors; an error is there when all three
// sets hold it. What two bytes cannot show is the third and fourth byte of a long sequence: there,
// two continuation bytes in a row are no error but needed.
#include "base/utf8_wide.h"

#include <array>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace emr {

#if defined(__x86_64__)
namespace {

enum : std::uint8_t {
  kTooShort = 1,        // a first byte behind a first byte
  kTooLong = 2,         // a continuation byte behind ASCII
  kOverlong3 = 4,       // E0 80..9F
  kTooLarge = 8,        // above U+10FFFF
  kSurrogate = 16,      // ED A0..BF
  kOverlong2 = 32,      // C0, C1
  kTooLarge1000 = 64,   // F5 80..8F and above
  kOverlong4 = 64,      // F0 80..8F; no byte can be both
  kTwoContinued = 128,  // a continuation byte behind another
};
/// What the low half of the first byte says nothing about.
constexpr std::uint8_t kAnyLow = kTooShort | kTooLong | kTwoContinued;

using Table = std::array<std::uint8_t, 16>;

constexpr Table kFirstHigh = {
    kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong,
    kTwoContinued, kTwoContinued, kTwoContinued, kTwoContinued,
    kTooShort | kOverlong2,
    kTooShort,
    kTooShort | kOverlong3 | kSurrogate,
    kTooShort | kTooLarge | kTooLarge1000 | kOverlong4};
constexpr std::uint8_t kAbove4 = kAnyLow | kTooLarge | kTooLarge1000;
constexpr Table kFirstLow = {
    kAnyLow | kOverlong3 | kOverlong2 | kOverlong4,
    kAnyLow | kOverlong2,
    kAnyLow, kAnyLow,
    kAnyLow | kTooLarge,
    kAbove4, kAbove4, kAbove4, kAbove4, kAbove4, kAbove4, kAbove4, kAbove4,
    kAbove4 | kSurrogate,
    kAbove4, kAbove4};
constexpr std::uint8_t kContinued = kTooLong | kOverlong2 | kTwoContinued;
constexpr Table kSecondHigh = {
    kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort,
    kContinued | kOverlong3 | kTooLarge1000 | kOverlong4,
    kContinued | kOverlong3 | kTooLarge,
    kContinued | kSurrogate | kTooLarge, kContinued | kSurrogate | kTooLarge,
    kTooShort, kTooShort, kTooShort, kTooShort};

constexpr std::size_t kBlock = 32;

[[gnu::target("avx2")]] inline __m256i both_halves(const Table& table) noexcept {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&table)));
}

[[gnu::target("avx2")]] inline __m256i high_half(__m256i bytes) noexcept {
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

/// The bytes that stand `kBack` places before those of `block`; `before` is the block before.
template <int kBack>
[[gnu::target("avx2")]] inline __m256i earlier(__m256i block, __m256i before) noexcept {
  return _mm256_alignr_epi8(block, _mm256_permute2x128_si256(before, block, 0x21), 16 - kBack);
}

/// Not zero where `block` is wrong.
[[gnu::target("avx2")]] inline __m256i errors_of(__m256i block, __m256i before) noexcept {
  const __m256i one = earlier<1>(block, before);
  const __m256i pairs = _mm256_and_si256(
      _mm256_and_si256(
          _mm256_shuffle_epi8(both_halves(kFirstHigh), high_half(one)),
          _mm256_shuffle_epi8(both_halves(kFirstLow),
                              _mm256_and_si256(one, _mm256_set1_epi8(0x0F)))),
      _mm256_shuffle_epi8(both_halves(kSecondHigh), high_half(block)));
  // Bit 7 stays where a sequence of three (four) bytes began two (three) bytes before.
  const __m256i third = _mm256_subs_epu8(earlier<2>(block, before), _mm256_set1_epi8(0xE0 - 0x80));
  const __m256i fourth =
      _mm256_subs_epu8(earlier<3>(block, before), _mm256_set1_epi8(static_cast<char>(0xF0 - 0x80)));
  const __m256i needed =
      _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(static_cast<char>(0x80)));
  return _mm256_xor_si256(needed, pairs);
}

}  // namespace

bool has_wide_utf8() noexcept {
  static const bool kHas = __builtin_cpu_supports("avx2") != 0;
  return kHas;
}

[[gnu::target("avx2")]] bool is_valid_utf8_wide(std::string_view text) noexcept {
  // Zeros behind the end show a sequence that was cut off.
  std::array<char, kBlock> tail{};
  const std::size_t whole = text.size() / kBlock * kBlock;
  if (whole < text.size()) {
    std::memcpy(tail.data(), text.data() + whole, text.size() - whole);
  }
  __m256i before = _mm256_setzero_si256();
  __m256i errors = _mm256_setzero_si256();
  bool continued = false;  // the block before was not ASCII: it may have begun a sequence
  for (std::size_t at = 0; at <= whole; at += kBlock) {
    const char* const bytes = at < whole ? text.data() + at : tail.data();
    const __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
    const bool ascii = _mm256_movemask_epi8(block) == 0;
    if (!ascii || continued) {
      errors = _mm256_or_si256(errors, errors_of(block, before));
    }
    continued = !ascii;
    before = block;
  }
  return _mm256_testz_si256(errors, errors) != 0;
}

#else

bool has_wide_utf8() noexcept { return false; }
bool is_valid_utf8_wide(std::string_view) noexcept { return false; }

#endif

}  // namespace emr
