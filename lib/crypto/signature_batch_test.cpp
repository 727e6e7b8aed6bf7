// a batch of signatures gives the answers of one by one, on sums of points that are compared
// with libsecp256k1.
#include "crypto/signature_batch.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "crypto/batch_equation.h"
#include "crypto/point_sum.h"

namespace emr::crypto {
namespace {

// --- sums of points ------------------------------------------------------------------------------

struct Known {
  secp256k1_pubkey key;
  AffinePoint point;
};

Known known_point(RandomSource& random) {
  Known known;
  const SigningKey key = SigningKey::generate(random);
  const PublicKey& encoded = key.public_key();
  REQUIRE(secp256k1_ec_pubkey_parse(secp256k1(), &known.key, encoded.data(), encoded.size()) == 1);
  const HalfPoint half{ByteView(encoded).subspan(1), encoded[0] == 3};
  const auto points = whole_points({&half, 1});
  REQUIRE(points.has_value());
  known.point = points->front();
  return known;
}

AffinePoint negated(const AffinePoint& point) {
  return {point.x, reduced(FieldElement() - point.y)};
}

Hash32 scalar(std::uint64_t value) {
  Hash32 bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[31 - i] = static_cast<std::uint8_t>(value >> 8 * i);
  return bytes;
}

/// (low + high * lambda) times the key, by libsecp256k1; no weight may be zero there.
secp256k1_pubkey multiplied(const secp256k1_pubkey& key, const Weight& weight) {
  Hash32 factor = scalar(weight.high);
  REQUIRE(secp256k1_ec_seckey_tweak_mul(secp256k1(), factor.data(), kLambda.data()) == 1);
  const Hash32 low = scalar(weight.low);
  REQUIRE(secp256k1_ec_seckey_tweak_add(secp256k1(), factor.data(), low.data()) == 1);
  secp256k1_pubkey product = key;
  REQUIRE(secp256k1_ec_pubkey_tweak_mul(secp256k1(), &product, factor.data()) == 1);
  return product;
}

bool same(const JacobianPoint& sum, const std::vector<secp256k1_pubkey>& parts) {
  std::vector<const secp256k1_pubkey*> all;
  for (const auto& part : parts) all.push_back(&part);
  secp256k1_pubkey want;
  REQUIRE(secp256k1_ec_pubkey_combine(secp256k1(), &want, all.data(), all.size()) == 1);
  const auto bytes = uncompressed(want);
  return sum.is({*element_from_bytes(ByteView(bytes).subspan(1, 32)),
                 *element_from_bytes(ByteView(bytes).subspan(33, 32))});
}

TEST_CASE("R-025: sums of weighted points are those of libsecp256k1") {
  SeededRandom random("points");
  const std::uint64_t ones = ~std::uint64_t{0};
  std::vector<Weight> weights = {{1, 1}, {ones, ones}, {16, 17}, {15, 31}, {1, ones}, {ones, 1},
                                 {std::uint64_t{1} << 63, 32}};
  while (weights.size() < 70) {
    Weight weight;
    random.fill({reinterpret_cast<std::uint8_t*>(&weight), sizeof weight});
    weights.push_back(weight);
  }
  std::vector<WeightedPoint> points;
  std::vector<secp256k1_pubkey> parts;
  for (const Weight& weight : weights) {
    const Known known = known_point(random);
    points.push_back({known.point, weight});
    parts.push_back(multiplied(known.key, weight));
    CHECK(same(weighted_sum(points), parts));
  }
}

TEST_CASE("R-025: equal and opposite points, and weights of zero, are summed too") {
  SeededRandom random("equal points");
  const Known one = known_point(random);
  const std::vector<secp256k1_pubkey> once = {multiplied(one.key, {5, 9})};
  const std::vector<WeightedPoint> in_pieces = {
      {one.point, {2, 3}}, {one.point, {2, 3}}, {one.point, {1, 3}}};
  CHECK(same(weighted_sum(in_pieces), once));
  const std::vector<WeightedPoint> back = {
      {one.point, {7, 9}}, {negated(one.point), {2, 0}}, {one.point, {0, 0}}};
  CHECK(same(weighted_sum(back), once));
  const std::vector<WeightedPoint> nothing = {{one.point, {7, 9}}, {negated(one.point), {7, 9}}};
  CHECK(is_zero(weighted_sum(nothing).z));
  CHECK_FALSE(weighted_sum(nothing).is(one.point));
  CHECK(is_zero(weighted_sum({}).z));
}

TEST_CASE("R-025: hundreds of equal and opposite points are summed too, in every order") {
  SeededRandom random("many equal points");
  const Known one = known_point(random);
  const Known other = known_point(random);
  const AffinePoint opposite = negated(one.point);
  const Weight weight{0x0123456789abcdef, 0xfedcba9876543210};
  std::vector<WeightedPoint> points(256, {one.point, weight});
  CHECK(same(weighted_sum(points), std::vector(256, multiplied(one.key, weight))));
  for (std::size_t i = 0; i < 256; i += 2) points[i].point = opposite;  // each beside its opposite
  CHECK(is_zero(weighted_sum(points).z));
  points.push_back({other.point, weight});
  CHECK(same(weighted_sum(points), {multiplied(other.key, weight)}));
  for (std::size_t i = 0; i < 256; ++i) points[i].point = i < 128 ? one.point : opposite;
  CHECK(same(weighted_sum(points), {multiplied(other.key, weight)}));
}

TEST_CASE("R-025: an x without a point, or not of the field, has none") {
  Hash32 x{};
  x[31] = 5;  // 5^3 + 7 is no square
  CHECK_FALSE(whole_points(std::array{HalfPoint{x, false}}).has_value());
  x = bytes_of(reduced(FieldElement() - small_element(1)));
  x[31] += 1;  // the prime
  CHECK_FALSE(whole_points(std::array{HalfPoint{x, false}}).has_value());
}

// --- batches -------------------------------------------------------------------------------------

std::vector<NamedSignature> signed_by(std::span<const SigningKey> keys, std::size_t count,
                                      RandomSource& random) {
  std::vector<NamedSignature> all;
  for (std::size_t i = 0; i < count; ++i) {
    const SigningKey& key = keys[i % keys.size()];
    NamedSignature named;
    named.digest = random.hash32();
    named.signature = key.sign(named.digest);
    named.by = key.address();
    all.push_back(named);
  }
  return all;
}

std::vector<SigningKey> some_keys(std::size_t count, RandomSource& random) {
  std::vector<SigningKey> keys;
  while (keys.size() < count) keys.push_back(SigningKey::generate(random));
  return keys;
}

std::vector<bool> one_by_one(const std::vector<NamedSignature>& all) {
  std::vector<bool> verdicts;
  for (const NamedSignature& named : all) {
    const auto signer = recover(named.digest, named.signature);
    verdicts.push_back(signer.ok() && *signer == named.by);
  }
  return verdicts;
}

/// Right signatures must fulfil the equation; one by one they would pass without it.
bool equation_of(std::vector<NamedSignature>& all) {
  std::vector<BatchMember> members;
  std::vector<secp256k1_pubkey> keys;
  for (NamedSignature& named : all) {
    members.push_back({&named, keys.size()});
    keys.push_back(*recover_key(named.digest, named.signature));
  }
  return equation_holds(members, keys);
}

TEST_CASE("R-025: batches of any size and number of keys are right") {
  SeededRandom random("batches");
  CHECK(verify_signatures({}).empty());
  for (const std::size_t number : {1, 2, 5, 40}) {
    const auto keys = some_keys(number, random);
    for (const std::size_t size : {1, 2, 7, 8, 9, 10, 33, 64, 200}) {
      auto all = signed_by(keys, size, random);
      CHECK(verify_signatures(all) == std::vector<bool>(size, true));
      CHECK(equation_of(all));
    }
  }
}

TEST_CASE("R-025: each wrong signature of a batch is found, and no other") {
  SeededRandom random("wrong");
  const auto keys = some_keys(2, random);
  const auto good = signed_by(keys, 24, random);
  using Change = void (*)(NamedSignature&);
  const std::vector<Change> changes = {
      [](NamedSignature& n) { n.digest[0] ^= 1; },
      [](NamedSignature& n) { n.digest[31] ^= 0x80; },
      [](NamedSignature& n) { n.digest = {}; },
      [](NamedSignature& n) { n.digest.fill(0xff); },
      [](NamedSignature& n) { n.signature[0] ^= 1; },
      [](NamedSignature& n) { n.signature[31] ^= 1; },
      [](NamedSignature& n) { n.signature[40] ^= 1; },
      [](NamedSignature& n) { n.signature[63] ^= 1; },
      [](NamedSignature& n) { n.signature[64] ^= 7; },  // 27 and 28 change places
      [](NamedSignature& n) { n.signature[64] = 29; },
      [](NamedSignature& n) { n.signature[64] = 0; },
      [](NamedSignature& n) { std::fill_n(n.signature.begin(), 32, std::uint8_t{0}); },
      [](NamedSignature& n) { std::fill_n(n.signature.begin() + 32, 32, std::uint8_t{0}); },
      [](NamedSignature& n) { std::fill_n(n.signature.begin(), 64, std::uint8_t{0xff}); },
      [](NamedSignature& n) { n.by.bytes[19] ^= 1; },
  };
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (const Change change : changes) {
      auto all = good;
      change(all[place]);
      CHECK(verify_signatures(all) == one_by_one(all));
      CHECK_FALSE(verify_signatures(all)[place]);
    }
  }
}

TEST_CASE("R-025: signatures that change places are found") {
  SeededRandom random("places");
  const auto keys = some_keys(1, random);
  auto all = signed_by(keys, 16, random);
  std::swap(all[3].signature, all[9].signature);
  CHECK(verify_signatures(all) == one_by_one(all));
  CHECK_FALSE(verify_signatures(all)[3]);
}

TEST_CASE("R-025: errors that would cancel each other without weights are found") {
  SeededRandom random("cancel");
  const auto keys = some_keys(1, random);
  auto all = signed_by(keys, 16, random);
  // z + s and z - s: the sum of z/s is what it was.
  Hash32 s;
  std::copy_n(all[4].signature.begin() + 32, 32, s.begin());
  REQUIRE(secp256k1_ec_seckey_tweak_add(secp256k1(), all[4].digest.data(), s.data()) == 1);
  std::copy_n(all[5].signature.begin() + 32, 32, s.begin());
  REQUIRE(secp256k1_ec_seckey_negate(secp256k1(), s.data()) == 1);
  REQUIRE(secp256k1_ec_seckey_tweak_add(secp256k1(), all[5].digest.data(), s.data()) == 1);
  CHECK(verify_signatures(all) == one_by_one(all));
  CHECK_FALSE(verify_signatures(all)[4]);
  CHECK_FALSE(verify_signatures(all)[5]);
}

TEST_CASE("R-025: batches learn the y of their points, and what is said of them decides nothing") {
  SeededRandom random("points");
  auto all = signed_by(some_keys(2, random), 24, random);
  CHECK(verify_signatures(all) == std::vector<bool>(24, true));
  const std::vector<NamedSignature> learned = all;
  std::size_t known = 0;
  for (const NamedSignature& named : learned) {
    if (named.point_y == Hash32{}) continue;  // the first of an account tells its key
    const auto y = element_from_bytes(named.point_y);
    const auto x = element_from_bytes(ByteView(named.signature).first(32));
    REQUIRE((x && y));
    CHECK(square(*y) == square(*x) * *x + small_element(7));
    CHECK(is_odd(*y) == (named.signature[64] == 28));
    ++known;
  }
  CHECK(known == 22);
  using Change = void (*)(NamedSignature&);
  const std::vector<Change> lies = {
      [](NamedSignature& n) { n.point_y = {}; },
      [](NamedSignature& n) { n.point_y[31] ^= 1; },
      [](NamedSignature& n) { n.point_y.fill(0xff); },
      [](NamedSignature& n) {
        n.point_y = bytes_of(reduced(FieldElement() - *element_from_bytes(n.point_y)));
      },
      [](NamedSignature& n) { n.signature[64] ^= 7; },  // wrong with its y too
      [](NamedSignature& n) { n.digest[0] ^= 1; },
  };
  for (const Change lie : lies) {
    all = learned;
    lie(all[7]);
    CHECK(verify_signatures(all) == one_by_one(all));
    std::swap(all[9].point_y, all[10].point_y);
    CHECK(verify_signatures(all) == one_by_one(all));
    CHECK(all[9].point_y == learned[9].point_y);
  }
}

TEST_CASE("R-025: the same signature many times is as right as once") {
  SeededRandom random("same");
  const auto keys = some_keys(1, random);
  std::vector<NamedSignature> all(20, signed_by(keys, 1, random)[0]);
  CHECK(verify_signatures(all) == std::vector<bool>(20, true));
}

}  // namespace
}  // namespace emr::crypto
