// The field of secp256k1: numbers modulo p = 2^256 - 2^32 - 977 (SEC 2, section 2.4.1), for sums of
// many points (point_sum.h), which libsecp256k1 does not offer. Variable time: only public values
// come here, never a key. Internal to lib/crypto.
//
// A number is five limbs of 52 bits (the last of 48), the lowest first, in words of 64: carries may
// wait. How long is counted by the type. The limbs of a Field<M> are at most M * 2^53 (the last
// M * 2^49), sums and differences add their Ms, products take what their columns can hold, and the
// compiler refuses the rest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/check.h"

namespace emr::crypto {

template <unsigned M>
struct Field {
  std::array<std::uint64_t, 5> limbs{};
};
/// What products and reduced() give.
using FieldElement = Field<1>;

namespace field {

__extension__ using Wide = unsigned __int128;

inline constexpr unsigned kLimbBits = 52;
inline constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << kLimbBits) - 1;
inline constexpr unsigned kLastBits = 48;
inline constexpr std::uint64_t kLastMask = (std::uint64_t{1} << kLastBits) - 1;
/// 2^256 = kFold and 2^260 = kFoldLimb (mod p).
inline constexpr std::uint64_t kFold = 0x1000003D1;
inline constexpr std::uint64_t kFoldLimb = kFold << 4;
inline constexpr std::array<std::uint64_t, 5> kPrime = {kLimbMask + 1 - kFold, kLimbMask, kLimbMask,
                                                        kLimbMask, kLastMask};

constexpr std::uint64_t low(Wide value) noexcept {
  return static_cast<std::uint64_t>(value);
}

/// Takes a limb from what has been added up.
inline std::uint64_t take_limb(Wide& sum) noexcept {
  const std::uint64_t limb = low(sum) & kLimbMask;
  sum >>= kLimbBits;
  return limb;
}

/// The residue of a product, given column by column: column i counts 2^(52 i). Every column is
/// below 2^112, so that `over` fits a word.
inline FieldElement from_columns(const std::array<Wide, 9>& columns) noexcept {
  std::array<std::uint64_t, 5> upper;  // what counts 2^260 and more, in limbs
  Wide sum = columns[5];
  upper[0] = take_limb(sum);
  upper[1] = take_limb(sum += columns[6]);
  upper[2] = take_limb(sum += columns[7]);
  upper[3] = take_limb(sum += columns[8]);
  upper[4] = low(sum);

  FieldElement result;
  auto& limbs = result.limbs;
  sum = columns[0] + Wide{upper[0]} * kFoldLimb;
  limbs[0] = take_limb(sum);
  limbs[1] = take_limb(sum += columns[1] + Wide{upper[1]} * kFoldLimb);
  limbs[2] = take_limb(sum += columns[2] + Wide{upper[2]} * kFoldLimb);
  limbs[3] = take_limb(sum += columns[3] + Wide{upper[3]} * kFoldLimb);
  sum += columns[4] + Wide{upper[4]} * kFoldLimb;
  limbs[4] = low(sum) & kLastMask;
  const std::uint64_t over = low(sum >> kLastBits);
  sum = Wide{over} * kFold + limbs[0];
  limbs[0] = take_limb(sum);
  limbs[1] += low(sum);
  return result;
}

}  // namespace field

template <unsigned A, unsigned B>
Field<A + B> operator+(const Field<A>& a, const Field<B>& b) noexcept {
  Field<A + B> sum;
  for (std::size_t i = 0; i < 5; ++i) sum.limbs[i] = a.limbs[i] + b.limbs[i];
  return sum;
}

/// a + (2B + 1) p - b, where no limb falls below zero.
template <unsigned A, unsigned B>
Field<A + B + 1> operator-(const Field<A>& a, const Field<B>& b) noexcept {
  Field<A + B + 1> difference;
  for (std::size_t i = 0; i < 5; ++i) {
    difference.limbs[i] = a.limbs[i] + (2 * B + 1) * field::kPrime[i] - b.limbs[i];
  }
  return difference;
}

template <unsigned Times, unsigned A>
Field<Times * A> times(const Field<A>& a) noexcept {
  Field<Times * A> product;
  for (std::size_t i = 0; i < 5; ++i) product.limbs[i] = Times * a.limbs[i];
  return product;
}

template <unsigned A, unsigned B>
FieldElement operator*(const Field<A>& a, const Field<B>& b) noexcept {
  static_assert(A * B <= 16, "reduce a factor first");
  using field::Wide;
  const auto& x = a.limbs;
  const auto& y = b.limbs;
  return field::from_columns(
      {Wide{x[0]} * y[0],
       Wide{x[0]} * y[1] + Wide{x[1]} * y[0],
       Wide{x[0]} * y[2] + Wide{x[1]} * y[1] + Wide{x[2]} * y[0],
       Wide{x[0]} * y[3] + Wide{x[1]} * y[2] + Wide{x[2]} * y[1] + Wide{x[3]} * y[0],
       Wide{x[0]} * y[4] + Wide{x[1]} * y[3] + Wide{x[2]} * y[2] + Wide{x[3]} * y[1] +
           Wide{x[4]} * y[0],
       Wide{x[1]} * y[4] + Wide{x[2]} * y[3] + Wide{x[3]} * y[2] + Wide{x[4]} * y[1],
       Wide{x[2]} * y[4] + Wide{x[3]} * y[3] + Wide{x[4]} * y[2],
       Wide{x[3]} * y[4] + Wide{x[4]} * y[3],
       Wide{x[4]} * y[4]});
}

template <unsigned A>
FieldElement square(const Field<A>& a) noexcept {
  static_assert(A * A <= 16, "reduce it first");
  using field::Wide;
  const auto& x = a.limbs;
  const std::array<std::uint64_t, 4> twice = {2 * x[0], 2 * x[1], 2 * x[2], 2 * x[3]};
  return field::from_columns({Wide{x[0]} * x[0],
                              Wide{twice[0]} * x[1],
                              Wide{twice[0]} * x[2] + Wide{x[1]} * x[1],
                              Wide{twice[0]} * x[3] + Wide{twice[1]} * x[2],
                              Wide{twice[0]} * x[4] + Wide{twice[1]} * x[3] + Wide{x[2]} * x[2],
                              Wide{twice[1]} * x[4] + Wide{twice[2]} * x[3],
                              Wide{twice[2]} * x[4] + Wide{x[3]} * x[3],
                              Wide{twice[3]} * x[4],
                              Wide{x[4]} * x[4]});
}

/// The same residue after its carries.
template <unsigned A>
FieldElement reduced(const Field<A>& a) noexcept {
  static_assert(A <= 64);
  FieldElement result{a.limbs};
  auto& limbs = result.limbs;
  limbs[0] += (limbs[4] >> field::kLastBits) * field::kFold;
  limbs[4] &= field::kLastMask;
  for (std::size_t i = 0; i < 4; ++i) {
    limbs[i + 1] += limbs[i] >> field::kLimbBits;
    limbs[i] &= field::kLimbMask;
  }
  return result;
}

/// The residue in 0..p-1, each limb in its own bits.
template <unsigned A>
FieldElement canonical(const Field<A>& a) noexcept {
  // The first pass leaves less than 2^256 and a few bits, the second less than 2^256.
  FieldElement result = reduced(reduced(a));
  const auto& limbs = result.limbs;
  const bool upper_is_full = (limbs[1] & limbs[2] & limbs[3]) == field::kLimbMask &&
                             limbs[4] == field::kLastMask;
  if (upper_is_full && limbs[0] >= field::kPrime[0]) {
    result.limbs = {limbs[0] - field::kPrime[0], 0, 0, 0, 0};
  }
  return result;
}

template <unsigned A>
bool is_zero(const Field<A>& a) noexcept {
  return canonical(a).limbs == std::array<std::uint64_t, 5>{};
}
template <unsigned A>
bool is_odd(const Field<A>& a) noexcept {
  return (canonical(a).limbs[0] & 1) != 0;
}
template <unsigned A, unsigned B>
bool operator==(const Field<A>& a, const Field<B>& b) noexcept {
  return is_zero(a - b);
}

/// Below 2^52.
inline FieldElement small_element(std::uint64_t value) noexcept { return {{value, 0, 0, 0, 0}}; }

/// 32 bytes, the highest first; nothing when they are p or more.
std::optional<FieldElement> element_from_bytes(ByteView bytes) noexcept;

/// Replaces each by a root of it. False when one has none; then nothing is known of the others.
bool square_roots(std::span<FieldElement> values) noexcept;

}  // namespace emr::crypto
