// The validators of one epoch and the arithmetic of their quorums (DESIGN section 5):
//   f = floor((n-1)/3)        faulty validators that are tolerated
//   q = ceil((n+f+1)/2)       a quorum: two of them share at least one correct validator
//   f+1                       "weak": at least one correct validator is among them
// A value type: immutable once made, copyable, no thread of its own. `make` refuses bad input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::quorum {

/// Position of a validator in its set; genesis order, stable within an epoch.
using NodeIndex = std::uint32_t;
using Epoch = std::uint64_t;
using View = std::uint64_t;
/// PBFT sequence number = block height. Genesis is 0.
using Seq = std::uint64_t;
/// Compressed secp256k1 public key.
using VoteKey = std::array<std::uint8_t, 33>;

class ValidatorSet {
 public:
  /// kData when there are fewer than 4 or more than 64 keys, or two equal ones.
  static Result<ValidatorSet> make(Epoch epoch, std::vector<VoteKey> keys);

  Epoch epoch() const noexcept { return epoch_; }
  std::size_t size() const noexcept { return keys_.size(); }
  std::size_t max_faulty() const noexcept { return (size() - 1) / 3; }
  std::size_t quorum() const noexcept { return (size() + max_faulty() + 2) / 2; }
  std::size_t weak_quorum() const noexcept { return max_faulty() + 1; }
  bool contains(NodeIndex node) const noexcept { return node < size(); }
  const VoteKey& key(NodeIndex node) const;
  std::optional<NodeIndex> find(const VoteKey& key) const noexcept;
  NodeIndex primary(View view) const noexcept { return static_cast<NodeIndex>(view % size()); }

  /// H("emr/validators/1", u64 epoch, u32 n, keys): names the set in block headers.
  Hash32 hash() const;

 private:
  ValidatorSet(Epoch epoch, std::vector<VoteKey> keys) : epoch_(epoch), keys_(std::move(keys)) {}

  Epoch epoch_;
  std::vector<VoteKey> keys_;
};

}  // namespace emr::quorum
