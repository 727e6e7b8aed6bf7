// Keyed names for people and records. An unkeyed hash of an ID number falls to a list of all ID
// numbers in hours, so every token is an HMAC. `Pseudonyms` is an interface because the next
// version computes the same tokens with a threshold OPRF, where nobody holds the key.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

namespace emr::crypto {

enum class PseudonymKind : std::uint8_t {
  kPatient,   ///< identity "01:" + ID number in upper case, or "local:<org>:<localId>"
  kDoctor,    ///< identity "doctor:<org>:<doctorId>"
  kIdentity,  ///< the identity string of a registration
};
/// "patient", "doctor", "identity".
std::string_view pseudonym_kind_name(PseudonymKind kind) noexcept;

class Pseudonyms {
 public:
  virtual ~Pseudonyms() = default;
  /// The token of a normalised (NFKC, by the caller) identity. May fail when it needs a quorum.
  virtual Result<Hash32> token(PseudonymKind kind, std::string_view identity) = 0;
};

/// HMAC under the consortium's linkage key: whoever holds the key can test guesses.
class HmacPseudonyms final : public Pseudonyms {
 public:
  HmacPseudonyms(const Secret32& linkage_key, std::uint64_t epoch);
  Result<Hash32> token(PseudonymKind kind, std::string_view identity) override;

 private:
  HmacSha256 patient_;
  HmacSha256 doctor_;
  HmacSha256 identity_;
};

/// Names a record (organisation, visit, document class) to everybody and tells it to nobody.
Hash32 record_tag(const Secret32& institution_key, std::string_view organisation,
                  std::string_view visit_id, std::string_view document_type);
/// Names one content of a record: canonical plaintext, attachment digests in order, policy hash.
Hash32 content_tag(const Secret32& institution_key, std::string_view canonical_plaintext,
                   std::span<const Hash32> attachment_digests, const Hash32& policy_hash);
/// Names one place in an institution's hours; a member who sees it booked cannot guess which.
/// `start` is a time as format_utc() writes it, `doctor` may be "".
Hash32 slot_tag(const Secret32& institution_key, std::string_view institution,
                std::string_view department, std::string_view doctor, std::string_view start,
                std::uint64_t number);

}  // namespace emr::crypto
