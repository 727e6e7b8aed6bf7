// Anti-entropy of sealed objects: who is told which range of the handles, and when.
#include "node/repair_rounds.h"

#include <doctest/doctest.h>

#include <set>

namespace emr::node {
namespace {

/// The ranges of which each of the peers 1 .. `peers` hears in `steps` steps, of `ranges` in all.
std::vector<std::set<std::size_t>> heard(std::size_t peers, std::size_t ranges, std::size_t steps) {
  InventoryRounds rounds;
  std::vector<std::set<std::size_t>> all(peers);
  for (std::size_t step = 0; step < steps; ++step) {
    const Bytes& from = rounds.begin(1 + step % peers);
    const std::size_t range = from.empty() ? 0 : from.front();
    all[step % peers].insert(range);
    const bool is_last = range + 1 == ranges;
    rounds.end(is_last ? Bytes() : Bytes{static_cast<std::uint8_t>(range + 1)});
  }
  return all;
}

TEST_CASE("inventory rounds: every peer hears of every range, also of as many as there are peers") {
  for (std::size_t peers = 1; peers <= 6; ++peers) {
    for (std::size_t ranges = 1; ranges <= 12; ++ranges) {
      CAPTURE(peers);
      CAPTURE(ranges);
      for (const auto& one : heard(peers, ranges, peers * ranges)) CHECK(one.size() == ranges);
    }
  }
}

}  // namespace
}  // namespace emr::node
