// CID text and bytes, the hex transcoding, and what is refused.
#include "content/cid.h"

#include <doctest/doctest.h>

#include "base/hex.h"

namespace emr::content {
namespace {

TEST_CASE("cid: the four spellings of one block") {
  const Cid cid = parse_cid("bafkreiaeneoz2kcct5z5jbuo3bog77a5o7bw4iyvzpfotaddyqmidgy4be").value();
  const std::string hex =
      "f0155122004691d9d28429f73d4868ed85c6ffc1d77c36e2315cbcae98063c418819b1c09";
  CHECK(cid_hex(cid) == hex);
  CHECK(hex.size() == 73);
  CHECK("f" + to_hex(cid_bytes(cid)) == hex);
  CHECK(format_cid(cid, CidText::kBase58).starts_with("zb2rh"));
  for (const CidText text : {CidText::kBase32, CidText::kBase58, CidText::kBase16}) {
    CHECK(parse_cid(format_cid(cid, text)).value() == cid);
  }
  CHECK(cid_from_bytes(cid_bytes(cid)).value() == cid);
}

TEST_CASE("cid: version 0 and its version 1 name") {
  const Cid v0 = parse_cid("QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH").value();
  CHECK(v0.version == 0);
  CHECK(v0.codec == Codec::kDagPb);
  CHECK(to_hex(cid_bytes(v0)) ==
        "1220bfccda787baba32b59c78450ac3d20b633360b43992c77289f9ed46d843561e6");
  const Cid v1 = parse_cid("bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y").value();
  CHECK(to_version_1(v0) == v1);
  CHECK(same_block(v0, v1));
  CHECK_FALSE(v0 == v1);
  CHECK(format_cid(v0) == "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH");
  CHECK(cid_hex(v0) == "f01701220bfccda787baba32b59c78450ac3d20b633360b43992c77289f9ed46d843561e6");
  CHECK(parse_cid(cid_hex(v0)).value() == v1);
}

TEST_CASE("cid: refused texts") {
  const char* texts[] = {
      "",
      "b",
      "Q",
      "Qm",
      "bafkreiaeneoz2kcct5z5jbuo3bog77a5o7bw4iyvzpfotaddyqmidgy4b",    // cut
      "bafkreiaeneoz2kcct5z5jbuo3bog77a5o7bw4iyvzpfotaddyqmidgy4bea",  // a character too many
      "bafkreiaeneoz2kcct5z5jbuo3bog77a5o7bw4iyvzpfotaddyqmidgy4bf",   // stray bits at the end
      "bafkreiaeneoz2kcct5z5jbuo3bog77a5o7bw4iyvzpfotaddyqmidgy4be=",  // padding
      "BAFKREIAENEOZ2KCCT5Z5JBUO3BOG77A5O7BW4IYVZPFOTADDYQMIDGY4BE",   // another base
      "bAFKREIAENEOZ2KCCT5Z5JBUO3BOG77A5O7BW4IYVZPFOTADDYQMIDGY4BE",   // wrong case
      "f0155122004691D9D28429F73D4868ED85C6FFC1D77C36E2315CBCAE98063C418819B1C09",
      "f01551220",  // no digest
      "f0155122004691d9d28429f73d4868ed85c6ffc1d77c36e2315cbcae98063c418819b1c0900",
      "f0255122004691d9d28429f73d4868ed85c6ffc1d77c36e2315cbcae98063c418819b1c09",    // version
      "f0171122004691d9d28429f73d4868ed85c6ffc1d77c36e2315cbcae98063c418819b1c09",    // dag-cbor
      "f0155132004691d9d28429f73d4868ed85c6ffc1d77c36e2315cbcae98063c418819b1c09",    // sha2-512
      "f01d500122004691d9d28429f73d4868ed85c6ffc1d77c36e2315cbcae98063c418819b1c09",  // long varint
      "f122004691d9d28429f73d4868ed85c6ffc1d77c36e2315cbcae98063c418819b1c09",        // v0 behind f
      "zQmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH",
      "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQ",
      "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1Aw0H",  // 0 is not in base58
      "bafkqaaa",                                        // identity hash
      "/ipfs/bafkreiaeneoz2kcct5z5jbuo3bog77a5o7bw4iyvzpfotaddyqmidgy4be",
  };
  for (const char* text : texts) {
    CAPTURE(text);
    const Result<Cid> cid = parse_cid(text);
    REQUIRE_FALSE(cid.ok());
    CHECK(cid.error().code == Code::kData);
  }
  CHECK_FALSE(parse_cid(std::string(100000, 'z')).ok());
}

TEST_CASE("cid: a block is checked against its name") {
  const Bytes block = to_bytes("block");
  const Cid cid = cid_of_block(block, Codec::kRaw);
  CHECK(check_block(cid, block).ok());
  CHECK(check_block(cid, as_bytes("blocK")).error().reason == "block_mismatch");
}

}  // namespace
}  // namespace emr::content
