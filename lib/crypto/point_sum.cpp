#include "crypto/point_sum.h"

#include <cstdlib>
#include <utility>

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

/// The points of every bucket of every place, each bucket in one piece, and their sums. Two points
/// are added as they are, without denominators of their own: that takes an inversion, and one
/// inversion serves a whole round of additions.
class Buckets {
 public:
  explicit Buckets(const std::vector<Term>& terms) {
    std::size_t first = 0;
    for (const Term& term : terms) {
      for (std::size_t place = 0; place < kDigits; ++place) ++at(place, term.digits[place]).size;
    }
    for (Bucket& bucket : buckets_) {
      bucket.first = first;
      first += std::exchange(bucket.size, 0);
    }
    points_.resize(first);
    for (const Term& term : terms) put(term);
  }

  /// Halves the buckets until there is too little left for an inversion.
  void add_up() {
    constexpr std::size_t kPairsMin = 64;
    while (pair_up() >= kPairsMin) {
      invert_all(divisors_);
      for (std::size_t i = 0; i < pairs_.size(); ++i) add(pairs_[i], divisors_[i]);
      for (Bucket& bucket : buckets_) close(bucket);
    }
  }

  /// The sum of digit * point, for one place of the digits.
  JacobianPoint sum(std::size_t place) const noexcept {
    // Bucket d counts d times: it is part of the running sum in d rounds.
    JacobianPoint running;
    JacobianPoint sum;
    for (int d = kBuckets; d > 0; --d) {
      const Bucket& bucket = buckets_[index(place, d)];
      for (std::size_t i = 0; i < bucket.size; ++i) running = running + points_[bucket.first + i];
      sum = sum + running;
    }
    return sum;
  }

 private:
  struct Bucket {
    std::size_t first = 0;
    std::size_t size = 0;
    std::size_t sums = 0;  ///< of its pairs, from `first` on
  };
  /// The points at `first` and behind it, and where their sum goes: no later point stands there.
  struct Pair {
    std::size_t first;
    std::size_t sum;
    bool is_twice;  ///< the same point two times
  };

  static std::size_t index(std::size_t place, int digit) noexcept {
    return place * (kBuckets + 1) + static_cast<std::size_t>(std::abs(digit));
  }
  Bucket& at(std::size_t place, int digit) noexcept { return buckets_[index(place, digit)]; }

  void put(const Term& term) noexcept {
    for (std::size_t place = 0; place < kDigits; ++place) {
      const int digit = term.digits[place];
      Bucket& bucket = at(place, digit);
      points_[bucket.first + bucket.size++] = digit < 0 ? negated(term.point) : term.point;
    }
  }

  /// Decides which points are added, and what each addition divides by. How many there are.
  std::size_t pair_up() {
    pairs_.clear();
    divisors_.clear();
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      if (i % (kBuckets + 1) != 0) pair_up(buckets_[i]);  // what has the digit zero does not count
    }
    return pairs_.size();
  }

  void pair_up(Bucket& bucket) {
    bucket.sums = 0;
    for (std::size_t i = 0; i + 1 < bucket.size; i += 2) {
      const AffinePoint& p = points_[bucket.first + i];
      const AffinePoint& q = points_[bucket.first + i + 1];
      const FieldElement run = reduced(q.x - p.x);
      const bool is_twice = is_zero(run);
      if (is_twice && !(p.y == q.y)) continue;  // opposite points: nothing is left of them
      pairs_.push_back({bucket.first + i, bucket.first + bucket.sums++, is_twice});
      divisors_.push_back(is_twice ? reduced(times<2>(p.y)) : run);
    }
  }

  /// The line through the points, or along the curve, meets it again opposite to their sum.
  void add(const Pair& pair, const FieldElement& inverse) noexcept {
    const AffinePoint p = points_[pair.first];
    const AffinePoint q = points_[pair.first + 1];
    const FieldElement slope =
        pair.is_twice ? times<3>(square(p.x)) * inverse : (q.y - p.y) * inverse;
    AffinePoint& sum = points_[pair.sum];
    sum.x = reduced(square(slope) - (p.x + q.x));
    sum.y = reduced(slope * (p.x - sum.x) - p.y);
  }

  void close(Bucket& bucket) noexcept {
    const bool is_odd_size = bucket.size % 2 != 0;
    if (is_odd_size) points_[bucket.first + bucket.sums] = points_[bucket.first + bucket.size - 1];
    bucket.size = bucket.sums + (is_odd_size ? 1 : 0);
  }

  std::array<Bucket, kDigits * (kBuckets + 1)> buckets_;
  std::vector<AffinePoint> points_;
  std::vector<Pair> pairs_;
  std::vector<FieldElement> divisors_;  ///< of the pairs; then their inverses
};

}  // namespace

bool JacobianPoint::is(const AffinePoint& point) const noexcept {
  const FieldElement zz = square(z);
  return !is_zero(z) && point.x * zz == x && point.y * (z * zz) == y;
}

std::optional<std::vector<AffinePoint>> whole_points(std::span<const HalfPoint> points) {
  std::vector<AffinePoint> whole;
  std::vector<FieldElement> roots;
  std::vector<std::size_t> places;  // of the points that the roots belong to
  for (const HalfPoint& point : points) {
    const auto x = element_from_bytes(point.x);
    if (!x) return std::nullopt;
    const FieldElement squared_y = reduced(square(*x) * *x + small_element(7));
    const auto heard = element_from_bytes(point.heard_y);
    const bool is_it = heard && square(*heard) == squared_y;
    whole.push_back({*x, is_it ? *heard : FieldElement()});
    if (is_it) continue;
    roots.push_back(squared_y);
    places.push_back(whole.size() - 1);
  }
  if (!square_roots(roots)) return std::nullopt;
  for (std::size_t i = 0; i < roots.size(); ++i) whole[places[i]].y = roots[i];
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (is_odd(whole[i].y) != points[i].odd_y) whole[i] = negated(whole[i]);
  }
  return whole;
}

JacobianPoint weighted_sum(std::span<const WeightedPoint> points) {
  Buckets buckets(terms_of(points));
  buckets.add_up();
  JacobianPoint sum;
  for (std::size_t place = kDigits; place-- > 0;) {
    for (unsigned i = 0; i < kDigitBits; ++i) sum = doubled(sum);
    sum = sum + buckets.sum(place);
  }
  return sum;
}

}  // namespace emr::crypto
