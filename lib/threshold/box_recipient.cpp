// RFC 7748: the curve of X25519 and the Edwards curve are one, y = (u - 1) / (u + 1). Of the two
// points with this y either will do: u of a multiple is the same.
#include "threshold/box_recipient.h"

#include <algorithm>
#include <optional>

#include "crypto/agreed_box.h"

namespace emr::threshold {
namespace {

using Field = Field25519;

/// 1 / x, and 0 of 0.
Field inverse(const Field& x) noexcept { return x * inverse_root(x.square()).square(); }

/// nullopt for a point of the twist.
std::optional<EdwardsPoint> edwards_point(const crypto::BoxPublicKey& key) {
  const Field one = Field::of(1);
  const Field u = Field::decode(key);
  EdwardsPoint point;
  point.y = (u - one) * inverse(u + one);
  // x² = (y² - 1) / (d y² + 1)
  const Field above = point.y.square() - one;
  const Field below = kEdwardsD * point.y.square() + one;
  point.x = above * inverse_root(above * below);
  point.t = point.x * point.y;
  const bool on_curve = (point.x.square() * below).encode() == above.encode();
  return on_curve ? std::optional(point) : std::nullopt;
}

/// The u of scalar · point, with the scalar's bits fixed as X25519 does.
crypto::Secret32 montgomery(const EdwardsTable& table, const crypto::Secret32& secret) {
  Hash32 scalar = secret.bytes();
  scalar[0] &= 248;
  scalar[31] = static_cast<std::uint8_t>((scalar[31] & 127) | 64);
  const EdwardsPoint product = table.times(scalar);
  crypto::wipe(scalar);
  Hash32 u = ((product.z + product.y) * inverse(product.z - product.y)).encode();
  crypto::Secret32 shared;
  std::copy(u.begin(), u.end(), shared.span().begin());
  crypto::wipe(u);
  return shared;
}

}  // namespace

BoxRecipient::BoxRecipient(const crypto::BoxPublicKey& key) : key_(key) {
  if (const std::optional<EdwardsPoint> point = edwards_point(key)) {
    table_ = std::make_shared<const EdwardsTable>(*point);
  }
}

Result<Bytes> BoxRecipient::seal(ByteView plaintext, crypto::RandomSource& random) const {
  if (table_ == nullptr) return crypto::seal_box(key_, plaintext, random);
  const crypto::BoxKeyPair ephemeral = crypto::generate_box_keys(random);
  return crypto::seal_agreed_box(key_, ephemeral, montgomery(*table_, ephemeral.secret), plaintext);
}

}  // namespace emr::threshold
