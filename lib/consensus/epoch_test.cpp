// Goal: membership changes at one height and nothing straddles it (pitfall 15): the old set
// certifies the block that names the new one, then everything waits; afterwards only the new epoch
// counts. Method: one real replica of four; epoch 1 has five members.
#include <doctest/doctest.h>

#include "consensus/test_bench.h"

using namespace emr;
using namespace emr::consensus;
using namespace emr::consensus::test;

namespace {

VoteMessage vote_of_epoch(const Bench& bench, Epoch epoch, NodeIndex by, View view, Seq seq,
                          const Hash32& digest) {
  const quorum::Vote vote{VoteType::kPrepare, epoch, view, seq, digest};
  return {vote, by, bench.sign(by, vote)};
}

}  // namespace

TEST_CASE("after the last block of an epoch nothing happens until the next one starts") {
  Bench bench(1);
  bench.step(Pending{1, bench.now});
  bench.commit_one(0, PlainReader::kLastOfEpoch);
  CHECK(bench.replica->status().waiting_for == "epoch");
  bench.step(Pending{1, bench.now});
  for (int i = 0; i < 20; ++i) {
    bench.wait(bench.config.timeout_ms);
    CHECK(bench.effects.sends.empty());
  }
  CHECK(bench.replica->status().view == 0);  // no suspicion either

  bench.step(EpochStarted{1, 1});
  CHECK(bench.replica->status().epoch == 1);
  CHECK(bench.replica->status().view == 1);
  CHECK(bench.replica->status().active);
  CHECK(bench.action<BuildBlock>() != nullptr);  // member 1 is the primary of view 1
  CHECK(bench.replica->status().peers.size() == 5);
}

TEST_CASE("votes of another epoch never count, whoever signed them") {
  Bench bench(2);
  bench.commit_one(0, PlainReader::kLastOfEpoch);
  bench.step(EpochStarted{1, 1});
  Hash32 digest{};
  bench.receive(0, vote_of_epoch(bench, 0, 0, 1, 2, digest));
  CHECK(bench.effects.notes.empty());
  bench.receive(0, vote_of_epoch(bench, 1, 0, 1, 2, digest));
  REQUIRE(bench.effects.notes.size() == 1);
  CHECK(bench.effects.notes[0].what == "prepare");
  VoteMessage forged = vote_of_epoch(bench, 0, 3, 1, 2, digest);
  forged.vote.epoch = 1;  // signed for epoch 0, sent as epoch 1
  bench.receive(3, forged);
  CHECK(bench.refusal() == "bad_signature");
}

TEST_CASE("a replica that is no member of the new set follows without voting") {
  Bench bench(3);
  bench.commit_one(0, PlainReader::kLastOfEpoch);
  // A set that leaves member 3 out.
  std::vector<quorum::VoteKey> keys;
  for (const std::uint64_t i : {0u, 1u, 2u, 4u, 5u}) keys.push_back(quorum::insecure_key(i));
  bench.members.next = quorum::ValidatorSet::make(1, keys).value();
  bench.step(EpochStarted{1, 1});
  CHECK_FALSE(bench.replica->status().self.has_value());
  bench.step(Pending{1, bench.now});
  for (int i = 0; i < 10; ++i) bench.wait(bench.config.timeout_ms);
  CHECK(bench.replica->status().view == 1);  // an observer suspects nobody
}

TEST_CASE("a restart in a new epoch forgets the views of the old one, and an unknown epoch halts") {
  Bench bench(1);
  bench.receive(2, bench.view_change(2, 7));
  bench.receive(3, bench.view_change(3, 7));
  CHECK(bench.replica->status().view == 7);  // durable, but of epoch 0
  bench.epoch = 1;
  bench.first_view = 1;
  bench.restart();
  CHECK(bench.replica->status().view == 1);
  CHECK(bench.replica->status().active);
  bench.step(EpochStarted{2, 9});
  CHECK_FALSE(bench.effects.halt.empty());
}
