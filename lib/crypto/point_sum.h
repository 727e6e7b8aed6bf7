// Sums of weighted points of secp256k1, y^2 = x^3 + 7, by the bucket method (Pippenger 1976): with
// sixty points each costs a seventh of a multiplication by itself. Variable time: for public values
// only. Internal to lib/crypto.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "crypto/secp256k1_field.h"

namespace emr::crypto {

/// A point that is not at infinity.
struct AffinePoint {
  FieldElement x;
  FieldElement y;
};

/// (x/z^2, y/z^3); at infinity when z is zero.
struct JacobianPoint {
  FieldElement x = small_element(1);
  FieldElement y = small_element(1);
  FieldElement z;

  bool is(const AffinePoint& point) const noexcept;
};

/// A point by its x, of 32 bytes, and whether its y is odd. Who has heard of a y says so: if it is
/// the one, or its negative, no root has to be computed.
struct HalfPoint {
  ByteView x;
  bool odd_y = false;
  Hash32 heard_y{};  ///< zero is no point's
};
/// Nothing when one of them is no point.
std::optional<std::vector<AffinePoint>> whole_points(std::span<const HalfPoint> points);

/// lambda * P = (beta * x, y): a multiplication for the price of one in the field. lambda has 256
/// bits, so low + high * lambda with halves of 64 bits takes 2^128 values, all different.
struct Weight {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};
/// lambda, the highest byte first.
inline constexpr Hash32 kLambda = {0x53, 0x63, 0xad, 0x4c, 0xc0, 0x5c, 0x30, 0xe0, 0xa5, 0x26, 0x1c,
                                   0x02, 0x88, 0x12, 0x64, 0x5a, 0x12, 0x2e, 0x22, 0xea, 0x20, 0x81,
                                   0x66, 0x78, 0xdf, 0x02, 0x96, 0x7c, 0x1b, 0x23, 0xbd, 0x72};

struct WeightedPoint {
  AffinePoint point;
  Weight weight;
};
JacobianPoint weighted_sum(std::span<const WeightedPoint> points);

}  // namespace emr::crypto
