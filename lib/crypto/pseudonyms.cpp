#include "crypto/pseudonyms.h"

#include "base/check.h"

namespace emr::crypto {
namespace {

HmacSha256 keyed(const Secret32& linkage_key, PseudonymKind kind, std::uint64_t epoch) {
  const std::string info =
      "emr/pseudonym/1/" + std::string(pseudonym_kind_name(kind)) + "/" + std::to_string(epoch);
  return HmacSha256(derive_key(linkage_key.view(), info).view());
}

constexpr std::uint8_t kZero = 0;
const ByteView kSeparator(&kZero, 1);

}  // namespace

std::string_view pseudonym_kind_name(PseudonymKind kind) noexcept {
  switch (kind) {
    case PseudonymKind::kPatient: return "patient";
    case PseudonymKind::kDoctor: return "doctor";
    case PseudonymKind::kIdentity: return "identity";
  }
  return "";
}

HmacPseudonyms::HmacPseudonyms(const Secret32& linkage_key, std::uint64_t epoch)
    : patient_(keyed(linkage_key, PseudonymKind::kPatient, epoch)),
      doctor_(keyed(linkage_key, PseudonymKind::kDoctor, epoch)),
      identity_(keyed(linkage_key, PseudonymKind::kIdentity, epoch)) {}

Result<Hash32> HmacPseudonyms::token(PseudonymKind kind, std::string_view identity) {
  switch (kind) {
    case PseudonymKind::kPatient: return patient_.mac(identity);
    case PseudonymKind::kDoctor: return doctor_.mac(identity);
    case PseudonymKind::kIdentity: return identity_.mac(identity);
  }
  return fail(Code::kInternal, "unknown kind of pseudonym");
}

Hash32 record_tag(const Secret32& institution_key, std::string_view organisation,
                  std::string_view visit_id, std::string_view document_type) {
  return HmacSha256(institution_key.view())
      .mac({as_bytes("emr/record-tag/1"), kSeparator, as_bytes(organisation), kSeparator,
            as_bytes(visit_id), kSeparator, as_bytes(document_type)});
}

Hash32 content_tag(const Secret32& institution_key, std::string_view canonical_plaintext,
                   std::span<const Hash32> attachment_digests, const Hash32& policy_hash) {
  Bytes digests;
  for (const Hash32& digest : attachment_digests) append(digests, digest);
  return HmacSha256(institution_key.view())
      .mac({as_bytes("emr/content-tag/1"), kSeparator, as_bytes(canonical_plaintext), kSeparator,
            digests, kSeparator, policy_hash});
}

Hash32 slot_tag(const Secret32& institution_key, std::string_view institution,
                std::string_view department, std::string_view doctor, std::string_view start,
                std::uint64_t number) {
  return HmacSha256(institution_key.view())
      .mac({as_bytes("emr/slot-tag/1"), kSeparator, as_bytes(institution), kSeparator,
            as_bytes(department), kSeparator, as_bytes(doctor), kSeparator, as_bytes(start),
            kSeparator, as_bytes(std::to_string(number))});
}

}  // namespace emr::crypto
