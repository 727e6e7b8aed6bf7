// Keccak-256 with the original padding (0x01), as Ethereum uses it: rate 136 bytes. OpenSSL has
// only SHA3-256, which pads differently. The permutation is written out over 25 local lanes, which
// the compiler keeps in registers; loops over an array cost a third of the speed.
#include <algorithm>
#include <bit>
#include <cstring>

#include "crypto/hash.h"

namespace emr::crypto {
namespace {

constexpr std::size_t kRate = 136;
static_assert(std::endian::native == std::endian::little, "lanes are read as bytes");

constexpr std::uint64_t kRoundConstants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

// One row of chi: a[x] = b[x] ^ (~b[x+1] & b[x+2]).
inline void chi_row(std::uint64_t* out, std::uint64_t b0, std::uint64_t b1, std::uint64_t b2,
                    std::uint64_t b3, std::uint64_t b4) noexcept {
  out[0] = b0 ^ (~b1 & b2);
  out[1] = b1 ^ (~b2 & b3);
  out[2] = b2 ^ (~b3 & b4);
  out[3] = b3 ^ (~b4 & b0);
  out[4] = b4 ^ (~b0 & b1);
}

void permute(std::array<std::uint64_t, 25>& state) noexcept {
  std::uint64_t a[25];
  std::memcpy(a, state.data(), sizeof a);
  for (const std::uint64_t constant : kRoundConstants) {
    // theta
    const std::uint64_t c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
    const std::uint64_t c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
    const std::uint64_t c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
    const std::uint64_t c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
    const std::uint64_t c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
    const std::uint64_t d0 = c4 ^ std::rotl(c1, 1);
    const std::uint64_t d1 = c0 ^ std::rotl(c2, 1);
    const std::uint64_t d2 = c1 ^ std::rotl(c3, 1);
    const std::uint64_t d3 = c2 ^ std::rotl(c4, 1);
    const std::uint64_t d4 = c3 ^ std::rotl(c0, 1);
    // rho and pi in one assignment per lane, then chi row by row
    const std::uint64_t b0 = a[0] ^ d0;
    const std::uint64_t b1 = std::rotl(a[6] ^ d1, 44);
    const std::uint64_t b2 = std::rotl(a[12] ^ d2, 43);
    const std::uint64_t b3 = std::rotl(a[18] ^ d3, 21);
    const std::uint64_t b4 = std::rotl(a[24] ^ d4, 14);
    const std::uint64_t b5 = std::rotl(a[3] ^ d3, 28);
    const std::uint64_t b6 = std::rotl(a[9] ^ d4, 20);
    const std::uint64_t b7 = std::rotl(a[10] ^ d0, 3);
    const std::uint64_t b8 = std::rotl(a[16] ^ d1, 45);
    const std::uint64_t b9 = std::rotl(a[22] ^ d2, 61);
    const std::uint64_t b10 = std::rotl(a[1] ^ d1, 1);
    const std::uint64_t b11 = std::rotl(a[7] ^ d2, 6);
    const std::uint64_t b12 = std::rotl(a[13] ^ d3, 25);
    const std::uint64_t b13 = std::rotl(a[19] ^ d4, 8);
    const std::uint64_t b14 = std::rotl(a[20] ^ d0, 18);
    const std::uint64_t b15 = std::rotl(a[4] ^ d4, 27);
    const std::uint64_t b16 = std::rotl(a[5] ^ d0, 36);
    const std::uint64_t b17 = std::rotl(a[11] ^ d1, 10);
    const std::uint64_t b18 = std::rotl(a[17] ^ d2, 15);
    const std::uint64_t b19 = std::rotl(a[23] ^ d3, 56);
    const std::uint64_t b20 = std::rotl(a[2] ^ d2, 62);
    const std::uint64_t b21 = std::rotl(a[8] ^ d3, 55);
    const std::uint64_t b22 = std::rotl(a[14] ^ d4, 39);
    const std::uint64_t b23 = std::rotl(a[15] ^ d0, 41);
    const std::uint64_t b24 = std::rotl(a[21] ^ d1, 2);
    chi_row(a, b0, b1, b2, b3, b4);
    chi_row(a + 5, b5, b6, b7, b8, b9);
    chi_row(a + 10, b10, b11, b12, b13, b14);
    chi_row(a + 15, b15, b16, b17, b18, b19);
    chi_row(a + 20, b20, b21, b22, b23, b24);
    a[0] ^= constant;  // iota
  }
  std::memcpy(state.data(), a, sizeof a);
}

// Lanes are little-endian, so their memory is the byte string of the specification.
std::uint8_t* bytes_of(std::array<std::uint64_t, 25>& lanes) noexcept {
  return reinterpret_cast<std::uint8_t*>(lanes.data());
}

}  // namespace

Keccak256& Keccak256::update(ByteView bytes) noexcept {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kRate - filled_);
    std::uint8_t* const block = bytes_of(lanes_) + filled_;
    for (std::size_t i = 0; i < size; ++i) block[i] ^= bytes[i];
    bytes = bytes.subspan(size);
    filled_ += size;
    if (filled_ == kRate) {
      permute(lanes_);
      filled_ = 0;
    }
  }
  return *this;
}

Hash32 Keccak256::finish() noexcept {
  bytes_of(lanes_)[filled_] ^= 0x01;
  bytes_of(lanes_)[kRate - 1] ^= 0x80;
  permute(lanes_);
  Hash32 digest;
  std::memcpy(digest.data(), lanes_.data(), digest.size());
  return digest;
}

Hash32 keccak256(ByteView bytes) noexcept { return Keccak256().update(bytes).finish(); }

}  // namespace emr::crypto
