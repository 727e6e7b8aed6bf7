// The prime-order group ristretto255 as two value types. A Scalar is an integer below the group
// order, an Element a point that is not the identity; both decode from canonical bytes only, so
// equal values have equal bytes. The names follow the additive habit of the library underneath:
// `scale` is exponentiation in the papers. All functions are pure and run in constant time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/random.h"

namespace emr::threshold {

/// An element other than the identity, in its 32-byte encoding.
struct Element {
  Hash32 bytes{};

  auto operator<=>(const Element&) const = default;
  /// kData for a non-canonical encoding and for the identity.
  static Result<Element> decode(ByteView bytes);
};

/// An integer modulo the group order. Secret ones are wiped when they go.
class Scalar {
 public:
  Scalar() noexcept = default;
  Scalar(const Scalar&) noexcept = default;
  Scalar& operator=(const Scalar&) noexcept = default;
  ~Scalar() { crypto::wipe(bytes_); }

  static Scalar from_u32(std::uint32_t value) noexcept;
  /// Uniform and not zero.
  static Scalar random(crypto::RandomSource& random);
  /// kData when the value is not below the group order.
  static Result<Scalar> decode(ByteView bytes);
  /// Uniform from a domain-separated SHA-512 of length-prefixed parts.
  static Scalar hash(std::string_view tag, std::initializer_list<ByteView> parts);

  const Hash32& bytes() const noexcept { return bytes_; }
  bool is_zero() const noexcept;

  friend Scalar operator+(const Scalar& a, const Scalar& b) noexcept;
  friend Scalar operator-(const Scalar& a, const Scalar& b) noexcept;
  friend Scalar operator*(const Scalar& a, const Scalar& b) noexcept;
  /// The inverse of a scalar that is not zero (checked).
  Scalar inverse() const noexcept;

 private:
  Hash32 bytes_{};
};

/// scalar · base point. kData when the result is the identity (scalar zero).
Result<Element> scale_base(const Scalar& scalar);
/// scalar · element. kData when the result is the identity.
Result<Element> scale(const Scalar& scalar, const Element& element);
/// kData when the result is the identity.
Result<Element> add(const Element& a, const Element& b);
Result<Element> subtract(const Element& a, const Element& b);
/// An element whose discrete logarithm nobody knows.
Element hash_to_element(std::string_view tag, ByteView text);

}  // namespace emr::threshold
