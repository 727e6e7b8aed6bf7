#include "desensitize/record/sealer.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/hex.h"
#include "crypto/hash.h"
#include "desensitize/detect/fold.h"
#include "json/access.h"
#include "json/json.h"
#include "threshold/envelope.h"
#include "threshold/recipient.h"

namespace emr::desensitize {
namespace {

using Json = nlohmann::json;

constexpr json::Limits kRecordLimits{kMaxRecordBytes, 0, true};

/// The plaintext as it is tagged and sealed. Lab values may be fractions, which canonical JSON
/// refuses: `write` gives them one spelling (shortest form), so equal records have equal tags.
Result<std::string> plain_text(const Json& record) { return json::write(record); }

Result<std::string> rewrite_text(std::string_view text, FieldTransformer& with,
                                 Rewriter& rewriter) {
  std::string out;
  EMR_TRY(rewriter.rewrite(text, with, out));
  return out;
}

Json index_of(const RecordFacts& facts, const std::string& institution) {
  return {{"institution", institution},
          {"docType", facts.document_type},
          {"confidentiality", facts.confidentiality},
          {"visitType", facts.visit_type},
          {"month", facts.month}};
}

Result<Json> local_attachments(const RecordFacts& facts, FileHasher* files,
                               std::vector<Hash32>& digests) {
  Json list = Json::array();
  for (std::size_t i = 0; i < facts.attachments.size(); ++i) {
    const RecordAttachment& attachment = facts.attachments[i];
    if (files == nullptr) {
      return fail(Code::kUsage, "the record has attachments and no root was given for them")
          .with_hint("give --attachments-root DIR");
    }
    auto hashed = files->hash(attachment.path);
    if (!hashed) {
      return std::move(hashed).error().with_pointer("/attachments/" + std::to_string(i) + "/path");
    }
    digests.push_back(hashed->sha256);
    list.push_back({{"id", attachment.id},
                    {"path", attachment.path},
                    {"name", attachment.name},
                    {"mimeType", attachment.mime_type},
                    {"kind", attachment.kind},
                    {"size", hashed->size},
                    {"sha256", to_hex(hashed->sha256)}});
  }
  return list;
}

}  // namespace

Result<SealTarget> SealTarget::from_genesis(std::string_view genesis,
                                            std::string_view institution,
                                            std::string_view descriptor) {
  EMR_ASSIGN(const Json tree, json::parse_object(genesis));
  EMR_TRY(json::expect_type(tree, "emr.genesis", 1));
  SealTarget target;
  EMR_ASSIGN(const std::string canonical, json::canonical(tree));
  target.chain = crypto::tagged_hash("emr/genesis/1", as_bytes(canonical));
  EMR_ASSIGN(const Json* threshold_key, json::get_object(tree, "threshold"));
  EMR_ASSIGN(target.key_id, json::get_string(*threshold_key, "keyId", {.max = 16}, "/threshold"));
  EMR_ASSIGN(const Hash32 group, json::get_hex32(*threshold_key, "groupKey", "/threshold"));
  EMR_ASSIGN(target.group_key, threshold::Element::decode(group));
  EMR_ASSIGN(const Json* linkage, json::find_object(tree, "linkage"));
  if (linkage != nullptr) {
    EMR_ASSIGN(target.linkage_epoch, json::get_u64(*linkage, "epoch", {}, "/linkage"));
    EMR_ASSIGN(target.linkage_check, json::get_string(*linkage, "check", {.max = 64}, "/linkage"));
  }
  EMR_ASSIGN(const Json* institutions, json::get_array(tree, "institutions"));
  for (std::size_t i = 0; i < institutions->size(); ++i) {
    const Json& one = (*institutions)[i];
    const Json* id = one.is_object() ? json::find_member(one, "id") : nullptr;
    if (id != nullptr && *id == Json(institution)) {
      target.institution = institution;
      EMR_ASSIGN(target.archive_key,
                 json::get_hex32(one, "archiveKey", json::join_pointer("/institutions", i)));
      return target;
    }
  }
  if (descriptor.empty()) {
    return fail(Code::kConfig, "the genesis file names no such institution")
        .with_reason("institution")
        .with_hint("an institution that joined later gives its own descriptor: --descriptor FILE");
  }
  target.institution = institution;
  EMR_ASSIGN(target.archive_key, threshold::descriptor_archive_key(descriptor, institution));
  return target;
}

RecordSealer::RecordSealer(SealTarget target, crypto::Secret32 institution_key,
                           const crypto::Secret32& linkage_key, crypto::RandomSource& random,
                           FileHasher* files)
    : target_(std::move(target)),
      group_key_(target_.group_key),
      archive_(target_.archive_key),
      institution_key_(std::move(institution_key)),
      pseudonyms_(linkage_key, target_.linkage_epoch),
      random_(random),
      files_(files) {}

RecordSealer::~RecordSealer() = default;

Result<Hash32> RecordSealer::patient_token(const RecordFacts& facts) {
  const std::string identity =
      facts.patient_id_number.empty()
          ? "local:" + facts.organisation + ":" + facts.patient_local_id
          : "01:" + fold_identifier(facts.patient_id_number);
  return pseudonyms_.token(crypto::PseudonymKind::kPatient, normalise_text(identity));
}

Result<Hash32> RecordSealer::doctor_token(const RecordFacts& facts) {
  return pseudonyms_.token(
      crypto::PseudonymKind::kDoctor,
      normalise_text("doctor:" + facts.organisation + ":" + facts.doctor_id));
}

Result<std::string> RecordSealer::seal(std::string_view line, FieldTransformer& with,
                                       Rewriter& rewriter) {
  EMR_ASSIGN(const Json record, json::parse_object(line, kRecordLimits));
  EMR_ASSIGN(const RecordFacts facts, read_record(record));
  EMR_ASSIGN(const std::string plain, plain_text(record));
  std::vector<Hash32> digests;
  EMR_ASSIGN(Json local, local_attachments(facts, files_, digests));
  EMR_ASSIGN(const Hash32 policy_hash, hash_from_hex(with.policy().hash()));
  const Hash32 record_tag = crypto::record_tag(institution_key_, facts.organisation,
                                               facts.visit_id, facts.document_type);
  const Hash32 content_tag = crypto::content_tag(institution_key_, plain, digests, policy_hash);
  EMR_ASSIGN(const Hash32 patient, patient_token(facts));
  EMR_ASSIGN(const Hash32 doctor, doctor_token(facts));
  EMR_ASSIGN(const std::string open_text, rewrite_text(plain, with, rewriter));
  EMR_ASSIGN(Json open_half, json::parse_strict(open_text, kRecordLimits));

  const threshold::Label label{target_.chain, target_.institution, record_tag, content_tag,
                               threshold::Part::kOriginal};
  EMR_ASSIGN(const threshold::Envelope envelope,
             threshold::seal(as_bytes(plain), label, group_key_, target_.key_id,
                             archive_, random_));
  Json sealed = {{"type", "emr.sealed"}, {"v", 1}};
  sealed["index"] = index_of(facts, target_.institution);
  sealed["tags"] = {{"record", to_hex(record_tag)},
                    {"content", to_hex(content_tag)},
                    {"patient", to_hex(patient)},
                    {"doctor", to_hex(doctor)}};
  sealed["public"] = std::move(open_half);
  sealed["policy"] = {{"id", with.policy().id()}, {"hash", with.policy().hash()}};
  sealed["sealed"] = envelope.to_json();
  if (!local.empty()) {
    sealed["local"] = {{"attachments", std::move(local)}};
  }
  // What goes towards the ledger is hashed there: canonical, so without fractions.
  auto text = json::canonical(sealed);
  if (!text) {
    return std::move(text).error().with_hint(
        "the policy must remove or generalise numbers with a fraction");
  }
  return text;
}

Result<std::string> public_half(std::string_view line, FieldTransformer& with,
                                Rewriter& rewriter) {
  EMR_ASSIGN(const Json record, json::parse_object(line, kRecordLimits));
  EMR_TRY(read_record(record));
  return rewrite_text(line, with, rewriter);
}

}  // namespace emr::desensitize
