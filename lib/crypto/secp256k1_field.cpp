#include "crypto/secp256k1_field.h"

#include <algorithm>
#include <vector>

namespace emr::crypto {
namespace {

/// Two numbers that go the same way. The multiplications of one wait for each other; those of two
/// fill the processor.
struct Lanes {
  FieldElement first;
  FieldElement second;
};
Lanes operator*(const Lanes& a, const Lanes& b) noexcept {
  return {a.first * b.first, a.second * b.second};
}
Lanes square(const Lanes& a) noexcept { return {square(a.first), square(a.second)}; }

template <class Number>
Number squared(Number a, int times) noexcept {
  while (times-- > 0) a = square(a);
  return a;
}

/// ones_n is a to the power of n ones, in binary.
template <class Number>
struct Powers {
  Number ones_2;
  Number ones_22;
  Number ones_223;
};
template <class Number>
Powers<Number> powers(const Number& a) noexcept {
  const Number ones_2 = squared(a, 1) * a;
  const Number ones_3 = squared(ones_2, 1) * a;
  const Number ones_6 = squared(ones_3, 3) * ones_3;
  const Number ones_9 = squared(ones_6, 3) * ones_3;
  const Number ones_11 = squared(ones_9, 2) * ones_2;
  const Number ones_22 = squared(ones_11, 11) * ones_11;
  const Number ones_44 = squared(ones_22, 22) * ones_22;
  const Number ones_88 = squared(ones_44, 44) * ones_44;
  const Number ones_176 = squared(ones_88, 88) * ones_88;
  const Number ones_220 = squared(ones_176, 44) * ones_44;
  return {ones_2, ones_22, squared(ones_220, 3) * ones_3};
}

/// a^((p+1)/4). In binary the exponent is 223 ones, a zero, 22 ones, four zeros, two ones, two
/// zeros.
Lanes root_power(const Lanes& a) noexcept {
  const auto [ones_2, ones_22, ones_223] = powers(a);
  return squared(squared(squared(ones_223, 23) * ones_22, 6) * ones_2, 2);
}

/// a^(p-2): the same 246 bits, then four zeros, a one, a zero, two ones, a zero and a one.
FieldElement inverse_power(const FieldElement& a) noexcept {
  const auto [ones_2, ones_22, ones_223] = powers(a);
  return squared(squared(squared(squared(ones_223, 23) * ones_22, 5) * a, 3) * ones_2, 2) * a;
}

}  // namespace

std::optional<FieldElement> element_from_bytes(ByteView bytes) noexcept {
  EMR_CHECK(bytes.size() == 32);
  FieldElement element;
  for (std::size_t i = 0; i < 64; ++i) {  // half bytes, the lowest first: thirteen to a limb
    const std::uint64_t half = bytes[31 - i / 2] >> 4 * (i % 2) & 0xf;
    element.limbs[i / 13] |= half << 4 * (i % 13);
  }
  if (element.limbs != canonical(element).limbs) return std::nullopt;
  return element;
}

Hash32 bytes_of(const FieldElement& element) noexcept {
  const auto limbs = canonical(element).limbs;
  Hash32 bytes{};
  for (std::size_t i = 0; i < 64; ++i) {  // half bytes, as they are read
    const std::uint64_t half = limbs[i / 13] >> 4 * (i % 13) & 0xf;
    bytes[31 - i / 2] |= static_cast<std::uint8_t>(half << 4 * (i % 2));
  }
  return bytes;
}

bool square_roots(std::span<FieldElement> values) noexcept {
  for (std::size_t i = 0; i < values.size(); i += 2) {
    FieldElement& first = values[i];
    FieldElement& second = values[std::min(i + 1, values.size() - 1)];
    const Lanes roots = root_power({first, second});
    if (!(square(roots.first) == first) || !(square(roots.second) == second)) return false;
    first = roots.first;
    second = roots.second;
  }
  return true;
}

void invert_all(std::span<FieldElement> values) {
  std::vector<FieldElement> before(values.size());  // products of what stands before each
  FieldElement product = small_element(1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    before[i] = product;
    product = product * values[i];
  }
  FieldElement rest = inverse_power(product);
  for (std::size_t i = values.size(); i-- > 0;) {
    const FieldElement value = values[i];
    values[i] = rest * before[i];
    rest = rest * value;
  }
}

}  // namespace emr::crypto
