#include "crypto/point_sum.h"

namespace emr::crypto {

namespace {

const FieldElement kBeta = *element_from_bytes(Hash32{
    0x7a, 0xe9, 0x6a, 0x2b, 0x65, 0x7c, 0x07, 0x10, 0x6e, 0x64, 0x47, 0x9e, 0xac, 0x34, 0x34, 0xe9,
    0x9c, 0xf0, 0x49, 0x75, 0x12, 0xf5, 0x89, 0x95, 0xc1, 0x39, 0x6c, 0x28, 0x71, 0x95, 0x01,
    0xee});

AffinePoint negated(const AffinePoint& p) noexcept {
  return {p.x, reduced(FieldElement() - p.y)};
}

// The formulas of the Explicit-Formulas Database for short Weierstrass curves with a = 0.

JacobianPoint doubled(const JacobianPoint& p) noexcept {
  const FieldElement a = square(p.x);
  const FieldElement b = square(p.y);
  const FieldElement c = square(b);
  const FieldElement d = reduced(times<2>(square(p.x + b) - a - c));
  const auto e = times<3>(a);
  JacobianPoint sum;
  sum.x = reduced(square(e) - times<2>(d));
  sum.y = reduced(e * (d - sum.x) - times<8>(c));
  sum.z = times<2>(p.y) * p.z;
  return sum;
}

/// What both additions share: p has been brought to the denominators of the other point, as
/// (x, y); h and r are how far the other point is from it; z is the product of the denominators.
JacobianPoint added(const FieldElement& x, const FieldElement& y, const Field<3>& h,
                    const Field<3>& r, const FieldElement& z) noexcept {
  const FieldElement hh = square(h);
  const FieldElement hhh = h * hh;
  const FieldElement v = x * hh;
  JacobianPoint sum;
  sum.x = reduced(square(r) - hhh - times<2>(v));
  sum.y = reduced(r * (v - sum.x) - y * hhh);
  sum.z = z * h;
  return sum;
}

JacobianPoint operator+(const JacobianPoint& p, const AffinePoint& q) noexcept {
  if (is_zero(p.z)) return {q.x, q.y, small_element(1)};
  const FieldElement zz = square(p.z);
  const auto h = q.x * zz - p.x;
  const auto r = q.y * (p.z * zz) - p.y;
  if (is_zero(h)) return is_zero(r) ? doubled(p) : JacobianPoint();
  return added(p.x, p.y, h, r, p.z);
}

JacobianPoint operator+(const JacobianPoint& p, const JacobianPoint& q) noexcept {
  if (is_zero(p.z)) return q;
  if (is_zero(q.z)) return p;
  const FieldElement p_zz = square(p.z);
  const FieldElement q_zz = square(q.z);
  const FieldElement x = p.x * q_zz;
  const FieldElement y = p.y * (q.z * q_zz);
  const auto h = q.x * p_zz - x;
  const auto r = q.y * (p.z * p_zz) - y;
  if (is_zero(h)) return is_zero(r) ? doubled(p) : JacobianPoint();
  return added(x, y, h, r, p.z * q.z);
}

// --- buckets -------------------------------------------------------------------------------------

/// Digits from -16 to 16: a point of digit d goes into bucket |d|, negated when d is negative.
constexpr unsigned kDigitBits = 5;
constexpr unsigned kDigits = 13;  // of 64 bits; the highest has four of them and a carry
constexpr int kBuckets = 1 << (kDigitBits - 1);

struct Term {
  AffinePoint point;
  std::array<std::int8_t, kDigits> digits;
};

std::array<std::int8_t, kDigits> signed_digits(std::uint64_t value) noexcept {
  std::array<std::int8_t, kDigits> digits;
  int carry = 0;
  for (std::int8_t& place : digits) {
    int digit = static_cast<int>(value % (1U << kDigitBits)) + carry;
    carry = digit > kBuckets ? 1 : 0;
    digit -= carry << kDigitBits;
    place = static_cast<std::int8_t>(digit);
    value >>= kDigitBits;
  }
  return digits;
}

std::vector<Term> terms_of(std::span<const WeightedPoint> points) {
  std::vector<Term> terms;
  terms.reserve(2 * points.size());
  for (const auto& [point, weight] : points) {
    terms.push_back({point, signed_digits(weight.low)});
    terms.push_back({{kBeta * point.x, point.y}, signed_digits(weight.high)});
  }
  return terms;
}

/// The sum of digit * point, for one place of the digits.
JacobianPoint sum_of_digits(const std::vector<Term>& terms, std::size_t place) noexcept {
  std::array<JacobianPoint, kBuckets + 1> buckets;
  for (const Term& term : terms) {
    const int digit = term.digits[place];
    if (digit > 0) {
      JacobianPoint& bucket = buckets[static_cast<std::size_t>(digit)];
      bucket = bucket + term.point;
    } else if (digit < 0) {
      JacobianPoint& bucket = buckets[static_cast<std::size_t>(-digit)];
      bucket = bucket + negated(term.point);
    }
  }
  // Bucket d counts d times: it is part of the running sum in d rounds.
  JacobianPoint running;
  JacobianPoint sum;
  for (int d = kBuckets; d > 0; --d) {
    running = running + buckets[static_cast<std::size_t>(d)];
    sum = sum + running;
  }
  return sum;
}

}  // namespace

bool JacobianPoint::is(const AffinePoint& point) const noexcept {
  const FieldElement zz = square(z);
  return !is_zero(z) && point.x * zz == x && point.y * (z * zz) == y;
}

std::optional<std::vector<AffinePoint>> whole_points(std::span<const HalfPoint> points) {
  std::vector<AffinePoint> whole;
  std::vector<FieldElement> roots;
  for (const HalfPoint& point : points) {
    const auto x = element_from_bytes(point.x);
    if (!x) return std::nullopt;
    whole.push_back({*x, {}});
    roots.push_back(reduced(square(*x) * *x + small_element(7)));
  }
  if (!square_roots(roots)) return std::nullopt;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    whole[i].y = roots[i];
    if (is_odd(roots[i]) != points[i].odd_y) whole[i] = negated(whole[i]);
  }
  return whole;
}

JacobianPoint weighted_sum(std::span<const WeightedPoint> points) {
  const std::vector<Term> terms = terms_of(points);
  JacobianPoint sum;
  for (std::size_t place = kDigits; place-- > 0;) {
    for (unsigned i = 0; i < kDigitBits; ++i) sum = doubled(sum);
    sum = sum + sum_of_digits(terms, place);
  }
  return sum;
}

}  // namespace emr::crypto
