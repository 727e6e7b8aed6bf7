// Twisted Edwards arithmetic in extended coordinates (Hisil, Wong, Carter, Dawson 2008) and the
// encodings of RFC 9496. A scalar is written with 64 digits from -8 to 8 in base 16; the table has
// 1 to 8 times 256^i · element, so the odd digits are added first, the sum is multiplied by 16, and
// the even digits follow.
#include "threshold/fixed_base.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "threshold/field25519.h"

namespace emr::threshold {
namespace {

using Field = Field25519;

constexpr std::size_t kDigits = 64;
constexpr std::size_t kRows = kDigits / 2;
constexpr std::size_t kMultiples = 8;

// The constants of RFC 9496, 4.1.
constexpr Field kD = {
    {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
constexpr Field kTwoD = {
    {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
constexpr Field kRootOfMinusOne = {
    {0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};
constexpr Field kInverseRootAMinusD = {
    {0xfdaa805d40ea, 0x2eb482e57d339, 0x7610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff}};

/// x = X/Z, y = Y/Z, T = XY/Z.
struct Point {
  Field x;
  Field y = Field::of(1);
  Field z = Field::of(1);
  Field t;
};

/// A point as the second summand of many sums.
struct Summand {
  Field y_plus_x = Field::of(1);
  Field y_minus_x = Field::of(1);
  Field two_z = Field::of(2);
  Field two_d_t;

  void assign_if(const Summand& other, std::uint64_t choice) noexcept {
    y_plus_x.assign_if(other.y_plus_x, choice);
    y_minus_x.assign_if(other.y_minus_x, choice);
    two_z.assign_if(other.two_z, choice);
    two_d_t.assign_if(other.two_d_t, choice);
  }
};

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

/// RFC 9496, 4.3.1, for bytes that are known to be an element.
Point decode(const Element& element) noexcept {
  const Field s = Field::decode(element.bytes);
  const Field square = s.square();
  const Field u1 = Field::of(1) - square;
  const Field u2 = Field::of(1) + square;
  const Field u2_square = u2.square();
  const Field v = -(kD * u1.square()) - u2_square;
  const Field root = inverse_root(v * u2_square);
  const Field den_x = root * u2;
  const Field den_y = root * den_x * v;
  Point p;
  p.x = ((s + s) * den_x).absolute();
  p.y = u1 * den_y;
  p.t = p.x * p.y;
  return p;
}

/// RFC 9496, 4.3.2.
Element encode(const Point& p) noexcept {
  const Field u1 = (p.z + p.y) * (p.z - p.y);
  const Field u2 = p.x * p.y;
  const Field root = inverse_root(u1 * u2.square());
  const Field den1 = root * u1;
  const Field den2 = root * u2;
  const Field z_inverse = den1 * den2 * p.t;
  const std::uint64_t rotate = (p.t * z_inverse).is_negative();
  Field x = p.x;
  Field y = p.y;
  Field den_inverse = den2;
  x.assign_if(p.y * kRootOfMinusOne, rotate);
  y.assign_if(p.x * kRootOfMinusOne, rotate);
  den_inverse.assign_if(den1 * kInverseRootAMinusD, rotate);
  y.assign_if(-y, (x * z_inverse).is_negative());
  return {(den_inverse * (p.z - y)).absolute().encode()};
}

/// The scalar's digits in base 16, from -8 to 8.
std::array<std::int8_t, kDigits> digits_of(const Scalar& scalar) noexcept {
  std::array<std::int8_t, kDigits> digits{};
  int carry = 0;
  for (std::size_t i = 0; i < kDigits; ++i) {
    const int digit = (scalar.bytes()[i / 2] >> (4 * (i % 2)) & 15) + carry;
    carry = (digit + 8) >> 4;
    digits[i] = static_cast<std::int8_t>(digit - 16 * carry);
  }
  digits[kDigits - 1] = static_cast<std::int8_t>(digits[kDigits - 1] + 16 * carry);
  return digits;
}

using Row = std::array<Summand, kMultiples>;

/// digit · the row's point; every entry is read whatever the digit is.
Summand select(const Row& row, std::int8_t digit) noexcept {
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

}  // namespace

struct FixedBase::Table {
  std::array<Row, kRows> rows;
};

FixedBase::FixedBase(const Element& element) : element_(element) {
  auto table = std::make_shared<Table>();
  Point first = decode(element);
  for (Row& row : table->rows) {
    const Summand step = summand(first);
    Point multiple = first;
    for (Summand& entry : row) {
      entry = summand(multiple);
      multiple = add(multiple, step);
    }
    first = times_16(times_16(first));
  }
  table_ = std::move(table);
}

Result<Element> FixedBase::times(const Scalar& scalar) const {
  std::array<std::int8_t, kDigits> digits = digits_of(scalar);
  Point sum;
  for (std::size_t i = 1; i < kDigits; i += 2) {
    sum = add(sum, select(table_->rows[i / 2], digits[i]));
  }
  sum = times_16(sum);
  for (std::size_t i = 0; i < kDigits; i += 2) {
    sum = add(sum, select(table_->rows[i / 2], digits[i]));
  }
  crypto::wipe({reinterpret_cast<std::uint8_t*>(digits.data()), digits.size()});
  if (scalar.is_zero()) {
    return fail(Code::kData, "a group operation gave the identity").with_reason("identity");
  }
  return encode(sum);
}

}  // namespace emr::threshold
