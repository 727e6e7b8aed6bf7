// a batch of signatures gives the answers of one by one, on arithmetic of our own that is
// compared with OpenSSL (the field) and libsecp256k1 (the points).
#include "crypto/signature_batch.h"

#include <doctest/doctest.h>
#include <openssl/bn.h>

#include <algorithm>
#include <memory>

#include "base/hex.h"
#include "crypto/batch_equation.h"
#include "crypto/point_sum.h"

namespace emr::crypto {
namespace {

// --- the field -----------------------------------------------------------------------------------

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

constexpr const char* kPrimeHex =
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";

/// Limb by limb: carries may wait in any of them.
template <unsigned M>
Number number(const Field<M>& element) {
  Number sum(BN_new(), &BN_free);
  for (std::size_t i = 5; i-- > 0;) {
    BN_lshift(sum.get(), sum.get(), 52);
    BN_add_word(sum.get(), element.limbs[i]);
  }
  return sum;
}

constexpr std::uint64_t kLimbMost = std::uint64_t{1} << 53;
constexpr std::uint64_t kLastMost = std::uint64_t{1} << 49;

/// Runs of ones and limbs at their bound are where carries are lost.
FieldElement random_element(RandomSource& random) {
  FieldElement element;
  for (std::size_t i = 0; i < 5; ++i) {
    std::array<std::uint8_t, 9> bytes{};
    random.fill(bytes);
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < 8; ++k) word = word << 8 | bytes[k];
    const std::uint64_t most = i == 4 ? kLastMost : kLimbMost;
    const std::array<std::uint64_t, 6> choices = {most, most - 1, most / 2 - 1, 0, 1, most / 2};
    element.limbs[i] = bytes[8] < 6 * 20 ? choices[bytes[8] % 6] : word % most;
  }
  return element;
}

std::vector<FieldElement> elements() {
  const auto& p = field::kPrime;
  std::vector<FieldElement> all = {{{0, 0, 0, 0, 0}},
                                   {{1, 0, 0, 0, 0}},
                                   {{7, 0, 0, 0, 0}},
                                   {{field::kFold - 1, 0, 0, 0, 0}},
                                   {{field::kFold, 0, 0, 0, 0}},
                                   {{0, 0, 0, 0, std::uint64_t{1} << 48}},
                                   {{p[0] - 1, p[1], p[2], p[3], p[4]}},
                                   {p},
                                   {{p[0] + 1, p[1], p[2], p[3], p[4]}},
                                   {{2 * p[0], 2 * p[1], 2 * p[2], 2 * p[3], 2 * p[4]}},
                                   {{kLimbMost, kLimbMost, kLimbMost, kLimbMost, kLastMost}}};
  SeededRandom random("field elements");
  while (all.size() < 60) all.push_back(random_element(random));
  return all;
}

struct Reference {
  BN_CTX* room = BN_CTX_new();
  BIGNUM* prime = nullptr;
  BIGNUM* got = BN_new();
  BIGNUM* want = BN_new();
  Reference() { BN_hex2bn(&prime, kPrimeHex); }
  ~Reference() {
    BN_free(want);
    BN_free(got);
    BN_free(prime);
    BN_CTX_free(room);
  }
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;

  template <class Operation, unsigned A, unsigned B, unsigned M>
  bool agrees(Operation operation, const Field<A>& a, const Field<B>& b, const Field<M>& result) {
    for (std::size_t i = 0; i < 5; ++i) {
      if (result.limbs[i] > M * (i == 4 ? kLastMost : kLimbMost)) return false;
    }
    operation(want, number(a).get(), number(b).get(), prime, room);
    BN_nnmod(got, number(result).get(), prime, room);
    return BN_cmp(got, want) == 0 && BN_cmp(number(canonical(result)).get(), want) == 0 &&
           is_zero(result) == (BN_is_zero(want) != 0) && is_odd(result) == (BN_is_odd(want) != 0);
  }
};

TEST_CASE("R-025: the field of secp256k1 counts as OpenSSL does, at its edges too") {
  const std::vector<FieldElement> all = elements();
  Reference reference;
  std::size_t wrong = 0;
  for (const FieldElement& a : all) {
    wrong += !reference.agrees(BN_mod_mul, a, a, square(a));
    wrong += !reference.agrees(BN_mod_mul, times<4>(a), times<4>(a), square(times<4>(a)));
    wrong += !reference.agrees(BN_mod_add, a, times<63>(a), reduced(times<64>(a)));
    for (const FieldElement& b : all) {
      wrong += !reference.agrees(BN_mod_add, a, b, a + b);
      wrong += !reference.agrees(BN_mod_sub, a, b, a - b);
      wrong += !reference.agrees(BN_mod_sub, times<3>(a), times<5>(b), times<3>(a) - times<5>(b));
      wrong += !reference.agrees(BN_mod_mul, a, b, a * b);
      wrong += !reference.agrees(BN_mod_mul, times<2>(a), times<8>(b), times<2>(a) * times<8>(b));
    }
  }
  CHECK(wrong == 0);
}

std::optional<FieldElement> square_root(FieldElement value) {
  if (!square_roots({&value, 1})) return std::nullopt;
  return value;
}

TEST_CASE("R-025: square roots are found where there are any") {
  std::size_t with_root = 0;
  std::vector<FieldElement> squares;
  for (const FieldElement& a : elements()) {
    squares.push_back(square(a));
    if (const auto root = square_root(a)) {
      ++with_root;
      CHECK(square(*root) == a);
    } else {  // p = 3 mod 4: one of the two has one
      CHECK(square_root(reduced(FieldElement() - a)).has_value());
    }
  }
  CHECK(with_root > 15);
  CHECK(with_root < 45);

  std::vector<FieldElement> roots = squares;
  REQUIRE(square_roots(roots));
  for (std::size_t i = 0; i < roots.size(); ++i) CHECK(square(roots[i]) == squares[i]);
  const std::size_t last = squares.size() - 1;
  for (const std::size_t place : {std::size_t{0}, std::size_t{1}, last}) {
    roots = squares;
    roots[place] = small_element(5);  // has none
    CHECK_FALSE(square_roots(roots));
  }
}

TEST_CASE("R-025: field elements are read in their one form") {
  Hash32 bytes = *hash_from_hex(kPrimeHex);
  CHECK_FALSE(element_from_bytes(bytes).has_value());
  bytes[31] -= 1;
  CHECK(*element_from_bytes(bytes) == FieldElement() - small_element(1));
}

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

TEST_CASE("R-025: divisions by many numbers at once are right") {
  SeededRandom random("inverses");
  for (std::size_t count = 0; count < 20; ++count) {
    std::vector<FieldElement> values;
    while (values.size() < count) {
      const FieldElement value = random_element(random);
      if (!is_zero(value)) values.push_back(value);
    }
    std::vector<FieldElement> inverses = values;
    invert_all(inverses);
    for (std::size_t i = 0; i < count; ++i) CHECK(values[i] * inverses[i] == small_element(1));
  }
}

TEST_CASE("R-025: an x without a point, or not of the field, has none") {
  Hash32 x{};
  x[31] = 5;  // 5^3 + 7 is no square
  CHECK_FALSE(whole_points(std::array{HalfPoint{x, false}}).has_value());
  x = *hash_from_hex(kPrimeHex);
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
bool equation_of(const std::vector<NamedSignature>& all) {
  std::vector<BatchMember> members;
  std::vector<secp256k1_pubkey> keys;
  for (const NamedSignature& named : all) {
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
      const auto all = signed_by(keys, size, random);
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

TEST_CASE("R-025: the same signature many times is as right as once") {
  SeededRandom random("same");
  const auto keys = some_keys(1, random);
  std::vector<NamedSignature> all(20, signed_by(keys, 1, random)[0]);
  CHECK(verify_signatures(all) == std::vector<bool>(20, true));
}

}  // namespace
}  // namespace emr::crypto
