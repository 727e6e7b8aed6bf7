#include "threshold/keypart.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "threshold/limits.h"

namespace emr::threshold {
namespace {

constexpr std::size_t kBoxBytes = kPartialBytes + crypto::kSealedBoxOverhead;

}  // namespace

Bytes release_context(const Hash32& access, Part part) {
  return to_bytes(crypto::tagged_hash("emr/release/1", {access, as_bytes(part_name(part))}));
}

nlohmann::json KeyPart::to_json() const {
  return {{"type", "emr.keypart"},
          {"v", 1},
          {"node", node},
          {"access", to_hex(access)},
          {"part", part_name(part)},
          {"index", index},
          {"box", to_base64(box)}};
}

Result<KeyPart> KeyPart::from_json(const nlohmann::json& json) {
  EMR_TRY(json::expect_type(json, "emr.keypart"));
  EMR_TRY(
      json::refuse_unknown_members(json, {"type", "v", "node", "access", "part", "index", "box"}));
  KeyPart result;
  EMR_ASSIGN(result.node, json::get_string(json, "node", {.max = kMaxIdBytes}));
  EMR_ASSIGN(result.access, json::get_hex32(json, "access"));
  EMR_ASSIGN(const std::string part, json::get_choice(json, "part", {"original", "manifest"}));
  EMR_ASSIGN(result.part, part_from_name(part));
  EMR_ASSIGN(const std::uint64_t index,
             json::get_u64(json, "index", {.min = 1, .max = kMaxShares}));
  result.index = static_cast<std::uint32_t>(index);
  EMR_ASSIGN(result.box, json::get_base64(json, "box", kBoxBytes));
  if (result.box.size() != kBoxBytes) {
    return fail(Code::kData, "a key part's box has 148 bytes")
        .with_reason("length")
        .with_pointer("/box");
  }
  return result;
}

Result<KeyPart> make_key_part(const KeyShare& share, const CheckedCiphertext& checked,
                              std::string_view node, const Hash32& access, Part part,
                              const crypto::BoxPublicKey& session_key,
                              crypto::RandomSource& random) {
  EMR_ASSIGN(const PartialDecryption partial,
             partial_decrypt(share, checked, release_context(access, part), random));
  KeyPart result{std::string(node), access, part, share.index, {}};
  const crypto::SecretBytes encoded(partial.encode());
  EMR_ASSIGN(result.box, crypto::seal_box(session_key, encoded.view(), random));
  return result;
}

Result<PartialDecryption> open_key_part(const KeyPart& part,
                                        const crypto::Secret32& session_secret) {
  EMR_ASSIGN(const crypto::SecretBytes opened, crypto::open_sealed_box(session_secret, part.box));
  EMR_ASSIGN(const PartialDecryption partial, PartialDecryption::decode(opened.view()));
  if (partial.index != part.index) {
    return fail(Code::kData, "a key part holds the part of another index").with_reason("index");
  }
  return partial;
}

}  // namespace emr::threshold
