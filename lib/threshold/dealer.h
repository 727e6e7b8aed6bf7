// Shamir's dealer: one party makes the whole key, hands out the shares and forgets. It is the first
// version and is named in the promises; distributed generation will end in the same types.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "crypto/random.h"
#include "threshold/keys.h"

namespace emr::threshold {

struct Dealing {
  KeySet keys;
  std::vector<KeyShare> shares;  ///< index 1..n in order
};

/// kUsage unless 1 <= quorum <= n <= kMaxShares.
Result<Dealing> deal(std::uint32_t quorum, std::uint32_t n, crypto::RandomSource& random);

/// The quorum of DESIGN section 5: ceil((n + f + 1) / 2) with f = floor((n - 1) / 3).
std::uint32_t quorum_for(std::uint32_t n) noexcept;

}  // namespace emr::threshold
