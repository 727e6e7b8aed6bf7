#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/sha256_block.h"

#include <openssl/sha.h>

#include <bit>
#include <cstring>

#include "crypto/hash.h"
#include "crypto/secret.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace emr::crypto {
namespace {

using Block = std::array<std::uint8_t, 64>;

/// The last block of a message that has one block before it.
Block last_block(ByteView data) noexcept {
  Block block{};
  if (!data.empty()) std::memcpy(block.data(), data.data(), data.size());
  const std::size_t bits = 8 * (block.size() + data.size());
  block[data.size()] = 0x80;
  block[block.size() - 2] = static_cast<std::uint8_t>(bits >> 8);
  block[block.size() - 1] = static_cast<std::uint8_t>(bits);
  return block;
}

void compress_portably(Sha256State& state, const std::uint8_t* block) noexcept {
  SHA256_CTX context{};
  std::memcpy(context.h, state.data(), sizeof context.h);
  SHA256_Transform(&context, block);
  std::memcpy(state.data(), context.h, sizeof context.h);
}

#if defined(__x86_64__)

/// FIPS 180-4, section 4.2.2.
alignas(16) constexpr std::array<std::uint32_t, 64> kRound = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

#define EMR_SHA_TARGET [[gnu::target("sha,sse4.1")]]

/// The state as the instructions keep it: (a b e f) and (c d g h).
struct Halves {
  __m128i abef;
  __m128i cdgh;
};
/// Sixteen words of the message schedule.
struct Words {
  __m128i four[4];
};

EMR_SHA_TARGET inline Halves load(const Sha256State& state) noexcept {
  const __m128i* const halves = reinterpret_cast<const __m128i*>(state.data());
  const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(halves), 0xB1);
  const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(halves + 1), 0x1B);
  return {_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xF0)};
}

/// (a b c d) and (e f g h), a lowest.
struct Plain {
  __m128i abcd;
  __m128i efgh;
};
EMR_SHA_TARGET inline Plain plain(const Halves& state) noexcept {
  const __m128i feba = _mm_shuffle_epi32(state.abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(state.cdgh, 0xB1);
  return {_mm_blend_epi16(feba, dchg, 0xF0), _mm_alignr_epi8(dchg, feba, 8)};
}

EMR_SHA_TARGET inline __m128i swap_bytes(__m128i words) noexcept {
  return _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL));
}

EMR_SHA_TARGET inline Words words_of(const std::uint8_t* block) noexcept {
  const __m128i* const four = reinterpret_cast<const __m128i*>(block);
  return {{swap_bytes(_mm_loadu_si128(four)), swap_bytes(_mm_loadu_si128(four + 1)),
           swap_bytes(_mm_loadu_si128(four + 2)), swap_bytes(_mm_loadu_si128(four + 3))}};
}

/// Two rounds at a time, on as many messages as there are.
template <std::size_t kMessages>
EMR_SHA_TARGET inline void compress(std::array<Halves, kMessages>& states,
                                    std::array<Words, kMessages>& messages) noexcept {
  const std::array<Halves, kMessages> before = states;
#pragma GCC unroll 16
  for (int i = 0; i < 16; ++i) {
    const __m128i constants =
        _mm_load_si128(reinterpret_cast<const __m128i*>(kRound.data()) + i);
#pragma GCC unroll 2
    for (std::size_t m = 0; m < kMessages; ++m) {
      __m128i* const words = messages[m].four;
      Halves& state = states[m];
      const __m128i sum = _mm_add_epi32(words[i % 4], constants);
      state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, sum);
      state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(sum, 0x0E));
      if (i < 12) {
        const __m128i last = words[(i + 3) % 4];
        const __m128i partial =
            _mm_add_epi32(_mm_sha256msg1_epu32(words[i % 4], words[(i + 1) % 4]),
                          _mm_alignr_epi8(last, words[(i + 2) % 4], 4));
        words[i % 4] = _mm_sha256msg2_epu32(partial, last);
      }
    }
  }
#pragma GCC unroll 2
  for (std::size_t m = 0; m < kMessages; ++m) {
    states[m].abef = _mm_add_epi32(states[m].abef, before[m].abef);
    states[m].cdgh = _mm_add_epi32(states[m].cdgh, before[m].cdgh);
  }
}

EMR_SHA_TARGET void compress_in_hardware(Sha256State& state, const std::uint8_t* block) noexcept {
  std::array<Halves, 1> states = {load(state)};
  std::array<Words, 1> messages = {words_of(block)};
  compress(states, messages);
  const Plain after = plain(states[0]);
  __m128i* const halves = reinterpret_cast<__m128i*>(state.data());
  _mm_storeu_si128(halves, after.abcd);
  _mm_storeu_si128(halves + 1, after.efgh);
}

template <std::size_t kMessages>
EMR_SHA_TARGET void macs_in_hardware(const std::array<const ShortMac*, kMessages>& macs) noexcept {
  std::array<Halves, kMessages> states;
  std::array<Words, kMessages> messages;
  for (std::size_t m = 0; m < kMessages; ++m) {
    const Block block = last_block(macs[m]->data);
    states[m] = load(*macs[m]->inner);
    messages[m] = words_of(block.data());
  }
  compress(states, messages);
  for (std::size_t m = 0; m < kMessages; ++m) {
    // The outer message: the inner digest, the bit that ends it, its length with the key's block.
    const Plain digest = plain(states[m]);
    messages[m] = {{digest.abcd, digest.efgh, _mm_set_epi32(0, 0, 0, static_cast<int>(0x80000000)),
                    _mm_set_epi32(8 * (64 + 32), 0, 0, 0)}};
    states[m] = load(*macs[m]->outer);
  }
  compress(states, messages);
  for (std::size_t m = 0; m < kMessages; ++m) {
    const Plain digest = plain(states[m]);
    __m128i* const out = reinterpret_cast<__m128i*>(macs[m]->digest->data());
    _mm_storeu_si128(out, swap_bytes(digest.abcd));
    _mm_storeu_si128(out + 1, swap_bytes(digest.efgh));
  }
}

/// CPUID leaf 7: EBX bit 29. SSE4.1 is older than these instructions.
bool has_sha_instructions() noexcept {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx >> 29 & 1) != 0;
}
const bool kHasInstructions = has_sha_instructions();

#endif

}  // namespace

void sha256_compress(Sha256State& state, const std::uint8_t* block) noexcept {
#if defined(__x86_64__)
  if (kHasInstructions) {
    compress_in_hardware(state, block);
    return;
  }
#endif
  compress_portably(state, block);
}

void short_mac_portably(const ShortMac& mac) noexcept {
  const auto finish = [](Sha256State state, ByteView data, Hash32& digest) {
    const Block block = last_block(data);
    compress_portably(state, block.data());
    for (std::uint32_t& word : state) {
      word = std::endian::native == std::endian::little ? __builtin_bswap32(word) : word;
    }
    std::memcpy(digest.data(), state.data(), digest.size());
  };
  Hash32 digest;
  finish(*mac.inner, mac.data, digest);
  finish(*mac.outer, digest, *mac.digest);
}

void short_mac(const ShortMac& mac) noexcept {
#if defined(__x86_64__)
  if (kHasInstructions) {
    macs_in_hardware<1>({&mac});
    return;
  }
#endif
  short_mac_portably(mac);
}

void short_macs(const ShortMac& first, const ShortMac& second) noexcept {
#if defined(__x86_64__)
  if (kHasInstructions) {
    macs_in_hardware<2>({&first, &second});
    return;
  }
#endif
  short_mac_portably(first);
  short_mac_portably(second);
}

std::array<std::uint8_t, 64> hmac_key_block(ByteView key) noexcept {
  std::array<std::uint8_t, 64> block{};
  if (key.size() > block.size()) {
    Hash32 hashed = sha256(key);
    std::memcpy(block.data(), hashed.data(), hashed.size());
    wipe(hashed);
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  return block;
}

}  // namespace emr::crypto
