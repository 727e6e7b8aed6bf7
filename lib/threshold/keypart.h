// emr.keypart v1: one node's answer to a release request, a partial decryption sealed to the
// session's box key. The proof inside is bound to the access transaction and the part.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/box.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "threshold/envelope.h"
#include "threshold/tdh2.h"

namespace emr::threshold {

/// The context of every partial decryption that is released for one part under one access.
Bytes release_context(const Hash32& access, Part part);

struct KeyPart {
  std::string node;  ///< id of the institution that answers
  Hash32 access{};   ///< transaction id of the access
  Part part = Part::kOriginal;
  std::uint32_t index = 0;
  Bytes box;  ///< sealed box of the encoded partial decryption

  nlohmann::json to_json() const;
  static Result<KeyPart> from_json(const nlohmann::json& json);
};

/// At the node: decrypts partially and seals to the reader's session.
Result<KeyPart> make_key_part(const KeyShare& share, const CheckedCiphertext& checked,
                              std::string_view node, const Hash32& access, Part part,
                              const crypto::BoxPublicKey& session_key,
                              crypto::RandomSource& random);

/// At the reader: opens the box; the index inside must be the index outside. The proof is verified
/// by `combine` with `release_context(access, part)`.
Result<PartialDecryption> open_key_part(const KeyPart& part,
                                        const crypto::Secret32& session_secret);

}  // namespace emr::threshold
