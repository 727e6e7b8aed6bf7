// How many bytes of blocks a peer may still have from us: it fills up with time. Core thread only.
#pragma once

#include <algorithm>

#include "node/limits.h"
#include "node/mempool.h"

namespace emr::node {

class Allowance {
 public:
  bool is_used_up(Millis now_ms) noexcept {
    const Millis passed = std::min(now_ms - std::min(now_ms, filled_ms_), kFullMs);
    left_ = std::min(kServedBytesBurst, left_ + passed * kServedBytesPerSecond / 1000);
    filled_ms_ = now_ms;
    return left_ == 0;
  }
  /// The last block may cost more than is left.
  void spend(std::size_t bytes) noexcept { left_ -= std::min(left_, bytes); }

 private:
  static constexpr Millis kFullMs = 1000 * kServedBytesBurst / kServedBytesPerSecond;

  std::size_t left_ = kServedBytesBurst;
  Millis filled_ms_ = 0;
};

}  // namespace emr::node
