// the arithmetic of our own below batches of signatures, compared with OpenSSL.
#include "crypto/secp256k1_field.h"

#include <doctest/doctest.h>
#include <openssl/bn.h>

#include <memory>

#include "base/hex.h"
#include "crypto/random.h"

namespace emr::crypto {
namespace {

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
  CHECK(bytes_of(*element_from_bytes(bytes)) == bytes);
  CHECK(bytes_of({field::kPrime}) == Hash32{});
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

}  // namespace
}  // namespace emr::crypto
