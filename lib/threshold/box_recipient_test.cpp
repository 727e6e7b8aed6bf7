#include "threshold/box_recipient.h"

#include <doctest/doctest.h>

namespace emr::threshold {
namespace {

/// What both ways make of the same randomness: the same bytes, or the same refusal.
void check_same(const crypto::BoxPublicKey& key, std::uint64_t seed) {
  crypto::SeededRandom ours(seed);
  crypto::SeededRandom theirs(seed);
  const Bytes text = crypto::SeededRandom(seed).bytes(seed % 50);
  const auto prepared = BoxRecipient(key).seal(text, ours);
  const auto ladder = crypto::seal_box(key, text, theirs);
  REQUIRE(prepared.ok() == ladder.ok());
  if (prepared) {
    CHECK(*prepared == *ladder);
  } else {
    CHECK(prepared.error().reason == ladder.error().reason);
  }
}

TEST_CASE("a prepared recipient gets the same boxes") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    crypto::SeededRandom random(seed + 1000);
    const crypto::BoxKeyPair pair = crypto::generate_box_keys(random);
    check_same(pair.public_key, seed);
    crypto::SeededRandom once(seed);
    const auto sealed = BoxRecipient(pair.public_key).seal(as_bytes("key"), once);
    const auto opened = crypto::open_sealed_box(pair.secret, sealed.value());
    REQUIRE(opened.ok());
    CHECK(opened->text() == "key");
  }
}

TEST_CASE("keys that nobody made: points of the twist, of small order, not reduced, any bytes") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    crypto::BoxPublicKey key{};
    crypto::SeededRandom(seed + 2000).fill(key);  // half of them lie on the twist
    check_same(key, seed);
  }
  for (const int first : {0, 1, 2, 9, 0xeb, 0xec, 0xed, 0xee, 0xef, 0xff}) {
    for (const int rest : {0, 0xff}) {
      for (const int last : {0, 0x7f, 0x80, 0xff}) {
        crypto::BoxPublicKey key;
        key.fill(static_cast<std::uint8_t>(rest));
        key.front() = static_cast<std::uint8_t>(first);
        key.back() = static_cast<std::uint8_t>(last);
        check_same(key, static_cast<std::uint64_t>(first));
      }
    }
  }
}

}  // namespace
}  // namespace emr::threshold
