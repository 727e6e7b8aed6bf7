#include "threshold/edwards25519.h"

#include "crypto/secret.h"

namespace emr::threshold {
namespace {

using Field = Field25519;
using Point = EdwardsPoint;
using Summand = EdwardsSummand;

constexpr Field kTwoD = {
    {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};

Summand summand(const Point& p) noexcept {
  return {p.y + p.x, p.y - p.x, p.z + p.z, p.t * kTwoD};
}

Point add(const Point& p, const Summand& q) noexcept {
  const Field a = (p.y - p.x) * q.y_minus_x;
  const Field b = (p.y + p.x) * q.y_plus_x;
  const Field c = p.t * q.two_d_t;
  const Field d = p.z * q.two_z;
  const Field e = b - a;
  const Field f = d - c;
  const Field g = d + c;
  const Field h = b + a;
  return {e * f, g * h, f * g, e * h};
}

Point twice(const Point& p) noexcept {
  const Field a = p.x.square();
  const Field b = p.y.square();
  const Field z = p.z.square();
  const Field e = (p.x + p.y).square() - a - b;
  const Field g = b - a;
  const Field f = g - (z + z);
  const Field h = -(a + b);
  return {e * f, g * h, f * g, e * h};
}

Point times_16(Point p) noexcept { return twice(twice(twice(twice(p)))); }

}  // namespace

void EdwardsSummand::assign_if(const EdwardsSummand& other, std::uint64_t choice) noexcept {
  y_plus_x.assign_if(other.y_plus_x, choice);
  y_minus_x.assign_if(other.y_minus_x, choice);
  two_z.assign_if(other.two_z, choice);
  two_d_t.assign_if(other.two_d_t, choice);
}

EdwardsTable::EdwardsTable(EdwardsPoint point) noexcept {
  for (Row& row : rows_) {
    const Summand step = summand(point);
    Point multiple = point;
    for (Summand& entry : row) {
      entry = summand(multiple);
      multiple = add(multiple, step);
    }
    point = times_16(times_16(point));
  }
}

/// The odd digits are added first, the sum is multiplied by 16, and the even digits follow.
EdwardsPoint EdwardsTable::times(const Hash32& scalar) const noexcept {
  Digits digits = digits_of(scalar);
  Point sum;
  for (std::size_t i = 1; i < kDigits; i += 2) {
    sum = add(sum, select(rows_[i / 2], digits[i]));
  }
  sum = times_16(sum);
  for (std::size_t i = 0; i < kDigits; i += 2) {
    sum = add(sum, select(rows_[i / 2], digits[i]));
  }
  crypto::wipe({reinterpret_cast<std::uint8_t*>(digits.data()), digits.size()});
  return sum;
}

/// The scalar's digits in base 16, from -8 to 8.
EdwardsTable::Digits EdwardsTable::digits_of(const Hash32& scalar) noexcept {
  Digits digits{};
  int carry = 0;
  for (std::size_t i = 0; i < kDigits; ++i) {
    const int digit = (scalar[i / 2] >> (4 * (i % 2)) & 15) + carry;
    carry = (digit + 8) >> 4;
    digits[i] = static_cast<std::int8_t>(digit - 16 * carry);
  }
  digits[kDigits - 1] = static_cast<std::int8_t>(digits[kDigits - 1] + 16 * carry);
  return digits;
}

/// digit · the row's point; every entry is read whatever the digit is.
EdwardsSummand EdwardsTable::select(const Row& row, std::int8_t digit) noexcept {
  const auto wide = static_cast<std::int64_t>(digit);
  const auto negative = static_cast<std::uint64_t>(wide) >> 63;
  const auto size = static_cast<std::uint64_t>((wide ^ (wide >> 63)) - (wide >> 63));
  Summand chosen;
  for (std::size_t i = 0; i < kMultiples; ++i) {
    const std::uint64_t differ = size ^ (i + 1);
    chosen.assign_if(row[i], (differ - 1) >> 63);
  }
  const Summand negated = {chosen.y_minus_x, chosen.y_plus_x, chosen.two_z, -chosen.two_d_t};
  chosen.assign_if(negated, negative);
  return chosen;
}

}  // namespace emr::threshold
