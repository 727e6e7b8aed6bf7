// Which of many missing sidecars to ask the next peer for, and when. Every peer is asked for the
// same ones before those behind them have their turn: what all have pruned must not keep us from
// the rest. A pass that brought nothing makes the next one rarer: what is gone for good costs
// nobody much.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "node/limits.h"

namespace emr::node {

class RepairRounds {
 public:
  /// At most `most`; `again`: every peer has been asked for the last ones.
  std::vector<Hash32> next(const std::set<Hash32>& missing, bool again, std::size_t most) {
    if (again && behind_ == Hash32{}) end_pass(missing.size());
    if (again) first_ = behind_;
    auto at = missing.lower_bound(first_);
    if (at == missing.end()) at = missing.begin();
    std::vector<Hash32> wanted;
    for (; at != missing.end() && wanted.size() < most; ++at) wanted.push_back(*at);
    behind_ = at == missing.end() ? Hash32{} : *at;
    return wanted;
  }
  /// Before the next question, when so many are missing now.
  std::chrono::milliseconds pause(std::size_t missing) const noexcept {
    return missing > known_ ? kSidecarRepairInterval : pause_;
  }

 private:
  void end_pass(std::size_t missing) noexcept {
    pause_ = missing < known_ ? kSidecarRepairInterval : std::min(2 * pause_, kSidecarRepairMax);
    known_ = missing;
  }

  Hash32 first_{};
  Hash32 behind_{};  ///< where the next round begins; zeros: from the beginning
  std::size_t known_ = 0;  ///< were missing when the last pass ended
  std::chrono::milliseconds pause_ = kSidecarRepairInterval;
};

/// Which range of our handles the next peer in the circle is told. Every peer hears of a range
/// before the one behind it has its turn: a step on with each peer would tell each of them the same
/// ranges for ever, whenever there are as many ranges as peers.
class InventoryRounds {
 public:
  /// The range for this peer begins behind this key; empty: with the first key.
  const Bytes& begin(std::size_t peer) {
    if (peer <= last_) first_ = behind_;
    last_ = peer;
    return first_;
  }
  /// It ended with this key; empty: with the last one of all.
  void end(Bytes key) { behind_ = std::move(key); }

 private:
  Bytes first_;
  Bytes behind_;
  std::size_t last_ = 0;  ///< peer that was told last; a lower one begins the circle again
};

}  // namespace emr::node
