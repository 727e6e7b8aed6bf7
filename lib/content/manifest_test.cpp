// Manifests and handles.
#include "content/manifest.h"

#include <doctest/doctest.h>

#include "base/hex.h"
#include "content/limits.h"
#include "crypto/hash.h"

namespace emr::content {
namespace {

std::vector<ManifestObject> objects(std::size_t count) {
  crypto::SeededRandom random("manifest test");
  std::vector<ManifestObject> list;
  for (std::size_t i = 0; i < count; ++i) {
    ManifestObject object;
    object.id = "a" + std::to_string(i);
    object.name = "胸部正位.dcm";
    object.mime_type = "application/dicom";
    object.kind = "image";
    object.cid = cid_of_block(as_bytes(object.id), Codec::kDagPb);
    object.blinding = random.hash32();
    object.access.key = random.secret32();
    object.access.header = random_blob_header(random);
    object.access.commitment = blob_commitment(object.access.key, object.access.header);
    object.size = 1000 + i;
    object.padded = padme(object.size);
    object.sha256 = crypto::sha256(as_bytes(object.id));
    list.push_back(std::move(object));
  }
  return list;
}

std::string text_of(std::size_t count) {
  return std::string(format_manifest(objects(count)).value().text());
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("manifest: round trip") {
  const auto list = objects(2);
  const auto back = parse_manifest(text_of(2)).value();
  REQUIRE(back.size() == 2);
  CHECK(back[1].id == "a1");
  CHECK(back[1].name == "胸部正位.dcm");
  CHECK(back[1].cid == list[1].cid);
  CHECK(back[1].access.key.bytes() == list[1].access.key.bytes());
  CHECK(back[1].access.header.salt == list[1].access.header.salt);
  CHECK(back[1].access.commitment == list[1].access.commitment);
  CHECK(back[1].padded == list[1].padded);
  CHECK(format_manifest(back).value().text() == text_of(2));
  CHECK(parse_manifest(text_of(0)).value().empty());
}

TEST_CASE("manifest: refused texts") {
  const std::string text = text_of(2);
  const std::string hex = cid_hex(cid_of_block(as_bytes("a0"), Codec::kDagPb));
  const std::string refused[] = {
      "{}",
      "[]",
      replaced(text, "\"v\":1", "\"v\":2"),
      replaced(text, "\"id\":\"a1\"", "\"id\":\"a0\""),
      replaced(text, "\"size\":1000", "\"size\":100000"),
      replaced(text, "\"size\":", "\"seize\":"),
      replaced(text, hex, cid_hex(cid_of_block(as_bytes("other"), Codec::kDagPb))),
      replaced(text, hex, format_cid(cid_of_block(as_bytes("a0"), Codec::kDagPb))),
      replaced(text, "\"key\":\"", "\"key\":\"AAAA"),
      replaced(text, "\"header\":\"28", "\"header\":\"27"),
  };
  for (const std::string& wrong : refused) CHECK(parse_manifest(wrong).error().code == Code::kData);
}

TEST_CASE("manifest: limits") {
  CHECK(format_manifest(objects(kMaxManifestObjects + 1)).error().reason == "limit");
  auto list = objects(1);
  list[0].name = std::string(kMaxManifestBytes, 'x');
  CHECK(format_manifest(list).error().reason == "limit");
}

TEST_CASE("manifest: a handle hides its CID and binds it") {
  const Cid cid = cid_of_block(as_bytes("x"), Codec::kDagPb);
  Cid v0 = cid;
  v0.version = 0;
  const Hash32 blinding{};
  CHECK(content_handle(blinding, cid) == content_handle(blinding, v0));
  Bytes preimage = to_bytes("emr/handle/1");
  preimage.push_back(0);
  append(preimage, blinding);
  append(preimage, cid_bytes(cid));
  CHECK(content_handle(blinding, cid) == crypto::sha256(preimage));
}

}  // namespace
}  // namespace emr::content
