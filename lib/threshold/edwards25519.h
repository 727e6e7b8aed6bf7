// The curve below ristretto255 and X25519: points of the twisted Edwards curve in extended
// coordinates (Hisil, Wong, Carter, Dawson 2008), and a table that multiplies one point by many
// secret scalars: the multiples in it turn 252 doublings into four. No branch and no address
// depends on a scalar.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "threshold/field25519.h"

namespace emr::threshold {

/// x = X/Z, y = Y/Z, T = XY/Z.
struct EdwardsPoint {
  Field25519 x;
  Field25519 y = Field25519::of(1);
  Field25519 z = Field25519::of(1);
  Field25519 t;
};

/// The constant of the curve -x² + y² = 1 + d x² y².
inline constexpr Field25519 kEdwardsD = {
    {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};

/// A point as the second summand of many sums.
struct EdwardsSummand {
  Field25519 y_plus_x = Field25519::of(1);
  Field25519 y_minus_x = Field25519::of(1);
  Field25519 two_z = Field25519::of(2);
  Field25519 two_d_t;

  void assign_if(const EdwardsSummand& other, std::uint64_t choice) noexcept;
};

/// 40 KiB. Immutable: one serves all threads.
class EdwardsTable {
 public:
  explicit EdwardsTable(EdwardsPoint point) noexcept;
  /// scalar · point, for a scalar below 2^255 in little endian.
  EdwardsPoint times(const Hash32& scalar) const noexcept;

 private:
  // A scalar is written with 64 digits from -8 to 8 in base 16; row i has 1 to 8 times
  // 256^i · point.
  static constexpr std::size_t kDigits = 64;
  static constexpr std::size_t kMultiples = 8;
  using Digits = std::array<std::int8_t, kDigits>;
  using Row = std::array<EdwardsSummand, kMultiples>;

  static Digits digits_of(const Hash32& scalar) noexcept;
  static EdwardsSummand select(const Row& row, std::int8_t digit) noexcept;

  std::array<Row, kDigits / 2> rows_;
};

}  // namespace emr::threshold
