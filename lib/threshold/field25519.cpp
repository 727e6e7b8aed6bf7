#include "threshold/field25519.h"

namespace emr::threshold {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kMask = (std::uint64_t{1} << 51) - 1;
/// Four times the modulus, limb by limb: what differences are taken from.
constexpr std::array<std::uint64_t, 5> kFourModuli = {4 * (kMask - 18), 4 * kMask, 4 * kMask,
                                                      4 * kMask, 4 * kMask};
/// sqrt(-1), the root that is not negative (RFC 9496, 4.1).
constexpr Field25519 kRootOfMinusOne = {
    {0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};

/// Carries once around: limbs below 2^63 become limbs below 2^52.
void carry(std::array<std::uint64_t, 5>& limbs) noexcept {
  for (std::size_t i = 0; i < 4; ++i) {
    limbs[i + 1] += limbs[i] >> 51;
    limbs[i] &= kMask;
  }
  limbs[0] += 19 * (limbs[4] >> 51);
  limbs[4] &= kMask;
  limbs[1] += limbs[0] >> 51;
  limbs[0] &= kMask;
}

Field25519 reduced(std::array<Wide, 5> sums) noexcept {
  Field25519 result;
  for (std::size_t i = 0; i < 4; ++i) {
    sums[i + 1] += sums[i] >> 51;
    result.limbs[i] = static_cast<std::uint64_t>(sums[i]) & kMask;
  }
  result.limbs[4] = static_cast<std::uint64_t>(sums[4]) & kMask;
  const Wide first = static_cast<Wide>(19) * (sums[4] >> 51) + result.limbs[0];
  result.limbs[0] = static_cast<std::uint64_t>(first) & kMask;
  result.limbs[1] += static_cast<std::uint64_t>(first >> 51);
  return result;
}

Field25519 squared(Field25519 x, int times) noexcept {
  for (; times > 0; --times) x = x.square();
  return x;
}

/// x^((p - 5) / 8) = x^(2^252 - 3), by the usual chain.
Field25519 power_p58(const Field25519& x) noexcept {
  const Field25519 x2 = x.square();
  const Field25519 x9 = squared(x2, 2) * x;
  const Field25519 x11 = x9 * x2;
  const Field25519 e5 = x11.square() * x9;  // x^(2^5 - 1), and so on
  const Field25519 e10 = squared(e5, 5) * e5;
  const Field25519 e20 = squared(e10, 10) * e10;
  const Field25519 e40 = squared(e20, 20) * e20;
  const Field25519 e50 = squared(e40, 10) * e10;
  const Field25519 e100 = squared(e50, 50) * e50;
  const Field25519 e200 = squared(e100, 100) * e100;
  const Field25519 e250 = squared(e200, 50) * e50;
  return squared(e250, 2) * x;
}

/// 1 when both are the same number, else 0.
std::uint64_t same(const Field25519& a, const Field25519& b) noexcept {
  const Hash32 left = a.encode();
  const Hash32 right = b.encode();
  std::uint64_t differ = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    differ |= static_cast<std::uint64_t>(left[i] ^ right[i]);
  }
  return ((differ - 1) >> 63) & 1;
}

}  // namespace

Field25519 Field25519::decode(const Hash32& bytes) noexcept {
  std::array<std::uint64_t, 4> words{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    words[i / 8] |= static_cast<std::uint64_t>(bytes[i]) << (8 * (i % 8));
  }
  return {{words[0] & kMask, (words[0] >> 51 | words[1] << 13) & kMask,
           (words[1] >> 38 | words[2] << 26) & kMask, (words[2] >> 25 | words[3] << 39) & kMask,
           (words[3] >> 12) & kMask}};
}

Hash32 Field25519::encode() const noexcept {
  std::array<std::uint64_t, 5> t = limbs;
  carry(t);
  // t + 19 reaches 2^255 exactly when t is not below the modulus.
  std::uint64_t above = (t[0] + 19) >> 51;
  for (std::size_t i = 1; i < 5; ++i) above = (t[i] + above) >> 51;
  t[0] += 19 * above;
  for (std::size_t i = 0; i < 4; ++i) {
    t[i + 1] += t[i] >> 51;
    t[i] &= kMask;
  }
  t[4] &= kMask;
  const std::array<std::uint64_t, 4> words = {t[0] | t[1] << 51, t[1] >> 13 | t[2] << 38,
                                              t[2] >> 26 | t[3] << 25, t[3] >> 39 | t[4] << 12};
  Hash32 bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8)));
  }
  return bytes;
}

Field25519 operator+(const Field25519& a, const Field25519& b) noexcept {
  Field25519 sum;
  for (std::size_t i = 0; i < 5; ++i) sum.limbs[i] = a.limbs[i] + b.limbs[i];
  carry(sum.limbs);
  return sum;
}

Field25519 operator-(const Field25519& a, const Field25519& b) noexcept {
  Field25519 difference;
  for (std::size_t i = 0; i < 5; ++i) {
    difference.limbs[i] = a.limbs[i] + kFourModuli[i] - b.limbs[i];
  }
  carry(difference.limbs);
  return difference;
}

Field25519 operator*(const Field25519& left, const Field25519& right) noexcept {
  const std::array<std::uint64_t, 5>& a = left.limbs;
  const std::array<std::uint64_t, 5>& b = right.limbs;
  const std::uint64_t b1 = 19 * b[1];
  const std::uint64_t b2 = 19 * b[2];
  const std::uint64_t b3 = 19 * b[3];
  const std::uint64_t b4 = 19 * b[4];
  const auto times = [](std::uint64_t x, std::uint64_t y) { return static_cast<Wide>(x) * y; };
  return reduced({times(a[0], b[0]) + times(a[1], b4) + times(a[2], b3) + times(a[3], b2) +
                      times(a[4], b1),
                  times(a[0], b[1]) + times(a[1], b[0]) + times(a[2], b4) + times(a[3], b3) +
                      times(a[4], b2),
                  times(a[0], b[2]) + times(a[1], b[1]) + times(a[2], b[0]) + times(a[3], b4) +
                      times(a[4], b3),
                  times(a[0], b[3]) + times(a[1], b[2]) + times(a[2], b[1]) + times(a[3], b[0]) +
                      times(a[4], b4),
                  times(a[0], b[4]) + times(a[1], b[3]) + times(a[2], b[2]) + times(a[3], b[1]) +
                      times(a[4], b[0])});
}

Field25519 Field25519::absolute() const noexcept {
  Field25519 result = *this;
  result.assign_if(-*this, is_negative());
  return result;
}

Field25519 inverse_root(const Field25519& x) noexcept {
  const Field25519 x3 = x.square() * x;
  const Field25519 x7 = x3.square() * x;
  Field25519 root = x3 * power_p58(x7);
  const Field25519 check = x * root.square();  // 1, -1, sqrt(-1) or -sqrt(-1)
  const Field25519 minus_one = -Field25519::of(1);
  const std::uint64_t turned = same(check, minus_one) | same(check, minus_one * kRootOfMinusOne);
  root.assign_if(root * kRootOfMinusOne, turned);
  return root.absolute();
}

}  // namespace emr::threshold
