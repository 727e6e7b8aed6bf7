// When a primary counts as slow (field/ledger.md pitfall 11).
#include "consensus/pace.h"

#include <doctest/doctest.h>

#include "consensus/test_bench.h"

namespace emr::consensus {
namespace {

void view_of(Pace& pace, Millis delay, std::size_t proposals) {
  for (std::size_t i = 0; i < proposals; ++i) pace.proposed_after(delay);
}

TEST_CASE("pace: a primary is judged after enough proposals, by the best view before") {
  Pace pace;
  view_of(pace, 10, 100);
  CHECK_FALSE(pace.is_slow(0, 50, 3, 4));
  pace.next_view();
  view_of(pace, 900, Pace::kSamplesMin - 2);
  CHECK_FALSE(pace.is_slow(900, 50, 3, 4));
  pace.proposed_after(900);
  CHECK(pace.is_slow(900, 50, 3, 4));
  CHECK(pace.is_slow(0, 50, 3, 4));
  CHECK_FALSE(pace.is_slow(0, 50, 0, 4));  // switched off
}

TEST_CASE("pace: with nothing to compare, four times the floor") {
  Pace pace;
  view_of(pace, 199, 20);
  CHECK_FALSE(pace.is_slow(0, 50, 3, 4));
  view_of(pace, 400, 20);
  CHECK(pace.is_slow(0, 50, 3, 4));
}

TEST_CASE("pace: small delays are noise, and one long wait alone is not slowness") {
  Pace pace;
  view_of(pace, 1, 50);
  pace.next_view();
  view_of(pace, 40, 50);
  CHECK_FALSE(pace.is_slow(0, 50, 3, 4));
  CHECK_FALSE(pace.is_slow(400, 50, 3, 4));
}

TEST_CASE("pace: a network that became slower sets its own measure after every member's view") {
  Pace pace;
  view_of(pace, 10, 50);
  pace.next_view();
  for (int member = 0; member < 4; ++member) {
    view_of(pace, 300, 10);
    CHECK(pace.is_slow(0, 50, 3, 4));
    pace.next_view();
  }
  view_of(pace, 300, 10);
  CHECK_FALSE(pace.is_slow(0, 50, 3, 4));
  // A view that was too short to count changes nothing.
  pace.next_view();
  pace.proposed_after(1);
  pace.next_view();
  view_of(pace, 300, 10);
  CHECK_FALSE(pace.is_slow(0, 50, 3, 4));
}

/// Heights 1.. in view 0, each proposed `delay` after the one before, with requests waiting.
std::size_t heights_until_suspected(test::Bench& bench, Millis delay, std::size_t most) {
  for (std::size_t height = 1; height <= most; ++height) {
    bench.step(Pending{1, bench.now});
    for (Millis waited = 0; waited < delay; waited += 10) bench.wait(10);
    if (bench.replica->status().view > 0) return height;
    bench.commit_one(0);
    bench.receive(0, StableMessage{bench.certificate(quorum::VoteType::kCheckpoint, 0,
                                                     bench.tip.seq, bench.tip.digest)});
  }
  return most + 1;
}

TEST_CASE("pace: a primary that uses nearly all patience loses its view, a brisk one keeps it") {
  test::Bench slow(3);
  slow.config.checkpoint_interval = 1;
  slow.start({});
  const Millis timeout = slow.config.timeout_ms;
  CHECK(heights_until_suspected(slow, timeout * 8 / 10, 40) == Pace::kSamplesMin);
  CHECK(slow.replica->status().timeout_ms == timeout);  // there was progress: no doubled timeout

  test::Bench brisk(3);
  brisk.config.checkpoint_interval = 1;
  brisk.start({});
  CHECK(heights_until_suspected(brisk, timeout / 8, 40) == 41);
}

TEST_CASE("pace: the timeout settles where a slow network commits (pitfall 10)") {
  test::Bench bench(3);
  bench.step(Pending{1, bench.now});
  bench.wait(bench.config.timeout_ms);  // nothing: view 1, twice the timeout
  const Millis doubled = 2 * bench.config.timeout_ms;
  REQUIRE(bench.replica->status().timeout_ms == doubled);
  bench.receive(1, bench.new_view(1, {bench.view_change(0, 1), bench.view_change(1, 1),
                                      bench.view_change(3, 1)}));
  bench.wait(doubled / 2);
  bench.commit_one(1);
  CHECK(bench.replica->status().timeout_ms == doubled);
  bench.step(Pending{1, bench.now});
  bench.wait(doubled / 8);
  bench.commit_one(1);
  CHECK(bench.replica->status().timeout_ms == bench.config.timeout_ms);
}

TEST_CASE("pace: an unanswered block is repeated ever more rarely, to whoever may lack it") {
  test::Bench bench(0);
  bench.config.timeout_ms = 60'000;
  bench.start({});
  bench.step(Pending{1, bench.now});
  const BlockBytes block = bench.block(1, 0);
  bench.step(Built{0, 1, block});
  const auto copies = [&](Millis duration) {
    std::size_t count = 0;
    for (Millis waited = 0; waited < duration; waited += 10) {
      bench.wait(10);
      count += bench.sent<PrePrepare>().size();
    }
    return count;
  };
  const Millis resend = bench.config.resend_ms;
  CHECK(copies(resend) == 1);
  CHECK(copies(2 * resend) == 1);
  CHECK(copies(4 * resend) == 1);
  bench.receive(1, bench.vote(1, quorum::VoteType::kPrepare, 0, 1, test::Bench::digest(block)));
  CHECK(copies(16 * resend) == 2);  // one each to members 2 and 3
}

}  // namespace
}  // namespace emr::consensus
