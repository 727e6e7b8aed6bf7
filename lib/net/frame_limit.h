// How many frames of one peer are read: so many in a second, and the rest of that second waits in
// the kernel. Who fills second after second wants our time and not our ears, and would be heard as
// a primary that is slow but never silent; so after a few of them nothing is read for a while, and
// the consortium goes on as without him. Outlives the peer's links, or he would come back at once.
#pragma once

#include <chrono>
#include <cstddef>

#include "net/limits.h"

namespace emr::net {

class FrameLimit {
 public:
  using Clock = std::chrono::steady_clock;

  explicit FrameLimit(std::size_t frames_per_second = kMaxFramesPerSecond) noexcept
      : frames_max_(frames_per_second) {}

  /// One more frame wants to be read: when it may be. Not after `now`: it was counted.
  Clock::time_point next(Clock::time_point now) noexcept {
    if (now < resume_at_) return resume_at_;
    if (now - second_began_ >= std::chrono::seconds(1)) {
      // What piled up while we did not listen is our doing: no second of that counts against him.
      if (frames_ <= frames_max_ || floods()) full_seconds_ = 0;
      second_began_ = now;
      frames_ = 0;
    }
    if (++frames_ <= frames_max_) return now;
    ++full_seconds_;
    resume_at_ = floods() ? now + kFloodPause : second_began_ + std::chrono::seconds(1);
    return resume_at_;
  }
  bool floods() const noexcept { return full_seconds_ >= kFullSecondsMax; }

 private:
  std::size_t frames_max_;
  Clock::time_point second_began_{};
  Clock::time_point resume_at_{};
  std::size_t frames_ = 0;
  unsigned full_seconds_ = 0;  ///< one after the other
};

}  // namespace emr::net
