#include "crypto/secp256k1_field.h"

#include <algorithm>

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
Lanes squared(Lanes a, int times) noexcept {
  while (times-- > 0) a = {square(a.first), square(a.second)};
  return a;
}

/// a^((p+1)/4). In binary the exponent is 223 ones, a zero, 22 ones, four zeros, two ones, two
/// zeros; ones_n is a to the power of n ones.
Lanes root_power(const Lanes& a) noexcept {
  const Lanes ones_2 = squared(a, 1) * a;
  const Lanes ones_3 = squared(ones_2, 1) * a;
  const Lanes ones_6 = squared(ones_3, 3) * ones_3;
  const Lanes ones_9 = squared(ones_6, 3) * ones_3;
  const Lanes ones_11 = squared(ones_9, 2) * ones_2;
  const Lanes ones_22 = squared(ones_11, 11) * ones_11;
  const Lanes ones_44 = squared(ones_22, 22) * ones_22;
  const Lanes ones_88 = squared(ones_44, 44) * ones_44;
  const Lanes ones_176 = squared(ones_88, 88) * ones_88;
  const Lanes ones_220 = squared(ones_176, 44) * ones_44;
  const Lanes ones_223 = squared(ones_220, 3) * ones_3;
  return squared(squared(squared(ones_223, 23) * ones_22, 6) * ones_2, 2);
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

}  // namespace emr::crypto
