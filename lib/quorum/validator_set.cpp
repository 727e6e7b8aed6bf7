#include "quorum/validator_set.h"

#include <algorithm>

#include "base/check.h"
#include "base/wire.h"
#include "crypto/hash.h"
#include "quorum/limits.h"

namespace emr::quorum {

Result<ValidatorSet> ValidatorSet::make(Epoch epoch, std::vector<VoteKey> keys) {
  if (keys.size() < kMinValidators || keys.size() > kMaxValidators) {
    return fail(Code::kData, "a validator set has 4 to 64 members").with_reason("validator_count");
  }
  std::vector<VoteKey> sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return fail(Code::kData, "two validators have the same vote key").with_reason("duplicate_key");
  }
  return ValidatorSet(epoch, std::move(keys));
}

const VoteKey& ValidatorSet::key(NodeIndex node) const {
  EMR_CHECK(contains(node));
  return keys_[node];
}

std::optional<NodeIndex> ValidatorSet::find(const VoteKey& key) const noexcept {
  const auto at = std::find(keys_.begin(), keys_.end(), key);
  if (at == keys_.end()) return std::nullopt;
  return static_cast<NodeIndex>(at - keys_.begin());
}

Hash32 ValidatorSet::hash() const {
  WireWriter writer;
  writer.u64(epoch_).u32(static_cast<std::uint32_t>(size()));
  for (const VoteKey& key : keys_) writer.raw(key);
  return crypto::tagged_hash("emr/validators/1", writer.bytes());
}

}  // namespace emr::quorum
