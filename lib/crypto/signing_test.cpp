// signatures on secp256k1, every quirk of other programs decided one way.
#include "crypto/signing.h"

#include <doctest/doctest.h>

#include "crypto/eip191.h"
#include "crypto/eip712.h"
#include "crypto/hash.h"
#include "crypto/suite.h"
#include "crypto/test_vectors.h"

namespace emr::crypto {
namespace {

using test::text_of;
using test::unhex;
using test::unhex32;

// The first account of the public test mnemonic "test … junk"; never use it for anything.
constexpr const char* kTestKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
constexpr const char* kTestAddress = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

SigningKey key_from(const std::string& hex) {
  return *SigningKey::from_secret(Secret32(unhex32(hex)));
}

TEST_CASE("keys give the address that wallets show") {
  const SigningKey key = key_from(kTestKey);
  CHECK(checksum_address(key.address()) == kTestAddress);
  CHECK(*address_of(key.public_key()) == key.address());
  const test::Json vectors = test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("keys")) {
    const SigningKey vector_key = key_from(text_of(v, "privateKey"));
    CHECK(to_hex_0x(vector_key.public_key()) == text_of(v, "publicKeyCompressed"));
    CHECK(checksum_address(vector_key.address()) == text_of(v, "address"));
  }
  for (const auto& v : vectors.at("bad_private_keys")) {
    const Bytes bytes = unhex(text_of(v, "privateKey"));
    Result<Secret32> secret = Secret32::from_bytes(bytes);
    CHECK_FALSE((secret.ok() && SigningKey::from_secret(secret->clone()).ok()));
  }
}

TEST_CASE("private keys outside 1..n-1 are refused") {
  CHECK_FALSE(SigningKey::from_secret(Secret32()).ok());
  const char* order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
  CHECK(SigningKey::from_secret(Secret32(unhex32(order))).error().reason == "private_key");
}

TEST_CASE("EIP-55: both single-case spellings, and mixed case only when it is right") {
  const char* good[] = {
      "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
      "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"};
  for (const char* text : good) {
    const Address address = *parse_address(text);
    CHECK(checksum_address(address) == text);
    CHECK(*parse_address(address.text()) == address);
    CHECK(*parse_canonical_address(address.text()) == address);
    CHECK_FALSE(parse_canonical_address(text).ok());
  }
  CHECK(parse_address("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED").ok());
  CHECK(parse_address("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed").error().reason == "checksum");
  for (const char* text :
       {"", "0x", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", " 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed00"}) {
    CHECK(parse_address(text).error().reason == "address");
  }
}

TEST_CASE("EIP-55: shared vectors") {
  const test::Json vectors = test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("eip55").at("good")) {
    const Address address = *parse_address(text_of(v, "lower"));
    CHECK(checksum_address(address) == text_of(v, "checksum"));
    CHECK(*parse_address(text_of(v, "checksum")) == address);
  }
  for (const auto& v : vectors.at("eip55").at("inputs")) {
    const std::string input = text_of(v, "input");
    const bool ethers_accepts = text_of(v, "ethers_getAddress").rfind("ERROR", 0) != 0;
    const bool has_prefix = input.rfind("0x", 0) == 0;  // ethers also reads it without
    CAPTURE(input);
    CHECK(parse_address(input).ok() == (ethers_accepts && has_prefix));
  }
}

TEST_CASE("RFC 6979: one key and digest, one signature") {
  const SigningKey key = key_from(kTestKey);
  const Hash32 digest = personal_message_digest(as_bytes("hello"));
  const Signature signature = key.sign(digest);
  CHECK(signature == key.sign(digest));
  CHECK(*recover(digest, signature) == key.address());
  CHECK(verify(digest, signature, key.address()).ok());
  CHECK(verify(keccak256({}), signature, key.address()).error().code == Code::kNegative);
  const test::Json vectors = test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("ecdsa_rfc6979_recoverable")) {
    const SigningKey vector_key = key_from(text_of(v, "privateKey"));
    const Hash32 vector_digest = unhex32(text_of(v, "digest"));
    const Signature made = vector_key.sign(vector_digest);
    CHECK(to_hex_0x(made) == text_of(v, "signature"));
    CHECK(to_hex_0x(to_eip2098(made)) == text_of(v, "compact_eip2098"));
    CHECK(*parse_signature_hex(text_of(v, "compact_eip2098")) == made);
    CHECK(verify(vector_digest, made, vector_key.address()).ok());
    const CompactSignature compact = vector_key.sign_compact(vector_digest);
    CHECK(std::equal(compact.begin(), compact.end(), made.begin()));
  }
}

TEST_CASE("personal_sign: shared vectors") {
  const test::Json vectors = test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("personal_sign")) {
    const Hash32 digest = unhex32(text_of(v, "digest"));
    CHECK(to_hex_0x(key_from(text_of(v, "privateKey")).sign(digest)) == text_of(v, "signature"));
  }
}

// One signature of the account 0xCD2a… over "hello" (personal_sign) and its mutations.
struct Malformed {
  const char* note;
  std::string signature;
  bool accepted;
};

TEST_CASE("malformed signatures: one verdict each") {
  const std::string r = "2452a50a1b27db559e685e82ef59445ff08ca6843b5089aa1c32a70db206d47d";
  const std::string s = "693e5ae94daffccbbf590c5d2a72ad5706994748d2c8d3a8b39355589e16e875";
  const std::string high = "96c1a516b250033440a6f3a2d58d52a7b415959ddc7fcc930c3f0934321f58cc";
  const std::string compact = "e93e5ae94daffccbbf590c5d2a72ad5706994748d2c8d3a8b39355589e16e875";
  const std::string order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
  const std::string zero(64, '0');
  const std::string five = std::string(63, '0') + "5";
  const Malformed cases[] = {
      {"good", r + s + "1c", true},
      {"v 1", r + s + "01", true},
      {"EIP-2098", r + compact, true},
      {"wrong v", r + s + "1b", false},
      {"wrong v 0", r + s + "00", false},
      {"high s", r + high + "1b", false},
      {"high s, own v", r + high + "1c", false},
      {"v 29", r + s + "1d", false},
      {"v 2", r + s + "02", false},
      {"EIP-155", r + s + "26", false},
      {"64 bytes without v", r + s, false},
      {"r 0", zero + s + "1c", false},
      {"s 0", r + zero + "1c", false},
      {"r n", order + s + "1c", false},
      {"s n", r + order + "1c", false},
      {"r not on the curve", five + s + "1c", false},
      {"66 bytes", r + s + "1c00", false},
      {"63 bytes", r + s.substr(2), false},
      {"empty", "", false},
  };
  const Address expected = *parse_address("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826");
  const Hash32 digest = personal_message_digest(as_bytes("hello"));
  for (const Malformed& c : cases) {
    CAPTURE(c.note);
    const Result<Signature> parsed = parse_signature_hex("0x" + c.signature);
    CHECK((parsed.ok() && verify(digest, *parsed, expected).ok()) == c.accepted);
  }
  Signature unchecked{};
  const Bytes high_bytes = unhex(r + high + "1b");
  std::copy(high_bytes.begin(), high_bytes.end(), unchecked.begin());
  CHECK_FALSE(recover(digest, unchecked).ok());  // also when the parser was skipped
}

TEST_CASE("malformed signatures: shared vectors, our verdict") {
  const test::Json vectors = test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("malformed_signatures")) {
    const std::string note = text_of(v, "note");
    CAPTURE(note);
    // Ours: what ethers accepts, without EIP-155's v.
    const bool wanted =
        v.at("acceptedBy").at("ethers").get<bool>() && note.find("EIP-155") == std::string::npos;
    const Result<Signature> parsed = parse_signature_hex(text_of(v, "signature"));
    const Hash32 digest = personal_message_digest(as_bytes(text_of(v, "message")));
    const Address expected = *parse_address(text_of(v, "expectedSigner"));
    CHECK((parsed.ok() && verify(digest, *parsed, expected).ok()) == wanted);
  }
}

TEST_CASE("votes: compact signatures against a known key") {
  const SigningKey key = key_from(kTestKey);
  const Hash32 digest = sha256(as_bytes("vote"));
  CompactSignature signature = key.sign_compact(digest);
  const VerifyKey known = *VerifyKey::parse(key.public_key());
  CHECK(known.verify(digest, signature));
  CHECK(verify_compact(digest, signature, key.public_key()));
  CHECK_FALSE(known.verify(sha256(as_bytes("other")), signature));
  signature[5] ^= 1;
  CHECK_FALSE(known.verify(digest, signature));
  CHECK_FALSE(VerifyKey::parse(PublicKey{}).ok());
}

TEST_CASE("suites: the names are fixed, SM2 has its seat and says that it is empty") {
  for (const SuiteId id : {SuiteId::kSecp256k1Keccak256, SuiteId::kSm2Sm3}) {
    CHECK(*suite_from_name(suite_name(id)) == id);
    CHECK(*suite_from_number(static_cast<std::uint8_t>(id)) == id);
    CHECK(suite(id).id() == id);
  }
  CHECK_FALSE(suite_from_name("secp256k1").ok());
  CHECK_FALSE(suite_from_number(0).ok());
  SeededRandom random(1);
  const Secret32 key(unhex32(kTestKey));
  const Hash32 digest = sha256({});
  const Suite& secp256k1 = suite(SuiteId::kSecp256k1Keccak256);
  const Bytes signature = *secp256k1.sign(digest, key, random);
  CHECK(*secp256k1.signer(digest, signature) == *secp256k1.address(key));
  CHECK_FALSE(secp256k1.signer(digest, ByteView(signature).first(64)).ok());
}

TEST_CASE("MetaMask's own signatures (R-006): digest, signature and signer") {
  const test::Json vectors = test::shared_vectors("metamask.json");
  if (vectors.is_null()) return;
  for (const auto& [name, v] : vectors.items()) {
    if (!v.is_object() || !v.contains("signature")) continue;
    CAPTURE(name);
    Hash32 digest;
    if (v.contains("typedData")) {
      const Result<TypedDataHash> hash = hash_typed_data(v.at("typedData"));
      REQUIRE(hash.ok());
      digest = hash->digest;
      CHECK(to_hex_0x(digest) == text_of(v, "digest"));
    } else {
      digest = personal_message_digest(as_bytes(text_of(v, "message")));
    }
    const Address signer = *parse_address(text_of(v, "signer"));
    CHECK(verify(digest, *parse_signature_hex(text_of(v, "signature")), signer).ok());
    CHECK(to_hex_0x(key_from(kTestKey).sign(digest)) == text_of(v, "signature"));
  }
}

}  // namespace
}  // namespace emr::crypto
