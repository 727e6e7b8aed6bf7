// How fast primaries propose when they could. A primary that always proposes just before the others
// lose patience is never silent and yet takes nearly the whole rate away (Aardvark, NSDI'09); so
// every replica compares the primary of its view with the best of the views before.
//
// A sample is the time from the moment that the primary could propose (the last commit, the start
// of the view, the end of idleness) to its proposal. A view counts when it has kSamplesMin of them,
// so at most one view change in so many blocks comes from here, and a network that has become
// slower sets its own measure after one view of every member.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "consensus/types.h"

namespace emr::consensus {

class Pace {
 public:
  static constexpr std::size_t kSamplesMin = 6;

  /// The view is over: its mean becomes part of the measure for the `members` views to come.
  void next_view() noexcept {
    if (samples_ >= kSamplesMin) {
      means_[next_] = mean(0);
      next_ = (next_ + 1) % means_.size();
      known_ = std::min(known_ + 1, means_.size());
    }
    samples_ = 0;
    sum_ = 0;
  }

  void proposed_after(Millis delay) noexcept {
    ++samples_;
    sum_ += delay;
  }

  /// Is this primary slower than `factor` times the best of the last `members` views, with a
  /// proposal being awaited for `waiting` now? Never below `floor`: small delays are noise.
  bool is_slow(Millis waiting, Millis floor, Millis factor, std::size_t members) const noexcept {
    if (factor == 0 || samples_ + 1 < kSamplesMin) return false;
    Millis bound = 4 * floor;  // nothing to compare with
    const std::size_t count = std::min(known_, members);
    for (std::size_t i = 1; i <= count; ++i) {
      const Millis before = means_[(next_ + means_.size() - i) % means_.size()];
      bound = i == 1 ? before * factor : std::min(bound, before * factor);
    }
    return mean(waiting) > std::max(bound, floor);
  }

 private:
  /// Of the samples and the one that is still growing, as far as it is above the others.
  Millis mean(Millis waiting) const noexcept {
    if (samples_ == 0) return waiting;
    const Millis mean = sum_ / samples_;
    return waiting > mean ? (sum_ + waiting) / (samples_ + 1) : mean;
  }

  std::size_t samples_ = 0;
  Millis sum_ = 0;
  std::array<Millis, 16> means_{};  ///< of the last views that counted
  std::size_t next_ = 0;
  std::size_t known_ = 0;
};

}  // namespace emr::consensus
