// The encodings of RFC 9496.
#include "threshold/fixed_base.h"

#include "threshold/edwards25519.h"

namespace emr::threshold {
namespace {

using Field = Field25519;
using Point = EdwardsPoint;

// The constants of RFC 9496, 4.1.
constexpr Field kRootOfMinusOne = {
    {0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};
constexpr Field kInverseRootAMinusD = {
    {0xfdaa805d40ea, 0x2eb482e57d339, 0x7610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff}};

/// RFC 9496, 4.3.1, for bytes that are known to be an element.
Point decode(const Element& element) noexcept {
  const Field s = Field::decode(element.bytes);
  const Field square = s.square();
  const Field u1 = Field::of(1) - square;
  const Field u2 = Field::of(1) + square;
  const Field u2_square = u2.square();
  const Field v = -(kEdwardsD * u1.square()) - u2_square;
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

}  // namespace

FixedBase::FixedBase(const Element& element)
    : element_(element),
      table_(std::make_shared<const EdwardsTable>(decode(element))) {}

Result<Element> FixedBase::times(const Scalar& scalar) const {
  if (scalar.is_zero()) {
    return fail(Code::kData, "a group operation gave the identity").with_reason("identity");
  }
  return encode(table_->times(scalar.bytes()));
}

}  // namespace emr::threshold
