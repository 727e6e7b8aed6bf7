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

TEST_CASE("a block is certified by the set of its own epoch, never by the one that it names") {
  Bench bench(1);
  const BlockBytes last = bench.block(1, 0, PlainReader::kLastOfEpoch);
  const quorum::Vote by_new{VoteType::kCommit, 1, 0, 1, Bench::digest(last)};
  std::vector<quorum::SignedBy> signatures;
  for (const NodeIndex i : {1u, 2u, 3u, 4u}) signatures.emplace_back(i, bench.sign(i, by_new));
  bench.receive(3, BlockReply{make_certificate(by_new, signatures), last});
  CHECK(bench.refusal() == "wrong_certificate");
  CHECK(bench.action<ValidateBlock>() == nullptr);
  const QuorumCert by_old = bench.certificate(VoteType::kCommit, 0, 1, Bench::digest(last));
  bench.receive(3, BlockReply{by_old, last});
  CHECK(bench.action<ValidateBlock>() != nullptr);
}

TEST_CASE("a checkpoint at the last height of an epoch is voted for again by the new set") {
  Bench bench(1);
  for (int i = 0; i < 3; ++i) bench.commit_one(0);
  bench.commit_one(0, PlainReader::kLastOfEpoch);  // height 4, a checkpoint
  bench.step(EpochStarted{1, 1});
  const auto votes = bench.sent<VoteMessage>();
  REQUIRE(votes.size() == 1);
  CHECK(votes[0].vote.type == VoteType::kCheckpoint);
  CHECK(votes[0].vote.epoch == 1);
  for (const NodeIndex i : {0u, 2u, 3u}) {
    bench.receive(i, VoteMessage{votes[0].vote, i, bench.sign(i, votes[0].vote)});
  }
  CHECK(bench.replica->status().stable == 4);
}

TEST_CASE("every n from 4 to 10: exactly q votes decide, and the next epoch counts its own q") {
  for (std::size_t n = 4; n <= 10; ++n) {
    CAPTURE(n);
    Bench bench(1, n);
    const std::size_t q = bench.members.set.quorum();
    CHECK(q == (n + (n - 1) / 3 + 2) / 2);
    const BlockBytes block = bench.block(1, 0, PlainReader::kLastOfEpoch);
    bench.receive(0, bench.pre_prepare(0, 0, 1, block));
    bench.step(Validated{1, Bench::digest(block), true});
    for (const VoteType type : {VoteType::kPrepare, VoteType::kCommit}) {
      for (NodeIndex i = 0; i < q; ++i) {
        CHECK(bench.replica->status().committed == 0);
        if (i != 1) bench.receive(i, bench.vote(i, type, 0, 1, Bench::digest(block)));
      }
    }
    REQUIRE(bench.replica->status().committed == 1);
    bench.step(EpochStarted{1, 1});  // n + 1 members; member 1 is its first primary
    const std::size_t next_q = bench.members.next.quorum();
    bench.step(Pending{1, bench.now});
    const BlockBytes second = bench.block(2, 1, PlainReader::kOfEpochOne);
    bench.step(Built{1, 2, second});
    std::size_t votes = 1;  // its own
    for (const VoteType type : {VoteType::kPrepare, VoteType::kCommit}) {
      votes = 1;
      for (NodeIndex i = 0; votes < next_q; ++i) {
        CHECK(bench.replica->status().committed == 1);
        if (i == 1) continue;
        const quorum::Vote vote{type, 1, 1, 2, Bench::digest(second)};
        bench.receive(i, VoteMessage{vote, i, bench.sign(i, vote)});
        ++votes;
      }
    }
    CHECK(bench.replica->status().committed == 2);
  }
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

TEST_CASE("members of a later epoch are followed by a snapshot, when one of them must be correct") {
  Bench bench(1);
  bench.config.snapshot_gap = 8;
  bench.start({});
  bench.wait(1);
  bench.receive(3, StatusMessage{1, 7, true, 900, 896});
  bench.wait(1'000);
  CHECK(bench.action<FetchSnapshot>() == nullptr);  // it may be a liar
  bench.receive(2, StatusMessage{1, 7, true, 42, 40});
  bench.wait(1'000);
  REQUIRE(bench.action<FetchSnapshot>() != nullptr);
  CHECK(bench.action<FetchSnapshot>()->checkpoint == 40);

  SUBCASE("installed: its epoch decides, and what belongs to the old one is void") {
    Hash32 digest{};
    digest[0] = 5;
    const Tip tip{40, digest, bench.certificate(VoteType::kCommit, 0, 40, digest)};
    bench.step(SnapshotInstalled{tip, 1, 6});
    const ReplicaStatus status = bench.replica->status();
    CHECK(status.committed == 40);
    CHECK(status.epoch == 1);
    CHECK(status.view == 6);
    CHECK(status.peers.size() == 5);
    bench.receive(2, bench.vote(2, VoteType::kPrepare, 6, 41, digest));  // of epoch 0
    CHECK(bench.effects.notes.empty());
  }
  SUBCASE("declined: blocks, until a later checkpoint is claimed by as many") {
    bench.step(SnapshotDeclined{});
    bench.wait(4'000);
    CHECK_FALSE(bench.sent<BlockRequest>().empty());
    bench.receive(2, StatusMessage{1, 7, true, 82, 80});
    bench.wait(1'000);
    REQUIRE(bench.action<FetchSnapshot>() != nullptr);
    CHECK(bench.action<FetchSnapshot>()->checkpoint == 80);
  }
}

TEST_CASE("an epoch that ends with the snapshot's block is over; an unknown one halts") {
  Bench bench(1);
  Hash32 digest{};
  const Tip tip{40, digest, bench.certificate(VoteType::kCommit, 0, 40, digest)};
  SUBCASE("known") {
    bench.step(SnapshotInstalled{tip, 1, 1});
    CHECK(bench.replica->status().epoch == 1);
    CHECK(bench.effects.halt.empty());
  }
  SUBCASE("unknown") {
    bench.step(SnapshotInstalled{tip, 2, 1});
    CHECK_FALSE(bench.effects.halt.empty());
  }
}
