// Keys of a threshold: what everybody knows (KeySet) and what one institution holds (KeyShare).
// A key of quorum q opens with q shares and tells q - 1 holders nothing. Where the shares come from
// is not decided here: today `deal`, later distributed generation; both end in these two types.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "threshold/group.h"

namespace emr::threshold {

/// The public half. Immutable once made.
class KeySet {
 public:
  /// Checks everything that can be checked in public: 1 <= quorum <= n <= kMaxShares, and that the
  /// verification keys of shares 1..n lie on one polynomial of degree quorum - 1 whose value at
  /// zero is the group key (so any quorum of them opens the same thing).
  static Result<KeySet> make(std::uint32_t quorum, const Element& group_key,
                             std::vector<Element> verification_keys);
  /// The same from encoded elements, as a genesis file has them.
  static Result<KeySet> decode(std::uint32_t quorum, const Hash32& group_key,
                               std::span<const Hash32> verification_keys);

  std::uint32_t quorum() const noexcept { return quorum_; }
  std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(verification_keys_.size());
  }
  const Element& group_key() const noexcept { return group_key_; }
  /// Of share `index` (1..n, checked).
  const Element& verification_key(std::uint32_t index) const;
  const std::vector<Element>& verification_keys() const noexcept { return verification_keys_; }
  /// 16 hex characters: the name of this key in envelopes and in the genesis file.
  const std::string& key_id() const noexcept { return key_id_; }

 private:
  KeySet() = default;
  std::uint32_t quorum_ = 0;
  Element group_key_;
  std::vector<Element> verification_keys_;
  std::string key_id_;
};

/// One holder's secret.
struct KeyShare {
  std::uint32_t index = 0;  ///< 1..n
  Scalar secret;

  /// u32 index ‖ 32-byte scalar; the bytes that go into a box or a share file.
  crypto::SecretBytes encode() const;
  static Result<KeyShare> decode(ByteView bytes);
};

/// Is this the share that the key set expects at its index? kNegative (reason "share") if not.
Status check_share(const KeySet& keys, const KeyShare& share);

/// Lagrange coefficient at zero of `index` among `indices` (distinct, not zero, containing index;
/// checked). The algebra that combination and later re-sharing share.
Scalar lagrange_at_zero(std::uint32_t index, const std::vector<std::uint32_t>& indices);

}  // namespace emr::threshold
