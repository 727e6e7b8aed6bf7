#include "threshold/group.h"

#include <sodium.h>

#include <algorithm>

#include "base/check.h"
#include "base/wire.h"

namespace emr::threshold {
namespace {

static_assert(crypto_core_ristretto255_BYTES == 32);
static_assert(crypto_core_ristretto255_SCALARBYTES == 32);
static_assert(crypto_core_ristretto255_HASHBYTES == 64);

using Wide = std::array<std::uint8_t, 64>;

bool is_zero(ByteView bytes) noexcept { return sodium_is_zero(bytes.data(), bytes.size()) == 1; }

Error not_an_element() {
  return fail(Code::kData, "not an element of the group").with_reason("group_element");
}

Error became_identity() {
  return fail(Code::kData, "a group operation gave the identity").with_reason("identity");
}

// SHA-512(tag ‖ 0x00 ‖ (u32 length ‖ part)…)
Wide wide_hash(std::string_view tag, std::initializer_list<ByteView> parts) {
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  const auto absorb = [&](ByteView bytes) {
    crypto_hash_sha512_update(&state, bytes.data(), bytes.size());
  };
  const std::uint8_t zero = 0;
  absorb(as_bytes(tag));
  absorb(ByteView(&zero, 1));
  for (const ByteView part : parts) {
    absorb(WireWriter().u32(static_cast<std::uint32_t>(part.size())).bytes());
    absorb(part);
  }
  Wide digest;
  crypto_hash_sha512_final(&state, digest.data());
  return digest;
}

}  // namespace

Result<Element> Element::decode(ByteView bytes) {
  Element element;
  if (bytes.size() != element.bytes.size() || is_zero(bytes) ||
      crypto_core_ristretto255_is_valid_point(bytes.data()) != 1) {
    return not_an_element();
  }
  std::copy(bytes.begin(), bytes.end(), element.bytes.begin());
  return element;
}

Scalar Scalar::from_u32(std::uint32_t value) noexcept {
  Scalar scalar;
  for (std::size_t i = 0; i < 4; ++i) {
    scalar.bytes_[i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  return scalar;
}

Scalar Scalar::random(crypto::RandomSource& random) {
  Scalar scalar;
  do {  // zero has probability 2^-252
    Wide wide;
    random.fill(wide);
    crypto_core_ristretto255_scalar_reduce(scalar.bytes_.data(), wide.data());
    crypto::wipe(wide);
  } while (scalar.is_zero());
  return scalar;
}

Result<Scalar> Scalar::decode(ByteView bytes) {
  Scalar scalar;
  if (bytes.size() != scalar.bytes_.size()) {
    return fail(Code::kData, "a scalar has 32 bytes").with_reason("scalar");
  }
  Wide wide{};
  std::copy(bytes.begin(), bytes.end(), wide.begin());
  crypto_core_ristretto255_scalar_reduce(scalar.bytes_.data(), wide.data());
  const bool canonical = sodium_memcmp(scalar.bytes_.data(), wide.data(), 32) == 0;
  crypto::wipe(wide);
  if (!canonical) {
    return fail(Code::kData, "a scalar is not below the group order").with_reason("scalar");
  }
  return scalar;
}

Scalar Scalar::hash(std::string_view tag, std::initializer_list<ByteView> parts) {
  Wide wide = wide_hash(tag, parts);
  Scalar scalar;
  crypto_core_ristretto255_scalar_reduce(scalar.bytes_.data(), wide.data());
  crypto::wipe(wide);
  return scalar;
}

bool Scalar::is_zero() const noexcept { return threshold::is_zero(bytes_); }

Scalar operator+(const Scalar& a, const Scalar& b) noexcept {
  Scalar sum;
  crypto_core_ristretto255_scalar_add(sum.bytes_.data(), a.bytes_.data(), b.bytes_.data());
  return sum;
}

Scalar operator-(const Scalar& a, const Scalar& b) noexcept {
  Scalar difference;
  crypto_core_ristretto255_scalar_sub(difference.bytes_.data(), a.bytes_.data(), b.bytes_.data());
  return difference;
}

Scalar operator*(const Scalar& a, const Scalar& b) noexcept {
  Scalar product;
  crypto_core_ristretto255_scalar_mul(product.bytes_.data(), a.bytes_.data(), b.bytes_.data());
  return product;
}

Scalar Scalar::inverse() const noexcept {
  Scalar inverse;
  EMR_CHECK(crypto_core_ristretto255_scalar_invert(inverse.bytes_.data(), bytes_.data()) == 0);
  return inverse;
}

Result<Element> scale_base(const Scalar& scalar) {
  Element product;
  if (crypto_scalarmult_ristretto255_base(product.bytes.data(), scalar.bytes().data()) != 0) {
    return became_identity();
  }
  return product;
}

Result<Element> scale(const Scalar& scalar, const Element& element) {
  Element product;
  if (crypto_scalarmult_ristretto255(product.bytes.data(), scalar.bytes().data(),
                                     element.bytes.data()) != 0) {
    return became_identity();
  }
  return product;
}

Result<Element> add(const Element& a, const Element& b) {
  Element sum;
  if (crypto_core_ristretto255_add(sum.bytes.data(), a.bytes.data(), b.bytes.data()) != 0 ||
      is_zero(sum.bytes)) {
    return became_identity();
  }
  return sum;
}

Result<Element> subtract(const Element& a, const Element& b) {
  Element difference;
  if (crypto_core_ristretto255_sub(difference.bytes.data(), a.bytes.data(), b.bytes.data()) != 0 ||
      is_zero(difference.bytes)) {
    return became_identity();
  }
  return difference;
}

Element hash_to_element(std::string_view tag, ByteView text) {
  const Wide wide = wide_hash(tag, {text});
  Element element;
  crypto_core_ristretto255_from_hash(element.bytes.data(), wide.data());
  EMR_CHECK(!is_zero(element.bytes));
  return element;
}

}  // namespace emr::threshold
