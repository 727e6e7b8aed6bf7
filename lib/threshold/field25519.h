// Integers modulo 2^255 - 19 in five limbs of 51 bits, as far as fixed_base.cpp needs them: sums,
// products and the square root of ristretto255 (RFC 9496, section 3 and 4.2). No branch and no
// address depends on a value. Every operation takes and gives limbs below 2^52; a difference is
// taken from a multiple of the modulus, so that no limb goes below zero.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace emr::threshold {

struct Field25519 {
  std::array<std::uint64_t, 5> limbs{};

  static constexpr Field25519 of(std::uint64_t small) noexcept { return {{small, 0, 0, 0, 0}}; }
  /// Little endian; the top bit is left out.
  static Field25519 decode(const Hash32& bytes) noexcept;
  /// The one encoding below the modulus.
  Hash32 encode() const noexcept;
  /// Is the lowest bit of the encoding set? 1 or 0.
  std::uint64_t is_negative() const noexcept { return encode()[0] & 1; }

  friend Field25519 operator+(const Field25519& a, const Field25519& b) noexcept;
  friend Field25519 operator-(const Field25519& a, const Field25519& b) noexcept;
  friend Field25519 operator*(const Field25519& a, const Field25519& b) noexcept;
  Field25519 operator-() const noexcept { return Field25519() - *this; }
  Field25519 square() const noexcept { return *this * *this; }
  /// Becomes `other` where `choice` is 1, stays where it is 0.
  void assign_if(const Field25519& other, std::uint64_t choice) noexcept {
    const std::uint64_t mask = 0 - choice;
    for (std::size_t i = 0; i < limbs.size(); ++i) limbs[i] ^= mask & (limbs[i] ^ other.limbs[i]);
  }
  /// Of itself and its negative the one that is not negative.
  Field25519 absolute() const noexcept;
};

/// 1 / sqrt(x), or something else when x has no root (RFC 9496, 4.2, with u = 1).
Field25519 inverse_root(const Field25519& x) noexcept;

}  // namespace emr::threshold
