// emr.record v1 -> emr.sealed v1: the tags that name patient, doctor, record and content to the
// ledger, the public half as the policy allows it, and the original in an envelope that only the
// consortium's quorum or the hospital's archive key opens. One thread per object.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/box.h"
#include "crypto/pseudonyms.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "desensitize/format.h"
#include "desensitize/record/record.h"
#include "threshold/box_recipient.h"
#include "threshold/fixed_base.h"

namespace emr::desensitize {

/// What the genesis file tells about the consortium and one institution of it.
struct SealTarget {
  Hash32 chain{};
  std::string institution;
  threshold::Element group_key;
  std::string key_id;
  crypto::BoxPublicKey archive_key{};
  std::uint64_t linkage_epoch = 1;
  std::string linkage_check;  ///< 16 hex characters, "" when the genesis has none

  /// `descriptor`: the emr.node line of an institution that joined after the genesis; "" when the
  /// genesis names it.
  static Result<SealTarget> from_genesis(std::string_view genesis, std::string_view institution,
                                         std::string_view descriptor = {});
};

/// Size and digest of an attachment; the tool reads the file.
struct FileFacts {
  std::uint64_t size = 0;
  Hash32 sha256{};
};
class FileHasher {
 public:
  virtual ~FileHasher() = default;
  virtual Result<FileFacts> hash(const std::string& relative_path) = 0;
};

class RecordSealer {
 public:
  /// `files` may be null: then a record with attachments is refused.
  RecordSealer(SealTarget target, crypto::Secret32 institution_key,
               const crypto::Secret32& linkage_key, crypto::RandomSource& random,
               FileHasher* files);
  ~RecordSealer();

  /// One input line to one line of emr.sealed (no newline).
  Result<std::string> seal(std::string_view line, FieldTransformer& with, Rewriter& rewriter);

 private:
  Result<Hash32> patient_token(const RecordFacts& facts);
  Result<Hash32> doctor_token(const RecordFacts& facts);

  SealTarget target_;
  threshold::FixedBase group_key_;
  threshold::BoxRecipient archive_;
  crypto::Secret32 institution_key_;
  crypto::HmacPseudonyms pseudonyms_;
  crypto::RandomSource& random_;
  FileHasher* files_;
};

/// emr.record line -> its public half alone ("--no-seal"), checked as strictly.
Result<std::string> public_half(std::string_view line, FieldTransformer& with,
                                Rewriter& rewriter);

}  // namespace emr::desensitize
