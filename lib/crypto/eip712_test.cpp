#include "crypto/eip712.h"

#include <doctest/doctest.h>

#include <set>

#include "crypto/hash.h"
#include "crypto/limits.h"
#include "crypto/test_vectors.h"

namespace emr::crypto {
namespace {

using test::Json;
using test::text_of;
using test::unhex32;

// A document with one member `a` of the given type and value; extra struct types may be added.
std::string document(const std::string& type, const std::string& value,
                     const std::string& more_types = "") {
  return R"({"types":{"EIP712Domain":[{"name":"name","type":"string"},)"
         R"({"name":"version","type":"string"},{"name":"chainId","type":"uint256"}],)"
         R"("M":[{"name":"a","type":")" +
         type + R"("}])" + more_types +
         R"(},"primaryType":"M","domain":{"name":"EMR Consortium","version":"1",)"
         R"("chainId":2022127},"message":{"a":)" +
         value + "}}";
}

// The hash of `a` alone: the second word of encodeData.
std::string word(const std::string& type, const std::string& value) {
  const Result<TypedDataHash> hash = hash_typed_data_text(document(type, value));
  if (!hash) return hash.error().reason;
  return to_hex(ByteView(hash->encoded_data).subspan(32));
}

TEST_CASE("the example of the EIP itself") {
  const Result<TypedDataHash> hash = hash_typed_data_text(
      R"({"types":{"EIP712Domain":[{"name":"name","type":"string"},)"
      R"({"name":"version","type":"string"},{"name":"chainId","type":"uint256"},)"
      R"({"name":"verifyingContract","type":"address"}],"Person":[)"
      R"({"name":"name","type":"string"},{"name":"wallet","type":"address"}],"Mail":[)"
      R"({"name":"from","type":"Person"},{"name":"to","type":"Person"},)"
      R"({"name":"contents","type":"string"}]},"primaryType":"Mail","domain":{)"
      R"("name":"Ether Mail","version":"1","chainId":1,"verifyingContract":)"
      R"("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},"message":{"from":{"name":"Cow",)"
      R"("wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},"to":{"name":"Bob",)"
      R"("wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}})");
  REQUIRE(hash.ok());
  CHECK(hash->encoded_type ==
        "Mail(Person from,Person to,string contents)Person(string name,address wallet)");
  CHECK(to_hex(hash->struct_hash) ==
        "c52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e");
  CHECK(to_hex(hash->digest) == "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
}

TEST_CASE("shared vectors: every intermediate value") {
  const Json vectors = test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("eip712")) {
    CAPTURE(text_of(v, "id"));
    const Result<TypedDataHash> hash = hash_typed_data_text(v.at("typedData").dump());
    REQUIRE(hash.ok());
    CHECK(hash->encoded_type == text_of(v, "encodeType"));
    CHECK(to_hex_0x(hash->type_hash) == text_of(v, "typeHash"));
    CHECK(to_hex_0x(hash->encoded_data) == text_of(v, "encodeData"));
    CHECK(to_hex_0x(hash->struct_hash) == text_of(v, "hashStruct"));
    CHECK(to_hex_0x(hash->domain_separator) == text_of(v, "domainSeparator"));
    CHECK(to_hex_0x(hash->digest) == text_of(v, "digest"));
  }
}

// Our rule: accept exactly what all three libraries hash to the same digest.
TEST_CASE("shared quirks: refused unless every library agrees") {
  const Json vectors = test::shared_vectors("wallet.json");
  if (vectors.is_null()) return;
  for (const auto& v : vectors.at("eip712_quirks")) {
    CAPTURE(text_of(v, "id"));
    std::set<std::string> answers;
    for (const auto& [library, answer] : v.at("results").items()) {
      answers.insert(answer.contains("ok") ? text_of(answer, "ok") : "error");
    }
    const std::string text =
        v.contains("typedDataText") ? text_of(v, "typedDataText") : v.at("typedData").dump();
    const Result<TypedDataHash> hash = hash_typed_data_text(text);
    if (answers.size() == 1 && answers.count("error") == 0) {
      REQUIRE(hash.ok());
      CHECK(answers.count(to_hex_0x(hash->digest)) == 1);
    } else {
      CHECK_FALSE(hash.ok());
    }
  }
}

TEST_CASE("values: words") {
  const std::string ff30(60, 'f');
  CHECK(word("uint8", "255") == std::string(62, '0') + "ff");
  CHECK(word("uint256", "\"0xfF\"") == std::string(62, '0') + "ff");
  CHECK(word("uint256", "\"255\"") == std::string(62, '0') + "ff");
  CHECK(word("uint256", "\"0x1\"") == std::string(63, '0') + "1");
  CHECK(word("int8", "-1") == std::string(64, 'f'));
  CHECK(word("int8", "-128") == std::string(62, 'f') + "80");
  CHECK(word("int8", "127") == std::string(62, '0') + "7f");
  CHECK(word("int16", "\"-257\"") == ff30 + "feff");
  CHECK(word("bool", "true") == std::string(63, '0') + "1");
  CHECK(word("bytes4", "\"0x01020304\"") == "01020304" + std::string(56, '0'));
  CHECK(word("string", "\"\"") == to_hex(keccak256({})));
  CHECK(word("bytes", "\"0x\"") == to_hex(keccak256({})));
  CHECK(word("uint8[]", "[]") == to_hex(keccak256({})));
}

TEST_CASE("values: what a wallet would take and we refuse (R-025)") {
  struct Case {
    const char* type;
    const char* value;
    const char* reason;
  };
  const Case cases[] = {
      {"string", "null", "string"},
      {"string", "42", "string"},
      {"uint256", "null", "integer"},
      {"uint256", "\"\"", "integer"},
      {"uint256", "\"0x\"", "integer"},
      {"uint256", "\"0XFF\"", "integer"},
      {"uint256", "\"007\"", "integer"},
      {"uint256", "\" 1\"", "integer"},
      {"uint256", "\"1e3\"", "integer"},
      {"uint256", "true", "integer"},
      {"uint256", "-1", "integer_range"},
      {"uint8", "256", "integer_range"},
      {"uint8", "\"-0\"", "integer"},
      {"int8", "128", "integer_range"},
      {"int8", "200", "integer_range"},
      {"int8", "-129", "integer_range"},
      {"int256",
       "\"57896044618658097711785492504343953926634992332820282019728792003956564819968\"",
       "integer_range"},
      {"uint256",
       "\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"",
       "integer"},
      {"bool", "\"false\"", "bool"},
      {"bool", "0", "bool"},
      {"bytes", "\"hello\"", "hex"},
      {"bytes", "\"0x123\"", "hex"},
      {"bytes", "\"0XFF\"", "hex"},
      {"bytes", "\"ff\"", "hex"},
      {"bytes32", "\"0x01\"", "length"},
      {"bytes4", "\"0x0102030405\"", "length"},
      {"address", "\"cd2a3d9f938e13cd947ec05abc7fe734df8dd826\"", "address"},
      {"address", "\"0x2a3d9f938e13cd947ec05abc7fe734df8dd826\"", "address"},
      {"address", "\"0xcD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826\"", "checksum"},
      {"address", "5", "address"},
      {"uint8[3]", "[1,2]", "length"},
      {"uint8[]", "{}", "list"},
      {"uint8[]", "[null]", "integer"},
      {"uint", "1", "type"},
      {"int", "1", "type"},
      {"uint7", "1", "unknown_type"},
      {"uint264", "1", "unknown_type"},
      {"bytes0", "\"0x\"", "unknown_type"},
      {"bytes33", "\"0x\"", "unknown_type"},
      {"uint08", "1", "unknown_type"},
      {"Missing", "{}", "unknown_type"},
      {"uint8[0]", "[]", "type"},
      {"uint8[01]", "[1]", "type"},
      {"uint8[", "[]", "type"},
      {"uint8[]]", "[]", "type"},
      {"M$", "{}", "type"},
      {"", "{}", nullptr},
  };
  for (const Case& c : cases) {
    CAPTURE(c.type);
    CAPTURE(c.value);
    const Result<TypedDataHash> hash = hash_typed_data_text(document(c.type, c.value));
    REQUIRE_FALSE(hash.ok());
    CHECK(hash.error().code == Code::kData);
    if (c.reason != nullptr) CHECK(hash.error().reason == c.reason);
  }
}

TEST_CASE("numbers beyond 2^53-1, fractions and lone surrogates do not get past the reader") {
  CHECK(hash_typed_data_text(document("uint256", "9007199254740991")).ok());
  for (const char* value : {"9007199254740992", "9007199254740993", "18446744073709551616", "1.0",
                            "1e2", "\"x\\ud800y\""}) {
    CAPTURE(value);
    CHECK_FALSE(hash_typed_data_text(document("uint256", value)).ok());
    CHECK_FALSE(hash_typed_data_text(document("string", value)).ok());
  }
  const Json tree = Json::parse(document("uint256", "9007199254740993"));
  CHECK(hash_typed_data(tree).error().reason == "integer_range");
  CHECK_FALSE(hash_typed_data(Json::parse(document("uint256", "1.0"))).ok());
}

TEST_CASE("documents: members missing, unknown, doubled") {
  const std::string good = document("uint8", "1");
  REQUIRE(hash_typed_data_text(good).ok());
  const auto changed = [&](auto change) {
    Json json = Json::parse(good);
    change(json);
    return hash_typed_data(json);
  };
  CHECK_FALSE(changed([](Json& j) { j["id"] = 1; }).ok());
  CHECK_FALSE(changed([](Json& j) { j.erase("domain"); }).ok());
  CHECK_FALSE(changed([](Json& j) { j["message"]["b"] = 1; }).ok());
  CHECK_FALSE(changed([](Json& j) { j["message"].erase("a"); }).ok());
  CHECK_FALSE(changed([](Json& j) { j["message"] = Json::array({1}); }).ok());
  CHECK_FALSE(changed([](Json& j) { j["primaryType"] = "N"; }).ok());
  CHECK_FALSE(changed([](Json& j) { j["primaryType"] = "EIP712Domain"; }).ok());
  CHECK_FALSE(changed([](Json& j) { j["types"].erase("EIP712Domain"); }).ok());
  CHECK_FALSE(changed([](Json& j) { j["types"]["EIP712Domain"].erase(1); }).ok());
  CHECK_FALSE(changed([](Json& j) { j["domain"].erase("version"); }).ok());
  CHECK_FALSE(changed([](Json& j) { j["domain"]["chainId"] = nullptr; }).ok());
  CHECK_FALSE(changed([](Json& j) { j["types"]["uint256"] = Json::array(); }).ok());
  CHECK_FALSE(changed([](Json& j) { j["types"]["$S"] = Json::array(); }).ok());
  CHECK_FALSE(changed([](Json& j) { j["types"]["M"][0]["indexed"] = true; }).ok());
  CHECK_FALSE(changed([](Json& j) {
                j["types"]["EIP712Domain"] =
                    Json::array({{{"name", "version"}, {"type", "string"}},
                                 {{"name", "name"}, {"type", "string"}},
                                 {{"name", "chainId"}, {"type", "uint256"}}});
              }).ok());
  for (const char* name : {"constructor", "prototype", "__proto__", "a$", "1a", "", "名"}) {
    CAPTURE(name);
    CHECK_FALSE(changed([&](Json& j) {
                  j["types"]["M"][0]["name"] = name;
                  j["message"] = {{name, 1}};
                }).ok());
  }
  CHECK_FALSE(changed([](Json& j) {
                j["types"]["M"].push_back({{"name", "a"}, {"type", "uint8"}});
              }).ok());
  std::string doubled = good;
  doubled.insert(doubled.find("\"a\":1"), "\"a\":2,");
  CHECK_FALSE(hash_typed_data_text(doubled).ok());
}

TEST_CASE("nesting is bounded") {
  std::string value = "{\"kids\":[]}";
  for (int i = 0; i < 10; ++i) value = "{\"kids\":[" + value + "]}";
  const std::string node = R"(,"N":[{"name":"kids","type":"N[]"}])";
  CHECK(hash_typed_data_text(document("N", value, node)).ok());
  for (int i = 0; i < 15; ++i) value = "{\"kids\":[" + value + "]}";
  CHECK_FALSE(hash_typed_data_text(document("N", value, node)).ok());
}

TEST_CASE("errors name the place, never the value") {
  const Result<TypedDataHash> hash =
      hash_typed_data_text(document("uint8", "\"canary-110101199001011234\""));
  REQUIRE_FALSE(hash.ok());
  CHECK(hash.error().pointer == "/message/a");
  CHECK(hash.error().message.find("canary") == std::string::npos);
}

TEST_CASE("the fast path gives the digest of the document that it writes") {
  const StructType type("RecordsCreate", {{"action", FieldKind::kString},
                                          {"record", FieldKind::kString},
                                          {"digest", FieldKind::kBytes32},
                                          {"count", FieldKind::kUint256}});
  CHECK(type.encoded() ==
        "RecordsCreate(string action,string record,bytes32 digest,uint256 count)");
  const Domain domain{"emr-tools", "1", keccak256(as_bytes("genesis"))};
  const FieldValue values[] = {std::string_view("WRITE RECORD 写入病历"), std::string_view("EMR-1"),
                               keccak256({}), std::uint64_t{7}};
  const Hash32 digest = typed_data_digest(domain_separator(domain), type.hash(values));
  const auto text = type.typed_data(domain, values).dump();
  const Result<TypedDataHash> strict = hash_typed_data_text(text);
  REQUIRE(strict.ok());
  CHECK(strict->digest == digest);
  CHECK(strict->type_hash == type.type_hash());
  CHECK(text.find("\"action\"") < text.find("\"record\""));
}

}  // namespace
}  // namespace emr::crypto
