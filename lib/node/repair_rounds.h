// Which of many missing sidecars to ask the next peer for. Every peer is asked for the same ones
// before those behind them have their turn: what all have pruned must not keep us from the rest.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "base/bytes.h"

namespace emr::node {

class RepairRounds {
 public:
  /// At most `most`; `again`: every peer has been asked for the last ones.
  std::vector<Hash32> next(const std::set<Hash32>& missing, bool again, std::size_t most) {
    if (again) first_ = behind_;
    auto at = missing.lower_bound(first_);
    if (at == missing.end()) at = missing.begin();
    std::vector<Hash32> wanted;
    for (; at != missing.end() && wanted.size() < most; ++at) wanted.push_back(*at);
    behind_ = at == missing.end() ? Hash32{} : *at;
    return wanted;
  }

 private:
  Hash32 first_{};
  Hash32 behind_{};  ///< where the next round begins
};

}  // namespace emr::node
