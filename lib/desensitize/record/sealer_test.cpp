// emr.record -> emr.sealed: tags, public half, envelope, attachments; what must be refused.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "crypto/hash.h"
#include "desensitize/json/json_rewriter.h"
#include "desensitize/record/sealer.h"
#include "json/json.h"
#include "threshold/dealer.h"
#include "threshold/envelope.h"

namespace emr::desensitize {
namespace {

using Json = nlohmann::json;

const char* const kRecord =
    R"({"type":"emr.record","v":1,"recordId":"h:V1:C0002","version":1,)"
    R"("docType":{"code":"C0002"},"confidentiality":"R","org":{"id":"123301004701234567"},)"
    R"("patient":{"localId":"P1","identifiers":[{"type":"01","value":"11010519491231002x"}],)"
    R"("name":"张某某","sex":"2","birthDate":"1949-12-31","phone":"13800000000"},)"
    R"("visit":{"id":"V1","type":"1","start":"2026-11-22T01:15:00Z"},"author":{"doctorId":"D1"},)"
    R"("recorded":"2026-11-22T01:40:00Z","observations":[{"code":"8310-5","value":38.6}],)"
    R"("attachments":[{"id":"a1","mimeType":"application/pdf","path":"x/a.pdf"}]})";

class Files final : public FileHasher {
 public:
  Result<FileFacts> hash(const std::string& path) override {
    if (path != "x/a.pdf") return fail(Code::kNoInput, "attachment does not exist");
    return FileFacts{3, crypto::sha256(as_bytes("abc"))};
  }
};

struct World {
  crypto::SeededRandom random{7};
  threshold::Dealing dealing = *threshold::deal(3, 4, random);
  crypto::BoxKeyPair archive = crypto::generate_box_keys(random);
  crypto::Secret32 institution = random.secret32();
  crypto::Secret32 linkage = random.secret32();
  Files files;
  FieldTransformer with{*Policy::preset("paper"), *KeyRing::create(as_bytes(std::string(32, 'k')))};
  JsonRewriter rewriter;

  std::string genesis() const {
    const Json tree = {
        {"type", "emr.genesis"},
        {"v", 1},
        {"threshold",
         {{"keyId", dealing.keys.key_id()}, {"groupKey", to_hex(dealing.keys.group_key().bytes)}}},
        {"linkage", {{"epoch", 1}, {"check", crypto::key_check(linkage.view())}}},
        {"institutions", {{{"id", "hosp-a"}, {"archiveKey", to_hex(archive.public_key)}}}}};
    return json::canonical_checked(tree);
  }
  RecordSealer sealer() {
    return RecordSealer(*SealTarget::from_genesis(genesis(), "hosp-a"), institution.clone(),
                        linkage, random, &files);
  }
};

TEST_CASE(
    "R-036, R-074: a sealed line tells what the policy allows and opens for the archive key") {
  World world;
  RecordSealer sealer = world.sealer();
  const auto line = sealer.seal(kRecord, world.with, world.rewriter);
  REQUIRE_MESSAGE(line.ok(), line.error().message);
  for (const char* secret : {"11010519491231002", "13800000000", "1949", "D1\"", "V1\""}) {
    CAPTURE(secret);
    CHECK(line->find(secret) == std::string::npos);
  }
  const Json sealed = *json::parse_object(*line);
  CHECK(sealed["index"] == Json({{"institution", "hosp-a"},
                                 {"docType", "C0002"},
                                 {"confidentiality", "R"},
                                 {"visitType", "1"},
                                 {"month", "2026-11"}}));
  CHECK(sealed["public"]["patient"]["name"] == "张某某");
  CHECK(sealed["local"]["attachments"][0]["sha256"] == to_hex(crypto::sha256(as_bytes("abc"))));
  const auto envelope = threshold::Envelope::from_json(sealed["sealed"]);
  REQUIRE(envelope.ok());
  CHECK(to_hex(envelope->label.record) == sealed["tags"]["record"]);
  const auto plain = threshold::open_with_archive(*envelope, world.archive.secret);
  REQUIRE(plain.ok());
  CHECK(Json::parse(plain->text()) == Json::parse(kRecord));
}

TEST_CASE("the same record has the same tags, another content another content tag only") {
  World world;
  RecordSealer sealer = world.sealer();
  const auto tags = [&](std::string record) {
    const auto line = sealer.seal(record, world.with, world.rewriter);
    REQUIRE(line.ok());
    return (*json::parse_object(*line))["tags"];
  };
  const Json one = tags(kRecord);
  CHECK(tags(kRecord) == one);
  std::string amended = kRecord;
  amended.replace(amended.find("38.6"), 4, "38.7");
  const Json two = tags(amended);
  CHECK(two["record"] == one["record"]);
  CHECK(two["patient"] == one["patient"]);
  CHECK(two["content"] != one["content"]);
  // The patient's token does not depend on how the check character was typed.
  std::string upper = kRecord;
  upper.replace(upper.find("1002x"), 5, "1002X");
  CHECK(tags(upper)["patient"] == one["patient"]);
}

TEST_CASE("records that are not an emr.record v1 are refused with a pointer") {
  World world;
  RecordSealer sealer = world.sealer();
  struct Case {
    const char* find;
    const char* replace;
    const char* pointer;
  };
  const Case cases[] = {
      {R"("v":1)", R"("v":2)", "/v"},
      {R"("localId":"P1",)", "", "/patient/localId"},
      {R"("type":"1")", R"("type":"7")", "/visit/type"},
      {R"(T01:15:00Z")", R"( 01:15")", "/visit/start"},
      {R"("x/a.pdf")", R"("../a.pdf")", "/attachments/0/path"},
      {R"("x/a.pdf")", R"("/etc/passwd")", "/attachments/0/path"},
      {R"("x/a.pdf")", R"("missing")", "/attachments/0/path"},
      {R"("sex":"2")", R"("sex":"2","nick":"x")", "/patient/nick"},
      {R"("version":1)", R"("version":1,"extra":1)", "/extra"},
  };
  for (const Case& one : cases) {
    std::string record = kRecord;
    const std::size_t at = record.find(one.find);
    REQUIRE(at != std::string::npos);
    record.replace(at, std::string_view(one.find).size(), one.replace);
    const auto line = sealer.seal(record, world.with, world.rewriter);
    CAPTURE(one.replace);
    REQUIRE_FALSE(line.ok());
    CHECK(line.error().pointer == one.pointer);
  }
}

TEST_CASE("a genesis that does not name the institution is refused") {
  World world;
  CHECK_FALSE(SealTarget::from_genesis(world.genesis(), "hosp-z").ok());
  CHECK_FALSE(SealTarget::from_genesis("{}", "hosp-a").ok());
}

}  // namespace
}  // namespace emr::desensitize
