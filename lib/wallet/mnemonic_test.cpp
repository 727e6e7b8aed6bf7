#include "wallet/mnemonic.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/test_vectors.h"
#include "wallet/words.h"

namespace emr::wallet {
namespace {

using crypto::test::Json;
using crypto::test::text_of;
using crypto::test::unhex;

const char* kPhrase = "test test test test test test test test test test test junk";

std::string account(std::string_view phrase, std::string_view path = kDefaultPath) {
  const Result<Mnemonic> mnemonic = parse_mnemonic(as_bytes(phrase));
  if (!mnemonic) return mnemonic.error().message;
  return crypto::checksum_address(derive_account(*mnemonic, {}, path)->address());
}

TEST_CASE("the word lists are the ones that every wallet has") {
  CHECK(to_hex(crypto::sha256(as_bytes(english_words()))) ==
        "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
  CHECK(to_hex(crypto::sha256(as_bytes(chinese_words()))) ==
        "5c5942792bd8340cb8b27cd592f1015edf56a8c5b26276ee18a482428e7c5726");
}

TEST_CASE("MetaMask's accounts of a phrase") {
  CHECK(account(kPhrase) == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
  CHECK(account(kPhrase, "m/44'/60'/0'/0/1") == "0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
}

TEST_CASE("phrases are read leniently in form") {
  const std::string expected = account(kPhrase);
  for (const char* variant :
       {"Test TEST test test test test test test test test test junk",
        "  test test test test test test\ttest test test test test  junk\r\n",
        "test\u3000test test\u00a0test test test test test test test test junk",
        "ｔｅｓｔ test test test test test test test test test test junk"}) {
    CAPTURE(variant);
    CHECK(account(variant) == expected);
  }
  const std::string spaced = "的 的 的 的 的 的 的 的 的 的 的 在";
  CHECK(account("的的的的的的的的的的的在") == account(spaced));
  CHECK(account(spaced).rfind("0x", 0) == 0);
}

TEST_CASE("phrases are read strictly in content, and errors quote nothing") {
  const auto reason = [](std::string_view phrase) { return account(phrase); };
  CHECK(reason("test test test test test test test test test test test test") ==
        "the checksum of the phrase is wrong: a word is wrong or out of place");
  CHECK(reason("test test test test test test test test test test test jnuk") ==
        "word 12 of the phrase is not in the list");
  CHECK(reason("test test test").rfind("a phrase has", 0) == 0);
  CHECK(reason("").rfind("a phrase has", 0) == 0);
  CHECK(reason(std::string(2000, 'a')) == "the phrase is too long");
  CHECK(reason("的 的 的 的 的 的 的 的 的 的 的 test").rfind("word 12", 0) == 0);
  CHECK_FALSE(parse_mnemonic(as_bytes("\xff test")).ok());
}

TEST_CASE("paths") {
  CHECK(parse_path("m")->empty());
  CHECK(*parse_path("m/44'/1") == std::vector<std::uint32_t>{0x8000002c, 1});
  for (const char* path : {"", "44'", "m/", "m//1", "m/1x", "m/-1", "m/01", "m/2147483648", "m/1''",
                           "M/1", "m/1/", "m/1h"}) {
    CAPTURE(path);
    CHECK(parse_path(path).error().reason == "path");
  }
  CHECK_FALSE(derive_extended(Bytes(15), {}).ok());
  CHECK_FALSE(derive_extended(Bytes(65), {}).ok());
}

TEST_CASE("BIP-39 and BIP-44: shared vectors") {
  const Json vectors = crypto::test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("hd").at("good")) {
    CAPTURE(text_of(v, "note"));
    const Result<Mnemonic> mnemonic = parse_mnemonic(as_bytes(text_of(v, "mnemonic")));
    REQUIRE(mnemonic.ok());
    CHECK(to_hex_0x(mnemonic->entropy.view()) == text_of(v, "entropy"));
    const std::string passphrase = text_of(v, "passphrase");
    const auto seed = mnemonic_seed(*mnemonic, as_bytes(passphrase));
    CHECK(to_hex_0x(seed->view()) == text_of(v, "seed"));
    for (const auto& a : v.at("accounts")) {
      const ExtendedKey key = *derive_extended(seed->view(), *parse_path(text_of(a, "path")));
      CHECK(to_hex_0x(key.key.view()) == text_of(a, "privateKey"));
      CHECK(to_hex_0x(key.chain_code.view()) == text_of(a, "chainCode"));
    }
  }
  for (const auto& v : vectors.at("hd").at("bad")) {
    const std::string note = text_of(v, "note");
    CAPTURE(note);
    // Ours are lenient in white space: what ethers takes, and a line's end.
    const bool wanted = v.at("ethers_valid").get<bool>() || v.at("scure_valid").get<bool>() ||
                        note == "trailing newline";
    CHECK(parse_mnemonic(as_bytes(text_of(v, "mnemonic"))).ok() == wanted);
  }
}

// The 78 bytes inside an xprv; base58 appears nowhere else in this project.
Bytes base58_payload(const std::string& text) {
  const std::string alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  Bytes number(82);
  for (const char c : text) {
    std::size_t carry = alphabet.find(c);
    for (std::size_t i = number.size(); i-- > 0;) {
      carry += 58U * number[i];
      number[i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
  }
  number.resize(78);
  return number;
}

TEST_CASE("BIP-32: shared vectors, leading zeros included") {
  const Json vectors = crypto::test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("hd").at("bip32")) {
    for (const auto& node : v.at("nodes")) {
      CAPTURE(text_of(node, "path"));
      const ExtendedKey key =
          *derive_extended(unhex(text_of(v, "seed")), *parse_path(text_of(node, "path")));
      const Bytes payload = base58_payload(text_of(node, "xprv"));
      CHECK(to_hex(key.chain_code.view()) == to_hex(ByteView(payload).subspan(13, 32)));
      CHECK(to_hex(key.key.view()) == to_hex(ByteView(payload).subspan(46, 32)));
    }
  }
}

}  // namespace
}  // namespace emr::wallet
