#include "content/manifest.h"

#include <nlohmann/json.hpp>
#include <set>

#include "base/hex.h"
#include "content/limits.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::content {
namespace {

using json::Json;

constexpr std::uint64_t kManifestVersion = 1;
constexpr std::size_t kMaxText = 512;

Error bad_manifest(std::string message, const std::string& where) {
  return fail(Code::kData, std::move(message)).with_reason("manifest").with_pointer(where);
}

Json object_to_json(const ManifestObject& object) {
  return Json{{"id", object.id},
              {"name", object.name},
              {"mimeType", object.mime_type},
              {"kind", object.kind},
              {"cidHex", cid_hex(object.cid)},
              {"r", to_hex(object.blinding)},
              {"handle", to_hex(content_handle(object.blinding, object.cid))},
              {"key", to_base64(object.access.key.view())},
              {"header", to_hex(encode_blob_header(object.access.header))},
              {"commit", to_hex(object.access.commitment)},
              {"size", object.size},
              {"padded", object.padded},
              {"sha256", to_hex(object.sha256)}};
}

Status read_texts(const Json& json, const std::string& where, ManifestObject& object) {
  constexpr json::TextRule kOptional{.max = kMaxText, .allow_empty = true};
  EMR_ASSIGN(object.id, json::get_string(json, "id", {.max = kMaxText}, where));
  EMR_ASSIGN(object.name, json::get_string(json, "name", kOptional, where));
  EMR_ASSIGN(object.mime_type, json::get_string(json, "mimeType", kOptional, where));
  EMR_ASSIGN(object.kind, json::get_string(json, "kind", kOptional, where));
  return {};
}

Status read_access(const Json& json, const std::string& where, BlobAccess& access) {
  EMR_ASSIGN(const Bytes raw, json::get_base64(json, "key", sizeof(Hash32), where));
  const crypto::SecretBytes key{Bytes(raw)};
  EMR_ASSIGN(access.key, crypto::Secret32::from_bytes(key.view()));
  EMR_ASSIGN(const Bytes header, json::get_hex(json, "header", kBlobHeaderSize, where));
  EMR_ASSIGN(access.header, decode_blob_header(header));
  EMR_ASSIGN(access.commitment, json::get_hex32(json, "commit", where));
  return {};
}

Status read_sizes(const Json& json, const std::string& where, ManifestObject& object) {
  EMR_ASSIGN(object.size, json::get_u64(json, "size", {.max = kMaxObjectSize}, where));
  EMR_ASSIGN(object.padded, json::get_u64(json, "padded", {.max = 2 * kMaxObjectSize}, where));
  if (object.padded < object.size) return bad_manifest("padding makes an object smaller", where);
  EMR_ASSIGN(object.sha256, json::get_hex32(json, "sha256", where));
  return {};
}

Result<ManifestObject> read_object(const Json& json, const std::string& where) {
  EMR_TRY(json::refuse_unknown_members(json,
                                       {"id", "name", "mimeType", "kind", "cidHex", "r", "handle",
                                        "key", "header", "commit", "size", "padded", "sha256"},
                                       where));
  ManifestObject object;
  EMR_TRY(read_texts(json, where, object));
  EMR_ASSIGN(const std::string cid, json::get_string(json, "cidHex", {.max = kMaxCidText}, where));
  EMR_ASSIGN(object.cid, parse_cid(cid));
  if (cid_hex(object.cid) != cid) return bad_manifest("cidHex is not the hex form", where);
  EMR_ASSIGN(object.blinding, json::get_hex32(json, "r", where));
  EMR_ASSIGN(const Hash32 handle, json::get_hex32(json, "handle", where));
  if (handle != content_handle(object.blinding, object.cid)) {
    return bad_manifest("handle does not belong to the CID", where);
  }
  EMR_TRY(read_access(json, where, object.access));
  EMR_TRY(read_sizes(json, where, object));
  return object;
}

}  // namespace

Hash32 content_handle(const Hash32& blinding, const Cid& cid) {
  const Bytes bytes = cid_bytes(to_version_1(cid));
  return crypto::tagged_hash("emr/handle/1", {blinding, bytes});
}

Result<crypto::SecretBytes> format_manifest(const std::vector<ManifestObject>& objects) {
  if (objects.size() > kMaxManifestObjects) {
    return fail(Code::kData, "record has too many attachments").with_reason("limit");
  }
  Json list = Json::array();
  for (const ManifestObject& object : objects) list.push_back(object_to_json(object));
  EMR_ASSIGN(const std::string text,
             json::canonical(Json{{"v", kManifestVersion}, {"objects", std::move(list)}}));
  if (text.size() > kMaxManifestBytes) {
    return fail(Code::kData, "manifest is too large").with_reason("limit");
  }
  return crypto::SecretBytes(to_bytes(text));
}

Result<std::vector<ManifestObject>> parse_manifest(std::string_view text) {
  EMR_ASSIGN(const Json json, json::parse_object(text));
  EMR_TRY(json::refuse_unknown_members(json, {"v", "objects"}));
  EMR_TRY(json::get_u64(json, "v", {.min = kManifestVersion, .max = kManifestVersion}));
  EMR_ASSIGN(const Json* list, json::get_array(json, "objects", kMaxManifestObjects));
  std::vector<ManifestObject> objects;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string where = json::join_pointer("/objects", i);
    EMR_ASSIGN(ManifestObject object, read_object((*list)[i], where));
    if (!ids.insert(object.id).second) return bad_manifest("two objects have one id", where);
    objects.push_back(std::move(object));
  }
  return objects;
}

}  // namespace emr::content
