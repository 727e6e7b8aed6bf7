// R-073: keystores that other wallets read, and every malformed one refused for its reason.
#include "wallet/keystore.h"

#include <doctest/doctest.h>

#include "crypto/test_vectors.h"
#include "json/json.h"
#include "wallet/unicode.h"

namespace emr::wallet {
namespace {

using crypto::SecretBytes;
using crypto::SeededRandom;
using crypto::test::Json;
using crypto::test::text_of;
using crypto::test::unhex;
using crypto::test::unhex32;

constexpr ScryptCost kTinyCost{16, 1, 1};

SecretBytes pass(std::string_view text) { return SecretBytes::copy_of(as_bytes(text)); }

// Made by ethereumjs (pbkdf2, 1024 rounds) for the first account of "test … junk".
Json example() {
  return Json::parse(
      R"({"version":3,"id":"3198bc9c-b885-4d39-ad5a-2f9a2c1f9ab0",)"
      R"("address":"f39fd6e51aad88f6f4ce6ab8827279cfffb92266","crypto":{"ciphertext":)"
      R"("73eea25c9fe813d8fe82b6946b9550759d8d9665b8b490a84bf3154bf3e42d02","cipherparams":)"
      R"({"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},"cipher":"aes-128-ctr","kdf":"pbkdf2",)"
      R"("kdfparams":{"dklen":32,"salt":)"
      R"("deaddeaddeaddeaddeaddeaddeaddeaddeaddeaddeaddeaddeaddeaddeaddead",)"
      R"("c":1024,"prf":"hmac-sha256"},"mac":)"
      R"("7648785431d27892bb1ea5ca3a616a41a260edbe2ebc48c2578e139e78224928"}})");
}

TEST_CASE("a keystore of another program opens") {
  const Result<OpenedKeystore> opened = open_keystore(example().dump(), pass("testpassword"));
  REQUIRE(opened.ok());
  CHECK(crypto::checksum_address(opened->key.address()) ==
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
  CHECK_FALSE(opened->passphrase_normalized);
  CHECK_FALSE(opened->address_missing);
  CHECK(**keystore_address(example().dump()) == opened->key.address());
}

TEST_CASE("wrong passphrases are denied, changed files are bad data") {
  CHECK(open_keystore(example().dump(), pass("testpasswore")).error().code == Code::kDenied);
  const auto reason = [](auto change) {
    Json json = example();
    change(json);
    const Result<OpenedKeystore> opened = open_keystore(json.dump(), pass("testpassword"));
    return opened.ok() ? std::string("ok") : opened.error().reason;
  };
  CHECK(reason([](Json& j) { j["crypto"]["cipherparams"]["iv"] = std::string(32, '0'); }) ==
        "address");
  CHECK(reason([](Json& j) { j["address"] = std::string(40, '0'); }) == "address");
  CHECK(reason([](Json& j) { j["crypto"]["mac"] = std::string(64, '0'); }) == "passphrase");
  CHECK(reason([](Json& j) { j["crypto"]["ciphertext"] = std::string(64, '0'); }) == "passphrase");
  CHECK(reason([](Json& j) { j.erase("address"); }) == "ok");
  CHECK(reason([](Json& j) { j["address"] = nullptr; }) == "ok");  // Parity
  CHECK(reason([](Json& j) { j["address"] = ""; }) == "ok");
  CHECK(reason([](Json& j) { j["Crypto"] = j["crypto"], j.erase("crypto"); }) == "ok");
  CHECK(reason([](Json& j) {
          std::string mac = j["crypto"]["mac"];
          for (char& c : mac) c = static_cast<char>(std::toupper(c));
          j["crypto"]["mac"] = mac;
        }) == "ok");
  const char* refused[] = {
      R"({"version":4})",
      R"({"version":"3"})",
      R"({"address":"f39f"})",
      R"({"crypto":null})",
      R"({"crypto":{"cipher":"aes-256-gcm"}})",
      R"({"crypto":{"kdf":"argon2"}})",
      R"({"crypto":{"mac":"0x7648785431d27892bb1ea5ca3a616a41a260edbe2ebc48c2578e139e78224928"}})",
      R"({"crypto":{"ciphertext":"00"}})",
      R"({"crypto":{"cipherparams":{"iv":"00"}}})",
      R"({"crypto":{"kdfparams":{"dklen":31}}})",
      R"({"crypto":{"kdfparams":{"dklen":1000}}})",
      R"({"crypto":{"kdfparams":{"c":0}}})",
      R"({"crypto":{"kdfparams":{"c":10000001}}})",
      R"({"crypto":{"kdfparams":{"prf":"hmac-sha512"}}})",
      R"({"crypto":{"kdf":"scrypt","kdfparams":{"n":1000,"r":8,"p":1}}})",
      R"({"crypto":{"kdf":"scrypt","kdfparams":{"n":1,"r":8,"p":1}}})",
      R"({"crypto":{"kdf":"scrypt","kdfparams":{"n":1024,"r":0,"p":1}}})",
      R"({"crypto":{"kdf":"scrypt","kdfparams":{"n":1024,"r":8,"p":17}}})",
      R"({"crypto":{"kdf":"scrypt","kdfparams":{"n":2097152,"r":8,"p":1}}})",
      R"({"crypto":{"kdf":"scrypt","kdfparams":{"n":2,"r":16777216,"p":1}}})",
      R"({"crypto":{"kdf":"scrypt","kdfparams":{"n":9007199254740992,"r":4294967295,"p":1}}})",
  };
  for (const char* patch : refused) {
    CAPTURE(patch);
    Json json = example();
    json.merge_patch(Json::parse(patch));
    const Result<OpenedKeystore> opened = open_keystore(json.dump(), pass("testpassword"));
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code == Code::kData);
  }
}

TEST_CASE("what we write we read, and it is a version 3 keystore") {
  SeededRandom random(1);
  const crypto::SigningKey key = crypto::SigningKey::generate(random);
  for (const std::string_view passphrase : {"", "correct horse", "口令 ＡＢＣ"}) {
    const std::string text = *encode_keystore(key, pass(passphrase), kTinyCost, random);
    CHECK(text.back() == '\n');
    const Result<OpenedKeystore> opened = open_keystore(text, pass(passphrase));
    REQUIRE(opened.ok());
    CHECK(opened->key.address() == key.address());
    CHECK_FALSE(opened->passphrase_normalized);
    const Json json = Json::parse(text);
    CHECK(json.at("version") == 3);
    CHECK(json.at("id").get<std::string>().at(14) == '4');
  }
}

TEST_CASE("a passphrase that another program normalised is tried both ways") {
  SeededRandom random(2);
  const crypto::SigningKey key = crypto::SigningKey::generate(random);
  const std::string text = *encode_keystore(key, pass("ABC123"), kTinyCost, random);
  const Result<OpenedKeystore> opened = open_keystore(text, pass("ＡＢＣ１２３"));
  REQUIRE(opened.ok());
  CHECK(opened->passphrase_normalized);
  CHECK_FALSE(open_keystore(text, pass("ＡＢＣ１２４")).ok());
  CHECK_FALSE(open_keystore(text, pass("\xff\xfe")).ok());
  CHECK(normalize(as_bytes("ﬁ"), Form::kNfkd)->text() == "fi");
}

TEST_CASE("keystores: shared vectors, our verdict") {
  const Json vectors = crypto::test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("keystore_v3").at("good")) {
    CAPTURE(text_of(v, "note"));
    const Result<OpenedKeystore> opened =
        open_keystore(v.at("json").dump(), pass(text_of(v, "password")));
    REQUIRE(opened.ok());
    CHECK(to_hex_0x(opened->key.secret().view()) == text_of(v, "privateKey"));
  }
  for (const auto& v : vectors.at("keystore_v3").at("bad")) {
    const std::string note = text_of(v, "note");
    CAPTURE(note);
    const bool wanted = note.rfind("Crypto in place", 0) == 0 || note.find("upper") == 0;
    CHECK(open_keystore(v.at("json").dump(), pass(text_of(v, "password"))).ok() == wanted);
  }
}

}  // namespace
}  // namespace emr::wallet
