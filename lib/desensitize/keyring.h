// The keys of one run, derived from one master key with HKDF: one sub-key per field class and use,
// so that equal text in two classes gives unrelated tokens. Sub-keys are derived at first use, so a
// ring serves one thread: every worker takes a clone(). Wiped on destruction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/short_hmac.h"

namespace emr::desensitize {

class KeyRing {
 public:
  /// `master` must have at least kMinKeyBytes bytes (kDenied otherwise).
  static Result<std::shared_ptr<const KeyRing>> create(ByteView master);
  std::shared_ptr<const KeyRing> clone() const;
  ~KeyRing();
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

  /// 16 hex characters that name the key without telling anything about it.
  const std::string& id() const noexcept { return id_; }

  /// HMAC-SHA256 under the sub-key of (class, use), e.g. ("NAME", "token").
  Hash32 mac(std::string_view field_class, std::string_view use, std::string_view text) const;
  /// The key of `mac` for short texts; lives as long as the ring.
  const crypto::ShortHmac& short_key(std::string_view field_class, std::string_view use) const;
  /// AES-256-SIV with the class as associated data: deterministic, authenticated, reversible.
  Bytes seal(std::string_view field_class, std::string_view text) const;
  Result<std::string> open(std::string_view field_class, ByteView sealed) const;
  /// 32 bytes for a technique that runs its own cipher (FF1).
  Hash32 derive(std::string_view field_class, std::string_view use) const;

  /// Signed number of days in [-max_days, max_days] without 0, from the patient's identity; with
  /// `whole_weeks` a multiple of 7, so that week days stay.
  int shift_days(std::string_view identity, int max_days, bool whole_weeks) const;
  /// The same from shift_key().mac(identity).
  static int shift_days(const Hash32& mac, int max_days, bool whole_weeks) noexcept;
  const crypto::ShortHmac& shift_key() const;

 private:
  struct Impl;
  explicit KeyRing(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
  std::string id_;
};

}  // namespace emr::desensitize
