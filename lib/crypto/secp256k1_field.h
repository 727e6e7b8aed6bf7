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
#include <utility>

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

/// The columns of a product: column k, which counts 2^(52 k), is the sum of all x_i y_(k-i).
struct Product {
  const std::array<std::uint64_t, 5>& x;
  const std::array<std::uint64_t, 5>& y;

  template <std::size_t k>
  [[gnu::always_inline]] Wide column() const noexcept {
    constexpr std::size_t kFirst = k < 5 ? 0 : k - 4;
    constexpr std::size_t kLast = k < 5 ? k : 4;
    return [&]<std::size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
      return ((Wide{x[kFirst + i]} * y[k - kFirst - i]) + ...);
    }(std::make_index_sequence<kLast - kFirst + 1>());
  }
};

/// Those of a square, where x_i x_j comes twice.
struct Square {
  const std::array<std::uint64_t, 5>& x;

  template <std::size_t k>
  [[gnu::always_inline]] Wide column() const noexcept {
    constexpr std::size_t kFirst = k < 5 ? 0 : k - 4;
    constexpr std::size_t kPairs = (k < 5 ? k + 1 : 9 - k) / 2;
    Wide sum = k % 2 == 0 ? Wide{x[k / 2]} * x[k / 2] : 0;
    [&]<std::size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
      ((sum += Wide{2 * x[kFirst + i]} * x[k - kFirst - i]), ...);
    }(std::make_index_sequence<kPairs>());
    return sum;
  }
};

/// The residue of a product. Each column is made when it is needed, the upper ones beside the lower
/// ones that they are folded onto, so that all sums stay in registers; the order is that of
/// libsecp256k1. Every column is below 2^113.
template <class Columns>
[[gnu::always_inline]] inline FieldElement folded(const Columns& columns) noexcept {
  constexpr std::uint64_t kFoldWord = kFoldLimb << 12;  // 2^64 columns and four more: 2^(260 + 12)
  FieldElement result;
  auto& limbs = result.limbs;
  Wide upper = columns.template column<8>();
  Wide sum = columns.template column<3>() + Wide{low(upper)} * kFoldLimb;
  limbs[3] = take_limb(sum);
  sum += columns.template column<4>() + Wide{low(upper >> 64)} * kFoldWord;
  const std::uint64_t last = take_limb(sum);
  limbs[4] = last & kLastMask;

  upper = sum + columns.template column<5>();
  sum = columns.template column<0>();
  sum += Wide{take_limb(upper) << 4 | last >> kLastBits} * kFold;
  limbs[0] = take_limb(sum);
  upper += columns.template column<6>();
  sum += columns.template column<1>() + Wide{take_limb(upper)} * kFoldLimb;
  limbs[1] = take_limb(sum);
  upper += columns.template column<7>();
  sum += columns.template column<2>() + Wide{low(upper)} * kFoldLimb;
  limbs[2] = take_limb(sum);
  sum += limbs[3] + Wide{low(upper >> 64)} * kFoldWord;
  limbs[3] = take_limb(sum);
  limbs[4] += low(sum);
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
  return field::folded(field::Product{a.limbs, b.limbs});
}

template <unsigned A>
FieldElement square(const Field<A>& a) noexcept {
  static_assert(A * A <= 16, "reduce it first");
  return field::folded(field::Square{a.limbs});
}

/// The same residue after its carries. Inlined: so small that passing it costs more.
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

/// 32 bytes, the highest first, of the residue in 0..p-1.
Hash32 bytes_of(const FieldElement& element) noexcept;

/// Replaces each by a root of it. False when one has none; then nothing is known of the others.
bool square_roots(std::span<FieldElement> values) noexcept;

/// Replaces each by 1/it, all for one inversion and three multiplications each. None may be zero.
void invert_all(std::span<FieldElement> values);

}  // namespace emr::crypto
