#include "threshold/keys.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "base/hex.h"
#include "base/wire.h"
#include "crypto/hash.h"
#include "threshold/limits.h"

namespace emr::threshold {
namespace {

Error bad_keys(const char* message) {
  return fail(Code::kData, message).with_reason("threshold_keys");
}

// q ‖ n ‖ group key ‖ verification keys: what names a key set and seeds its check.
Bytes encode_public(std::uint32_t quorum, const Element& group_key,
                    const std::vector<Element>& verification_keys) {
  WireWriter writer;
  writer.u32(quorum).u32(static_cast<std::uint32_t>(verification_keys.size()));
  writer.raw(group_key.bytes);
  for (const Element& key : verification_keys) writer.raw(key.bytes);
  return std::move(writer).take();
}

// 1 / prod (point - other) over the other points 0..n.
Scalar dual_coefficient(std::uint32_t point, std::uint32_t n) {
  Scalar product = Scalar::from_u32(1);
  for (std::uint32_t other = 0; other <= n; ++other) {
    if (other != point) product = product * (Scalar::from_u32(point) - Scalar::from_u32(other));
  }
  return product.inverse();
}

Scalar evaluate(const std::vector<Scalar>& coefficients, std::uint32_t at) {
  Scalar value;
  for (std::size_t i = coefficients.size(); i-- > 0;) {
    value = value * Scalar::from_u32(at) + coefficients[i];
  }
  return value;
}

// Do the exponents of (group key, keys 1..n) lie on a polynomial of degree quorum - 1? A word of
// the dual code is orthogonal to every such row of values, and a random one to no other row except
// with probability 1/order. (Cascudo and David, "SCRAPE", 2017: n multiplications instead of n
// times quorum.) The word is drawn from the keys themselves, so the check needs no randomness.
bool is_consistent(std::uint32_t quorum, const Element& group_key, const std::vector<Element>& keys,
                   ByteView encoded) {
  const auto n = static_cast<std::uint32_t>(keys.size());
  std::vector<Scalar> word;
  for (std::uint32_t i = 0; i <= n - quorum; ++i) {
    word.push_back(Scalar::hash("emr/threshold-check/1", {encoded, WireWriter().u32(i).bytes()}));
  }
  const Scalar at_zero = dual_coefficient(0, n) * evaluate(word, 0);
  const Result<Element> expected = scale(Scalar() - at_zero, group_key);
  if (!expected) return false;
  std::optional<Element> sum;
  for (std::uint32_t i = 1; i <= n; ++i) {
    const Result<Element> term = scale(dual_coefficient(i, n) * evaluate(word, i), keys[i - 1]);
    if (!term) return false;
    const Result<Element> next = sum ? add(*sum, *term) : term;
    if (!next) return false;
    sum = *next;
  }
  return *sum == *expected;
}

}  // namespace

Result<KeySet> KeySet::make(std::uint32_t quorum, const Element& group_key,
                            std::vector<Element> verification_keys) {
  if (verification_keys.empty() || verification_keys.size() > kMaxShares || quorum == 0 ||
      quorum > verification_keys.size()) {
    return bad_keys("the numbers of a threshold key do not fit");
  }
  const Bytes encoded = encode_public(quorum, group_key, verification_keys);
  if (!is_consistent(quorum, group_key, verification_keys, encoded)) {
    return bad_keys("the verification keys do not belong to the group key");
  }
  KeySet keys;
  keys.quorum_ = quorum;
  keys.group_key_ = group_key;
  keys.verification_keys_ = std::move(verification_keys);
  keys.key_id_ = to_hex(ByteView(crypto::tagged_hash("emr/threshold-key/1", encoded)).first(8));
  return keys;
}

Result<KeySet> KeySet::decode(std::uint32_t quorum, const Hash32& group_key,
                              std::span<const Hash32> verification_keys) {
  EMR_ASSIGN(const Element group, Element::decode(group_key));
  std::vector<Element> verification;
  for (const Hash32& key : verification_keys) {
    EMR_ASSIGN(const Element element, Element::decode(key));
    verification.push_back(element);
  }
  return make(quorum, group, std::move(verification));
}

const Element& KeySet::verification_key(std::uint32_t index) const {
  EMR_CHECK(index >= 1 && index <= size());
  return verification_keys_[index - 1];
}

crypto::SecretBytes KeyShare::encode() const {
  return crypto::SecretBytes(std::move(WireWriter().u32(index).raw(secret.bytes())).take());
}

Result<KeyShare> KeyShare::decode(ByteView bytes) {
  WireReader reader(bytes);
  KeyShare share;
  share.index = reader.u32();
  const ByteView scalar = reader.raw(32);
  if (share.index == 0 || share.index > kMaxShares) reader.reject();
  if (!reader.finish()) return fail(Code::kData, "not a key share").with_reason("share");
  EMR_ASSIGN(share.secret, Scalar::decode(scalar));
  return share;
}

Status check_share(const KeySet& keys, const KeyShare& share) {
  if (share.index >= 1 && share.index <= keys.size()) {
    const Result<Element> key = scale_base(share.secret);
    if (key && *key == keys.verification_key(share.index)) return {};
  }
  return fail(Code::kNegative, "the key share does not belong to this threshold key")
      .with_reason("share");
}

Scalar lagrange_at_zero(std::uint32_t index, const std::vector<std::uint32_t>& indices) {
  Scalar numerator = Scalar::from_u32(1);
  Scalar denominator = Scalar::from_u32(1);
  bool found = false;
  for (const std::uint32_t other : indices) {
    EMR_CHECK(other != 0);
    if (other == index) {
      EMR_CHECK(!found);
      found = true;
      continue;
    }
    numerator = numerator * Scalar::from_u32(other);
    denominator = denominator * (Scalar::from_u32(other) - Scalar::from_u32(index));
  }
  EMR_CHECK(found);
  return numerator * denominator.inverse();
}

}  // namespace emr::threshold
