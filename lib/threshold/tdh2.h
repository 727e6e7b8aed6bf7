// TDH2 (Shoup and Gennaro, "Securing threshold cryptosystems against chosen ciphertext attack",
// 2002) over ristretto255, as a key encapsulation: it carries one 32-byte content key under a
// label. A ciphertext proves that its maker knew the randomness and bound it to the label; a holder
// must check that before touching its share, which the types enforce: only `check` makes a
// CheckedCiphertext. Byte layouts: FORMAT.md. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "threshold/fixed_base.h"
#include "threshold/keys.h"

namespace emr::threshold {

inline constexpr std::size_t kCiphertextBytes = 160;
inline constexpr std::size_t kPartialBytes = 100;

/// Decoded, not yet checked.
struct Ciphertext {
  Hash32 masked_key{};  ///< content key xor the mask
  Element u;
  Element u_bar;
  Scalar challenge;
  Scalar response;

  Bytes encode() const;
  static Result<Ciphertext> decode(ByteView bytes);
};

/// A ciphertext whose proof holds for one group key and one label.
class CheckedCiphertext {
 public:
  const Ciphertext& value() const noexcept { return value_; }
  /// Names this ciphertext under its label; proofs are bound to it.
  const Hash32& id() const noexcept { return id_; }

 private:
  friend Result<CheckedCiphertext> check(const Element&, const Ciphertext&, ByteView);
  CheckedCiphertext(const Ciphertext& value, const Hash32& id) : value_(value), id_(id) {}
  Ciphertext value_;
  Hash32 id_;
};

/// One holder's part of the decryption with the proof that it is right.
struct PartialDecryption {
  std::uint32_t index = 0;
  Element part;
  Scalar challenge;
  Scalar response;

  Bytes encode() const;
  static Result<PartialDecryption> decode(ByteView bytes);
};

/// Who encrypts more than once keeps the group key as a FixedBase.
Result<Ciphertext> encrypt(const FixedBase& group_key, ByteView label,
                           const crypto::Secret32& content_key, crypto::RandomSource& random);

/// kNegative (reason "ciphertext_proof") when the ciphertext was made for another label or key, or
/// was changed.
Result<CheckedCiphertext> check(const Element& group_key, const Ciphertext& ciphertext,
                                ByteView label);

/// `context` says what this release is for (release_context in keypart.h); the proof does not
/// verify in another one.
Result<PartialDecryption> partial_decrypt(const KeyShare& share, const CheckedCiphertext& checked,
                                          ByteView context, crypto::RandomSource& random);

/// kNegative (reason "partial_proof") when the part is forged or for something else.
Status verify_partial(const KeySet& keys, const CheckedCiphertext& checked,
                      const PartialDecryption& partial, ByteView context);

struct Combined {
  crypto::Secret32 content_key;
  /// Indices whose part did not verify, ascending; a reader reports these nodes.
  std::vector<std::uint32_t> rejected;
};

/// Verifies every part and combines the first `quorum` good ones with distinct indices. kTempFail
/// (reason "too_few_parts") when there are fewer; the message names the rejected indices.
Result<Combined> combine(const KeySet& keys, const CheckedCiphertext& checked,
                         std::span<const PartialDecryption> partials, ByteView context);

}  // namespace emr::threshold
