#include "threshold/dealer.h"

#include "threshold/limits.h"

namespace emr::threshold {
namespace {

// A random polynomial; its value at zero is the secret of the group.
std::vector<Scalar> random_polynomial(std::uint32_t terms, crypto::RandomSource& random) {
  std::vector<Scalar> coefficients;
  coefficients.reserve(terms);
  for (std::uint32_t i = 0; i < terms; ++i) coefficients.push_back(Scalar::random(random));
  return coefficients;
}

Scalar evaluate(const std::vector<Scalar>& coefficients, std::uint32_t at) {
  const Scalar point = Scalar::from_u32(at);
  Scalar value;
  for (std::size_t i = coefficients.size(); i-- > 0;) value = value * point + coefficients[i];
  return value;
}

}  // namespace

std::uint32_t quorum_for(std::uint32_t n) noexcept {
  const std::uint32_t f = n == 0 ? 0 : (n - 1) / 3;
  return (n + f + 2) / 2;  // the ceiling of (n + f + 1) / 2
}

Result<Dealing> deal(std::uint32_t quorum, std::uint32_t n, crypto::RandomSource& random) {
  if (quorum == 0 || quorum > n || n > kMaxShares) {
    return fail(Code::kUsage, "a quorum must lie between 1 and the number of shares")
        .with_reason("quorum");
  }
  const std::vector<Scalar> polynomial = random_polynomial(quorum, random);
  EMR_ASSIGN(const Element group_key, scale_base(polynomial.front()));
  std::vector<KeyShare> shares;
  std::vector<Element> verification_keys;
  for (std::uint32_t index = 1; index <= n; ++index) {
    KeyShare share{index, evaluate(polynomial, index)};
    EMR_ASSIGN(const Element key, scale_base(share.secret));
    verification_keys.push_back(key);
    shares.push_back(std::move(share));
  }
  EMR_ASSIGN(KeySet keys, KeySet::make(quorum, group_key, std::move(verification_keys)));
  return Dealing{std::move(keys), std::move(shares)};
}

}  // namespace emr::threshold
