// The cryptography of custody: any quorum opens, fewer learn nothing, nobody can lie unnoticed.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/hex.h"
#include "crypto/hash.h"
#include "threshold/dealer.h"
#include "threshold/limits.h"
#include "threshold/tdh2.h"

namespace emr::threshold {
namespace {

using crypto::Secret32;
using crypto::SeededRandom;

const ByteView kLabel = as_bytes("label");
const ByteView kContext = as_bytes("context");

struct Setup {
  Dealing dealing;
  Secret32 content_key;
  Ciphertext ciphertext;
  std::vector<PartialDecryption> partials;  ///< of every share, in order

  const KeySet& keys() const { return dealing.keys; }
  CheckedCiphertext checked() const { return *check(keys().group_key(), ciphertext, kLabel); }
};

Setup make_setup(std::uint32_t quorum, std::uint32_t n, std::uint64_t seed) {
  SeededRandom random(seed);
  Dealing dealing = *deal(quorum, n, random);
  Secret32 key = random.secret32();
  const Ciphertext ciphertext = *encrypt(dealing.keys.group_key(), kLabel, key, random);
  Setup setup{std::move(dealing), std::move(key), ciphertext, {}};
  const CheckedCiphertext checked = setup.checked();
  for (const KeyShare& share : setup.dealing.shares) {
    setup.partials.push_back(*partial_decrypt(share, checked, kContext, random));
  }
  return setup;
}

TEST_CASE("the quorum of the design") {
  const std::uint32_t expected[] = {3, 4, 4, 5, 6, 6, 7};  // n = 4..10
  for (std::uint32_t n = 4; n <= 10; ++n) CHECK(quorum_for(n) == expected[n - 4]);
}

TEST_CASE("a fixed base gives the bytes of the library: every digit, sign and edge of a scalar") {
  SeededRandom random(25519);
  const auto scalar_of = [](std::uint8_t fill, std::uint8_t top) {
    Hash32 bytes;
    bytes.fill(fill);
    bytes[31] = top;
    return *Scalar::decode(bytes);
  };
  std::vector<Scalar> scalars = {Scalar::from_u32(1), Scalar::from_u32(2), Scalar::from_u32(8),
                                 Scalar::from_u32(0x88888888), Scalar() - Scalar::from_u32(1),
                                 scalar_of(0x88, 0x08), scalar_of(0x77, 0x07),
                                 scalar_of(0xFF, 0x0F), scalar_of(0x80, 0x00)};
  for (int i = 0; i < 60; ++i) scalars.push_back(Scalar::random(random));
  std::vector<Element> elements = {*scale_base(Scalar::from_u32(1)),
                                   hash_to_element("emr/tdh2/generator/1", {})};
  for (int i = 0; i < 6; ++i) elements.push_back(*scale_base(Scalar::random(random)));
  for (const Element& element : elements) {
    const FixedBase base(element);
    CHECK(base.element() == element);
    CHECK_FALSE(base.times(Scalar()).ok());
    for (const Scalar& scalar : scalars) {
      CHECK(*base.times(scalar) == *scale(scalar, element));
    }
  }
}

TEST_CASE("any q of n combine, q - 1 do not (n = 4..10)") {
  for (std::uint32_t n = 4; n <= 10; ++n) {
    const std::uint32_t quorum = quorum_for(n);
    const Setup setup = make_setup(quorum, n, n);
    const CheckedCiphertext checked = setup.checked();
    std::vector<bool> chosen(n, false);
    std::fill(chosen.end() - quorum, chosen.end(), true);
    do {
      std::vector<PartialDecryption> subset;
      for (std::uint32_t i = 0; i < n; ++i) {
        if (chosen[i]) subset.push_back(setup.partials[i]);
      }
      const Result<Combined> combined = combine(setup.keys(), checked, subset, kContext);
      REQUIRE(combined.ok());
      CHECK(combined->content_key.bytes() == setup.content_key.bytes());
      CHECK(combined->rejected.empty());
      subset.pop_back();
      const Result<Combined> fewer = combine(setup.keys(), checked, subset, kContext);
      CHECK(fewer.error().reason == "too_few_parts");
      CHECK(fewer.error().code == Code::kTempFail);
      // The same part twice is still one part.
      subset.push_back(subset.front());
      CHECK_FALSE(combine(setup.keys(), checked, subset, kContext).ok());
    } while (n <= 5 && std::next_permutation(chosen.begin(), chosen.end()));
  }
}

TEST_CASE("a ciphertext copied under another label or key is refused before any share is used") {
  const Setup setup = make_setup(3, 4, 1);
  const Result<CheckedCiphertext> other_label =
      check(setup.keys().group_key(), setup.ciphertext, as_bytes("label2"));
  REQUIRE_FALSE(other_label.ok());
  CHECK(other_label.error().reason == "ciphertext_proof");
  CHECK(other_label.error().code == Code::kNegative);
  SeededRandom random(99);
  const Element other_key = deal(3, 4, random)->keys.group_key();
  CHECK_FALSE(check(other_key, setup.ciphertext, kLabel).ok());
}

TEST_CASE("every byte of a ciphertext is bound by its proof") {
  const Setup setup = make_setup(3, 4, 2);
  const Bytes encoded = setup.ciphertext.encode();
  REQUIRE(encoded.size() == kCiphertextBytes);
  CHECK(Ciphertext::decode(encoded)->encode() == encoded);
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    Bytes changed = encoded;
    changed[i] ^= 1;
    const Result<Ciphertext> decoded = Ciphertext::decode(changed);
    CHECK_FALSE((decoded.ok() && check(setup.keys().group_key(), *decoded, kLabel).ok()));
  }
  CHECK_FALSE(Ciphertext::decode(ByteView(encoded).first(159)).ok());
}

TEST_CASE("a forged part is refused and its index named, the others still open") {
  Setup setup = make_setup(3, 4, 3);
  const CheckedCiphertext checked = setup.checked();
  setup.partials[1].part = setup.partials[0].part;
  CHECK(verify_partial(setup.keys(), checked, setup.partials[1], kContext).error().reason ==
        "partial_proof");
  const Result<Combined> combined = combine(setup.keys(), checked, setup.partials, kContext);
  REQUIRE(combined.ok());
  CHECK(combined->content_key.bytes() == setup.content_key.bytes());
  CHECK(combined->rejected == std::vector<std::uint32_t>{2});
  setup.partials.pop_back();
  const Result<Combined> too_few = combine(setup.keys(), checked, setup.partials, kContext);
  REQUIRE_FALSE(too_few.ok());
  CHECK(too_few.error().message.find("index 2") != std::string::npos);
}

TEST_CASE("a part does not verify for another index, context, ciphertext or after a change") {
  const Setup setup = make_setup(3, 4, 4);
  const CheckedCiphertext checked = setup.checked();
  const PartialDecryption& good = setup.partials[0];
  CHECK(verify_partial(setup.keys(), checked, good, kContext).ok());
  CHECK_FALSE(verify_partial(setup.keys(), checked, good, as_bytes("other access")).ok());
  for (const std::uint32_t index : {0U, 2U, 5U, 0xffffffffU}) {
    PartialDecryption moved = good;
    moved.index = index;
    CHECK_FALSE(verify_partial(setup.keys(), checked, moved, kContext).ok());
  }
  SeededRandom random(5);
  const Ciphertext other = *encrypt(setup.keys().group_key(), kLabel, setup.content_key, random);
  const CheckedCiphertext other_checked = *check(setup.keys().group_key(), other, kLabel);
  CHECK_FALSE(verify_partial(setup.keys(), other_checked, good, kContext).ok());
  const Bytes encoded = good.encode();
  REQUIRE(encoded.size() == kPartialBytes);
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    Bytes changed = encoded;
    changed[i] ^= 1;
    const Result<PartialDecryption> decoded = PartialDecryption::decode(changed);
    CHECK_FALSE((decoded.ok() && verify_partial(setup.keys(), checked, *decoded, kContext).ok()));
  }
}

TEST_CASE("the same key sealed twice looks different") {
  const Setup setup = make_setup(3, 4, 6);
  SeededRandom random(7);
  const Ciphertext again = *encrypt(setup.keys().group_key(), kLabel, setup.content_key, random);
  CHECK(again.masked_key != setup.ciphertext.masked_key);
  CHECK(again.u != setup.ciphertext.u);
}

TEST_CASE("shares: encoded, checked against the key set") {
  const Setup setup = make_setup(3, 4, 8);
  const KeyShare& share = setup.dealing.shares[2];
  const KeyShare decoded = *KeyShare::decode(share.encode().view());
  CHECK(decoded.index == 3);
  CHECK(check_share(setup.keys(), decoded).ok());
  CHECK(check_share(setup.keys(), {2, decoded.secret}).error().reason == "share");
  CHECK_FALSE(check_share(setup.keys(), {5, decoded.secret}).ok());
  CHECK_FALSE(KeyShare::decode(Bytes(36)).ok());
  CHECK_FALSE(KeyShare::decode(share.encode().view().first(35)).ok());
  CHECK_FALSE(KeyShare::decode(Bytes(36, 0xff)).ok());
}

TEST_CASE("a key set whose parts do not belong together is refused") {
  SeededRandom random(9);
  for (const std::uint32_t n : {1U, 4U, 7U, 10U}) {
    const std::uint32_t quorum = quorum_for(n);
    const Dealing dealing = *deal(quorum, n, random);
    const std::vector<Element>& good = dealing.keys.verification_keys();
    const Element& group = dealing.keys.group_key();
    const Result<KeySet> same = KeySet::make(quorum, group, good);
    REQUIRE(same.ok());
    CHECK(same->key_id() == dealing.keys.key_id());
    CHECK(same->key_id().size() == 16);
    for (std::size_t i = 0; i < good.size(); ++i) {
      std::vector<Element> changed = good;
      changed[i] = *add(changed[i], *scale_base(Scalar::from_u32(1)));
      CHECK_FALSE(KeySet::make(quorum, group, changed).ok());
    }
    CHECK_FALSE(KeySet::make(quorum, *add(group, group), good).ok());
    if (quorum > 1) CHECK_FALSE(KeySet::make(quorum - 1, group, good).ok());
    CHECK_FALSE(KeySet::make(n + 1, group, good).ok());
    CHECK_FALSE(KeySet::make(0, group, good).ok());
  }
  CHECK_FALSE(KeySet::make(1, Element{}, {}).ok());
  CHECK(deal(5, 4, random).error().reason == "quorum");
  CHECK_FALSE(deal(0, 4, random).ok());
  CHECK_FALSE(deal(2, kMaxShares + 1, random).ok());
}

TEST_CASE("decoders take canonical bytes only") {
  CHECK_FALSE(Element::decode(Bytes(32)).ok());  // the identity
  CHECK_FALSE(Element::decode(Bytes(31, 1)).ok());
  // Bad encodings of RFC 9496, appendix A.2: not canonical, negative, not on the curve.
  for (const char* text : {"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                           "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "0100000000000000000000000000000000000000000000000000000000000000",
                           "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"}) {
    CHECK(Element::decode(*from_hex(text)).error().reason == "group_element");
  }
  CHECK(
      Element::decode(*from_hex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))
          .ok());
  // The group order itself, and one less.
  const char* order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
  const char* below = "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
  CHECK(Scalar::decode(*from_hex(order)).error().reason == "scalar");
  CHECK(Scalar::decode(*from_hex(below)).ok());
}

TEST_CASE("hashing to the group separates tags, parts and lengths") {
  CHECK(hash_to_element("a", as_bytes("x")) != hash_to_element("b", as_bytes("x")));
  const auto hash = [](std::initializer_list<ByteView> parts) {
    return Scalar::hash("t", parts).bytes();
  };
  CHECK(hash({as_bytes("ab"), as_bytes("c")}) != hash({as_bytes("a"), as_bytes("bc")}));
  CHECK(hash({as_bytes("abc")}) != hash({as_bytes("abc"), {}}));
}

TEST_CASE("the sum of two dealings is a dealing: what distributed generation builds on") {
  SeededRandom random(11);
  const Dealing a = *deal(3, 4, random);
  const Dealing b = *deal(3, 4, random);
  std::vector<Element> keys;
  for (std::uint32_t i = 1; i <= 4; ++i) {
    keys.push_back(*add(a.keys.verification_key(i), b.keys.verification_key(i)));
  }
  const Element group = *add(a.keys.group_key(), b.keys.group_key());
  const Result<KeySet> sum = KeySet::make(3, group, keys);
  REQUIRE(sum.ok());
  CHECK(check_share(*sum, {2, a.shares[1].secret + b.shares[1].secret}).ok());
}

}  // namespace
}  // namespace emr::threshold
