// emr.envelope v1: a sealed part of a record. A fresh content key encrypts the padded plaintext;
// the key itself goes to exactly two recipients, the consortium (TDH2) and the writing
// institution's archive key (X25519). Everything is bound to a label that nodes rebuild from state,
// so a copied ciphertext does not open elsewhere. Byte-exact description and worked example:
// FORMAT.md.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/aead.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "threshold/box_recipient.h"
#include "threshold/keys.h"
#include "threshold/tdh2.h"

namespace emr::threshold {

enum class Part : std::uint8_t { kOriginal, kManifest };
/// "original", "manifest".
std::string_view part_name(Part part) noexcept;
Result<Part> part_from_name(std::string_view name);

/// What a ciphertext is for. The content tag names the version.
struct Label {
  Hash32 chain{};           ///< genesis hash
  std::string institution;  ///< id of the writing institution
  Hash32 record{};          ///< record tag
  Hash32 content{};         ///< content tag
  Part part = Part::kOriginal;

  bool operator==(const Label&) const = default;
  /// canon(label): the associated data of the AEAD and the label of TDH2.
  std::string canonical() const;
  nlohmann::json to_json() const;
  static Result<Label> from_json(const nlohmann::json& json);
};

struct Envelope {
  std::string key_id;
  Label label;
  crypto::GcmNonce nonce{};
  Bytes ciphertext;
  Ciphertext consortium;
  Bytes archive;

  nlohmann::json to_json() const;
  /// Strict: every member, no other, canonical sizes. kData with a pointer.
  static Result<Envelope> from_json(const nlohmann::json& json);
};

/// kData when the plaintext is longer than kMaxEnvelopePlaintext.
Result<Envelope> seal(ByteView plaintext, const Label& label, const FixedBase& group_key,
                      std::string_view key_id, const BoxRecipient& archive,
                      crypto::RandomSource& random);

/// kData (reason "authentication") for another key or a changed envelope.
Result<crypto::SecretBytes> open_with_key(const Envelope& envelope,
                                          const crypto::Secret32& content_key);
Result<crypto::SecretBytes> open_with_archive(const Envelope& envelope,
                                              const crypto::Secret32& archive_secret);

/// The consortium's half, checked against the label that the caller rebuilt from state. kNegative
/// (reason "label") when the envelope carries another one.
Result<CheckedCiphertext> check_envelope(const Envelope& envelope, const KeySet& keys,
                                         const Label& expected);

}  // namespace emr::threshold
