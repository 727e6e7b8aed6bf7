// A peer that sends tiny frames without end, and one that only has a busy second.
#include "net/frame_limit.h"

#include <doctest/doctest.h>

namespace emr::net {
namespace {

using namespace std::chrono_literals;
using Clock = FrameLimit::Clock;

const Clock::time_point kStart{1000s};

/// Reads a whole second's worth; when the frame after it may be read.
Clock::time_point fill(FrameLimit& limit, Clock::time_point now) {
  for (std::size_t i = 0; i < kMaxFramesPerSecond; ++i) REQUIRE(limit.next(now) == now);
  return limit.next(now + 100ms);
}

TEST_CASE("net: the frames of a busy second wait for its end, and nothing else happens") {
  FrameLimit limit;
  for (auto second = kStart; second < kStart + 20s; second += 2s) {
    CHECK(fill(limit, second) == second + 1s);
    CHECK_FALSE(limit.floods());
    CHECK(limit.next(second + 500ms) == second + 1s);
    CHECK(limit.next(second + 1s) == second + 1s);  // a quiet second between
  }
}

TEST_CASE("net: who fills second after second is not read for a while, on no link of his") {
  FrameLimit limit;
  auto now = kStart;
  for (unsigned i = 1; i < kFullSecondsMax; ++i) now = fill(limit, now);
  CHECK_FALSE(limit.floods());
  const auto resume = fill(limit, now);
  CHECK(limit.floods());
  CHECK(resume == now + 100ms + kFloodPause);
  CHECK(limit.next(now + kFloodPause / 2) == resume);
  SUBCASE("again when he goes on as long as before") {
    now = fill(limit, resume);
    CHECK(now == resume + 1s);
    CHECK(fill(limit, now) == now + 100ms + kFloodPause);
  }
  SUBCASE("like everybody when he has stopped") {
    CHECK(limit.next(resume) == resume);
    CHECK(fill(limit, resume + 1s) == resume + 2s);
    CHECK_FALSE(limit.floods());
  }
}

/// Seconds until nothing waits any more, when `backlog` frames wait and `rate` come every second.
int seconds_to_drain(std::size_t backlog, std::size_t rate) {
  FrameLimit limit;
  int seconds = 0;
  auto now = kStart;
  for (; backlog > 0 && seconds < 600; ++seconds, now += 1s) {
    backlog += rate;
    while (backlog > 0 && limit.next(now) == now) --backlog;
  }
  return seconds;
}

TEST_CASE("net: whom a burst has silenced is heard again: what piled up is not held against him") {
  CHECK(seconds_to_drain(41'000, 0) < 15);
  CHECK(seconds_to_drain(41'000, 500) < 30);
  CHECK(seconds_to_drain(41'000, 2'500) < 200);
}

}  // namespace
}  // namespace emr::net
