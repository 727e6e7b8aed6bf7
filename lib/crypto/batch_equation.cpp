#include "crypto/batch_equation.h"

#include <openssl/bn.h>
#include <sodium.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/check.h"
#include "crypto/hash.h"
#include "crypto/point_sum.h"

namespace emr::crypto {
namespace {

// --- numbers modulo the group order --------------------------------------------------------------

/// 1..n-1, the highest byte first: what libsecp256k1 computes with as private keys. Each operation
/// fails on zero and on what is n or more.
using Scalar = Hash32;

Scalar scalar(ByteView bytes) noexcept {
  Scalar value;
  EMR_CHECK(bytes.size() == value.size());
  std::copy(bytes.begin(), bytes.end(), value.begin());
  return value;
}

Scalar small_scalar(std::uint64_t number) noexcept {
  Scalar value{};
  for (std::size_t i = value.size(); number != 0; number >>= 8) {
    value[--i] = static_cast<std::uint8_t>(number);
  }
  return value;
}

bool multiply(Scalar& a, const Scalar& b) noexcept {
  return secp256k1_ec_seckey_tweak_mul(secp256k1(), a.data(), b.data()) == 1;
}

bool add(std::optional<Scalar>& sum, const Scalar& b) noexcept {
  if (sum) return secp256k1_ec_seckey_tweak_add(secp256k1(), sum->data(), b.data()) == 1;
  sum = b;
  return true;
}

bool invert(Scalar& a) {
  constexpr const char* kOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
  using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> room(BN_CTX_new(), &BN_CTX_free);
  const Number value(BN_bin2bn(a.data(), static_cast<int>(a.size()), nullptr), &BN_free);
  BIGNUM* read = nullptr;
  EMR_CHECK(room && value && BN_hex2bn(&read, kOrder) > 0);
  const Number order(read, &BN_free);
  const Number inverse(BN_mod_inverse(nullptr, value.get(), order.get(), room.get()), &BN_free);
  return inverse && BN_bn2binpad(inverse.get(), a.data(), static_cast<int>(a.size())) > 0;
}

/// Inverts all with one inversion: the inverse of their product, times all but one of them.
bool invert_all(std::vector<Scalar>& values) {
  std::vector<Scalar> before = values;  // products of what stands before each, and itself
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (!multiply(before[i], before[i - 1])) return false;
  }
  Scalar rest = before.back();
  if (!invert(rest)) return false;
  for (std::size_t i = values.size(); --i > 0;) {
    const Scalar value = values[i];
    values[i] = rest;
    if (!multiply(values[i], before[i - 1]) || !multiply(rest, value)) return false;
  }
  values[0] = rest;
  return true;
}

// --- the two sides -------------------------------------------------------------------------------

ByteView r_of(const BatchMember& member) { return ByteView(member.named->signature).first(32); }
ByteView s_of(const BatchMember& member) {
  return ByteView(member.named->signature).subspan(32, 32);
}

/// Weights that nobody can know before all signatures stand.
std::vector<Weight> draw_weights(std::span<const BatchMember> members) {
  Bytes all;
  all.reserve(members.size() * sizeof(NamedSignature));
  for (const BatchMember& member : members) {
    append(all, member.named->digest);
    append(all, member.named->signature);
    append(all, member.named->by.bytes);
  }
  const Hash32 seed = tagged_hash("emr/signature-batch/1", all);
  static_assert(std::tuple_size_v<Hash32> == randombytes_SEEDBYTES);
  std::vector<Weight> weights(members.size());
  randombytes_buf_deterministic(weights.data(), weights.size() * sizeof(Weight), seed.data());
  return weights;
}

bool weigh(Scalar& value, const Weight& weight) {
  std::optional<Scalar> sum = small_scalar(weight.high);
  if (!multiply(*sum, kLambda) || !add(sum, small_scalar(weight.low))) return false;
  return multiply(value, *sum);
}

/// What G and the keys are multiplied by.
struct Factors {
  std::optional<Scalar> generator;
  std::vector<std::optional<Scalar>> keys;
};

std::optional<Factors> factors_of(std::span<const BatchMember> members, std::size_t keys,
                                  const std::vector<Weight>& weights) {
  std::vector<Scalar> inverses;
  for (const BatchMember& member : members) inverses.push_back(scalar(s_of(member)));
  if (!invert_all(inverses)) return std::nullopt;
  Factors factors{std::nullopt, std::vector<std::optional<Scalar>>(keys)};
  for (std::size_t i = 0; i < members.size(); ++i) {
    Scalar weighed = inverses[i];
    if (!weigh(weighed, weights[i])) return std::nullopt;
    Scalar with_digest = weighed;
    if (!multiply(with_digest, members[i].named->digest)) return std::nullopt;
    if (!multiply(weighed, scalar(r_of(members[i])))) return std::nullopt;
    if (!add(factors.generator, with_digest)) return std::nullopt;
    if (!add(factors.keys[members[i].key], weighed)) return std::nullopt;
  }
  return factors;
}

std::optional<AffinePoint> right_side(const Factors& factors,
                                      std::span<const secp256k1_pubkey> keys) {
  std::vector<secp256k1_pubkey> points(1);
  if (!secp256k1_ec_pubkey_create(secp256k1(), points.data(), factors.generator->data())) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!factors.keys[i]) continue;
    points.push_back(keys[i]);
    if (!secp256k1_ec_pubkey_tweak_mul(secp256k1(), &points.back(), factors.keys[i]->data())) {
      return std::nullopt;
    }
  }
  std::vector<const secp256k1_pubkey*> all;
  for (const secp256k1_pubkey& point : points) all.push_back(&point);
  secp256k1_pubkey sum;
  if (!secp256k1_ec_pubkey_combine(secp256k1(), &sum, all.data(), all.size())) return std::nullopt;
  const auto bytes = uncompressed(sum);
  const auto x = element_from_bytes(ByteView(bytes).subspan(1, 32));
  const auto y = element_from_bytes(ByteView(bytes).subspan(33, 32));
  EMR_CHECK(x && y);
  return AffinePoint{*x, *y};
}

std::optional<JacobianPoint> left_side(std::span<const BatchMember> members,
                                       const std::vector<Weight>& weights) {
  std::vector<HalfPoint> halves;
  for (const BatchMember& member : members) {
    const NamedSignature& named = *member.named;
    halves.push_back({r_of(member), named.signature[64] == 28, named.point_y});
  }
  const auto whole = whole_points(halves);
  if (!whole) return std::nullopt;
  std::vector<WeightedPoint> points;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    points.push_back({(*whole)[i], weights[i]});
    members[i].named->point_y = bytes_of((*whole)[i].y);
  }
  return weighted_sum(points);
}

}  // namespace

bool equation_holds(std::span<const BatchMember> members, std::span<const secp256k1_pubkey> keys) {
  EMR_CHECK(!members.empty());
  const std::vector<Weight> weights = draw_weights(members);
  const auto left = left_side(members, weights);
  if (!left) return false;
  const auto factors = factors_of(members, keys.size(), weights);
  if (!factors) return false;
  const auto right = right_side(*factors, keys);
  return right && left->is(*right);
}

}  // namespace emr::crypto
