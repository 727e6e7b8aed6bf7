#include "crypto/hash.h"

#include <doctest/doctest.h>

#include "crypto/aead.h"
#include "crypto/box.h"
#include "crypto/eip191.h"
#include "crypto/pseudonyms.h"
#include "crypto/random.h"
#include "crypto/sha256_block.h"
#include "crypto/short_hmac.h"
#include "crypto/test_vectors.h"

#include <sodium.h>

namespace emr::crypto {
namespace {

using test::text_of;
using test::unhex;
using test::unhex32;

TEST_CASE("keccak256: known answers around the rate, in one piece and in many") {
  struct Case {
    Bytes input;
    const char* digest;
  };
  // The first two from the Keccak team's vectors, the others recomputed with ethers 6.17.
  const Case cases[] = {
      {{}, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
      {to_bytes("abc"), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"},
      {to_bytes("hello"), "1c8aff950685c2ed4bc3174f3472287b56d9517b9c948127319a09a7a36deac8"},
  };
  for (const Case& c : cases) CHECK(to_hex(keccak256(c.input)) == c.digest);
  for (const std::size_t size : {0, 1, 7, 8, 135, 136, 137, 271, 272, 273, 1000}) {
    const Bytes input = SeededRandom(size).bytes(size);
    Keccak256 pieces;
    for (std::size_t i = 0; i < size; i += 5) {
      pieces.update(ByteView(input).subspan(i, std::min<std::size_t>(5, size - i)));
    }
    CHECK(pieces.finish() == keccak256(input));
  }
}

TEST_CASE("keccak256: shared vectors") {
  const test::Json vectors = test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("keccak256")) {
    CHECK(to_hex_0x(keccak256(unhex(text_of(v, "input")))) == text_of(v, "keccak256"));
  }
}

TEST_CASE("HMAC: short data take a way of their own and have the same code") {
  const HmacSha256 keyed(Bytes(32, 0x42));
  Bytes data;
  for (std::size_t size = 0; size <= 130; ++size) {
    CHECK(keyed.mac(data) == keyed.mac({ByteView(data)}));
    data.push_back(static_cast<std::uint8_t>(7 * size + 1));
  }
}

TEST_CASE("HMAC: two at once, and without the processor's instructions") {
  const Bytes keys[] = {Bytes(32, 0x42), Bytes(70, 0x43)};
  const ShortHmac one(keys[0]);
  const ShortHmac other(keys[1]);
  for (std::size_t size = 0; size <= ShortHmac::kMaxBytes; ++size) {
    const Bytes first = SeededRandom(size).bytes(size);
    const Bytes second = SeededRandom(size + 100).bytes(ShortHmac::kMaxBytes - size);
    Hash32 a{};
    Hash32 b{};
    ShortHmac::two({&one, first, &a}, {&other, second, &b});
    CHECK(a == HmacSha256(keys[0]).mac({ByteView(first)}));
    CHECK(b == HmacSha256(keys[1]).mac({ByteView(second)}));
    CHECK(a == one.mac(first));
  }
  Sha256State inner{};
  Sha256State outer{};
  for (std::size_t size = 0; size <= ShortMac::kMaxBytes; ++size) {
    const Bytes data = SeededRandom(size).bytes(size);
    inner[size % 8] += 0x12345678;
    outer[size % 7] ^= 0x9abcdef0;
    Hash32 a{};
    Hash32 b{};
    short_mac({&inner, &outer, data, &a});
    short_mac_portably({&inner, &outer, data, &b});
    CHECK(a == b);
  }
}

TEST_CASE("SHA-256, HMAC and HKDF: RFC 4231 and RFC 5869") {
  CHECK(to_hex(sha256(as_bytes("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const Bytes key(20, 0x0b);
  CHECK(to_hex(hmac_sha256(key, as_bytes("Hi There"))) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  const Bytes long_key(131, 0xaa);
  CHECK(
      to_hex(HmacSha256(long_key).mac("Test Using Larger Than Block-Size Key - Hash Key First")) ==
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  const SecretBytes okm = hkdf_sha256(Bytes(22, 0x0b), unhex("000102030405060708090a0b0c"),
                                      unhex("f0f1f2f3f4f5f6f7f8f9"), 42);
  CHECK(to_hex(okm.view()) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        "34007208d5b887185865");
  const HmacSha256 keyed(key);
  CHECK(keyed.mac({as_bytes("Hi"), as_bytes(" There")}) == keyed.mac("Hi There"));
}

TEST_CASE("tagged_hash separates the tag from the parts by one zero byte") {
  const Bytes whole = unhex("656d72002f01");
  CHECK(tagged_hash("emr", unhex("2f01")) == sha256(whole));
  CHECK(tagged_hash("emr", {unhex("2f"), unhex("01")}) == sha256(whole));
}

TEST_CASE("personal_sign digests: shared vectors and one known answer") {
  CHECK(to_hex(personal_message_digest(as_bytes("hello"))) ==
        "50b2c43fd39106bafbba0da34fc430e1f91e3c96ea2acee2bc34119f92b37750");
  const test::Json vectors = test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("personal_sign")) {
    CHECK(to_hex_0x(personal_message_digest(unhex(text_of(v, "messageHex")))) ==
          text_of(v, "digest"));
  }
}

TEST_CASE("AES-256-GCM: round trip, and nothing may change") {
  SeededRandom random(1);
  const Secret32 key = random.secret32();
  const GcmNonce nonce{1, 2, 3};
  for (const std::size_t size : {0, 1, 16, 1000}) {
    const Bytes plain = random.bytes(size);
    const Bytes sealed = aes256gcm_seal(key, nonce, as_bytes("label"), plain);
    CHECK(sealed.size() == size + kGcmTagBytes);
    CHECK(to_bytes(aes256gcm_open(key, nonce, as_bytes("label"), sealed)->view()) == plain);
    CHECK_FALSE(aes256gcm_open(key, nonce, as_bytes("lab"), sealed).ok());
    CHECK_FALSE(aes256gcm_open(random.secret32(), nonce, as_bytes("label"), sealed).ok());
    for (const std::size_t at : {std::size_t{0}, sealed.size() - 1}) {
      Bytes changed = sealed;
      changed[at] ^= 1;
      CHECK(aes256gcm_open(key, nonce, as_bytes("label"), changed).error().reason ==
            "authentication");
    }
    CHECK_FALSE(aes256gcm_open(key, nonce, as_bytes("label"), ByteView(sealed).first(15)).ok());
  }
  // Test case 14 of the GCM specification: zero key, zero nonce, one zero block.
  CHECK(to_hex(aes256gcm_seal(Secret32(), GcmNonce{}, {}, Bytes(16))) ==
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
}

TEST_CASE("AES-256-SIV: deterministic, reversible, key-checked (R-042)") {
  SeededRandom random(2);
  const Aes256Siv siv(random.secret32(), "emr/test");
  const Aes256Siv other(random.secret32(), "emr/test");
  for (const std::size_t size : {0, 1, 15, 16, 17, 300}) {
    const Bytes plain = random.bytes(size);
    const Bytes token = siv.seal(as_bytes("field"), plain);
    CHECK(token == siv.seal(as_bytes("field"), plain));
    CHECK(token != siv.seal(as_bytes("other"), plain));
    CHECK(token.size() == size + kSivTagBytes);
    CHECK(to_bytes(siv.open(as_bytes("field"), token)->view()) == plain);
    CHECK_FALSE(siv.open(as_bytes("other"), token).ok());
    CHECK_FALSE(other.open(as_bytes("field"), token).ok());
    Bytes changed = token;
    changed.back() ^= 1;
    CHECK_FALSE(siv.open(as_bytes("field"), changed).ok());
  }
  // RFC 5297 has vectors for 32-byte keys only; this one was made with Python's cryptography.
  Bytes raw(64);
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<std::uint8_t>(i);
  CHECK(to_hex(Aes256Siv::from_key(raw)->seal(as_bytes("field"), as_bytes("hello"))) ==
        "7e298f618afff754ec0208f4638508007417c230cb");
  CHECK(siv.key_check() != other.key_check());
  CHECK(siv.key_check().size() == 16);
}

TEST_CASE("sealed boxes are libsodium's") {
  SeededRandom random(3);
  const BoxKeyPair pair = generate_box_keys(random);
  const Bytes plain = to_bytes("key part");
  const Bytes sealed = *seal_box(pair.public_key, plain, random);
  Bytes opened(plain.size());
  CHECK(crypto_box_seal_open(opened.data(), sealed.data(), sealed.size(), pair.public_key.data(),
                             pair.secret.view().data()) == 0);
  CHECK(opened == plain);
  Bytes theirs(plain.size() + crypto_box_SEALBYTES);
  CHECK(crypto_box_seal(theirs.data(), plain.data(), plain.size(), pair.public_key.data()) == 0);
  CHECK(to_bytes(open_sealed_box(pair.secret, theirs)->view()) == plain);
  theirs[40] ^= 1;
  CHECK_FALSE(open_sealed_box(pair.secret, theirs).ok());
  CHECK_FALSE(open_sealed_box(random.secret32(), sealed).ok());
  CHECK_FALSE(open_sealed_box(pair.secret, Bytes(47)).ok());
  CHECK(seal_box(BoxPublicKey{}, plain, random).error().reason == "public_key");
}

TEST_CASE("x25519-xsalsa20-poly1305: what MetaMask's eth_decrypt reads") {
  const test::Json vectors = test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("x25519_xsalsa20_poly1305")) {
    const Secret32 secret(unhex32(text_of(v, "privateKey")));
    CHECK(to_base64(box_public_key(secret)) == text_of(v, "x25519PublicKeyBase64"));
    const auto& e = v.at("encrypted");
    BoxNonce nonce;
    BoxPublicKey ephemeral;
    const Bytes nonce_bytes = *from_base64(text_of(e, "nonce"));
    const Bytes key_bytes = *from_base64(text_of(e, "ephemPublicKey"));
    std::copy(nonce_bytes.begin(), nonce_bytes.end(), nonce.begin());
    std::copy(key_bytes.begin(), key_bytes.end(), ephemeral.begin());
    const auto opened = open_box(secret, ephemeral, nonce, *from_base64(text_of(e, "ciphertext")));
    REQUIRE(opened.ok());
    CHECK(opened->text() == text_of(v, "message"));
  }
}

TEST_CASE("pseudonyms: stable, keyed, separate per kind and epoch") {
  const Secret32 key(keccak256(as_bytes("linkage")));
  HmacPseudonyms names(key, 1);
  HmacPseudonyms next_epoch(key, 2);
  HmacPseudonyms other_key(Secret32(keccak256(as_bytes("other"))), 1);
  const std::string id = "01:11010519491231002X";
  const Hash32 token = *names.token(PseudonymKind::kPatient, id);
  CHECK(token == *HmacPseudonyms(key, 1).token(PseudonymKind::kPatient, id));
  CHECK(token != *names.token(PseudonymKind::kDoctor, id));
  CHECK(token != *names.token(PseudonymKind::kIdentity, id));
  CHECK(token != *next_epoch.token(PseudonymKind::kPatient, id));
  CHECK(token != *other_key.token(PseudonymKind::kPatient, id));
  // By the letter of the format: HMAC(HKDF(key, "emr/pseudonym/1/patient/1"), identity).
  CHECK(token ==
        hmac_sha256(derive_key(key.view(), "emr/pseudonym/1/patient/1").view(), as_bytes(id)));
}

TEST_CASE("slot tags separate their fields, and say nothing without the key") {
  const Secret32 key(keccak256(as_bytes("institution")));
  const Secret32 other(keccak256(as_bytes("another")));
  const auto tag = [](const Secret32& with, const char* department, const char* doctor,
                      std::uint64_t number = 7) {
    return slot_tag(with, "hosp-b", department, doctor, "2026-12-01T01:30:00Z", number);
  };
  CHECK(tag(key, "cardiology", "") == tag(key, "cardiology", ""));
  CHECK(tag(key, "a", "bc") != tag(key, "ab", "c"));
  CHECK(tag(key, "a", "") != tag(key, "", "a"));
  CHECK(tag(key, "a", "", 7) != tag(key, "a", "", 8));
  CHECK(tag(key, "a", "") != tag(other, "a", ""));
}

TEST_CASE("record and content tags separate their fields") {
  const Secret32 key(keccak256(as_bytes("institution")));
  CHECK(record_tag(key, "a", "bc", "d") != record_tag(key, "ab", "c", "d"));
  const Hash32 digest = sha256(as_bytes("image"));
  const Hash32 policy = sha256(as_bytes("policy"));
  const Hash32 tag = content_tag(key, "{}", {&digest, 1}, policy);
  CHECK(tag == content_tag(key, "{}", {&digest, 1}, policy));
  CHECK(tag != content_tag(key, "{}", {}, policy));
  CHECK(tag != content_tag(key, "{ }", {&digest, 1}, policy));
  CHECK(tag != content_tag(key, "{}", {&digest, 1}, digest));
}

TEST_CASE("seeded randomness repeats and never repeats itself") {
  SeededRandom a("x");
  SeededRandom b("x");
  const Hash32 first = a.hash32();
  CHECK(first == b.hash32());
  CHECK(first != a.hash32());
  CHECK(SeededRandom("y").hash32() != first);
}

}  // namespace
}  // namespace emr::crypto
